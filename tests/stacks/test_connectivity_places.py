"""What a question about the network can name, and what it is answered: names, services, addresses, ways past us."""

import pytest

from kade.stacks.connectivity_places import ReachError
from kade.stacks.connectivity_reach import View


@pytest.fixture(scope="module")
def view(lindewaard):
    return View(lindewaard, "prd")


def reaches(view, source, target, port=443, protocol="Tcp"):
    answers = view.between(source, target, [(protocol, port)])
    assert answers
    return {answer.reachable for answer in answers}


@pytest.mark.parametrize(
    ("target", "port", "protocol", "reached"),
    [
        ("fqdn:ghcr.io", 443, "Tcp", True),
        ("fqdn:ghcr.io", 22, "Tcp", False),
        ("fqdn:elsewhere.example", 443, "Tcp", False),
        ("fqdn:ntp.time.nl", 123, "Udp", True),
        ("fqdn:crl.pkioverheid.nl", 80, "Tcp", True),
        ("azure:AzureMonitor", 443, "Tcp", True),
        ("azure:AzureMonitor.WestEurope", 443, "Tcp", True),
        ("azure:WindowsUpdate", 443, "Tcp", True),
        ("azure:Storage", 443, "Tcp", False),
        ("azure:Sql", 1433, "Tcp", False),
        ("internet", 443, "Tcp", False),
        ("9.9.9.9", 443, "Tcp", False),
    ],
)
def test_names_and_services_are_places(view, target, port, protocol, reached):
    assert reaches(view, "dienstverlening/web", target, port, protocol) == {reached}


def test_what_a_place_reaches_has_names_services_and_every_protocol(view):
    found = view.reachable_from("dienstverlening/web", view.ports())
    assert {"fqdn:ghcr.io", "azure:AzureMonitor", "fqdn:ntp.time.nl"} <= {a.target.name for a in found}
    assert {a.packet.protocol for a in found} == {"Tcp", "Udp"}
    assert "internet" not in {a.target.name for a in found}


def test_a_flow_to_the_whole_internet_reaches_it(duinrand):
    flow = duinrand.network.flows["updates"].model_copy(update={"source": "beheer", "target": "internet"})
    network = duinrand.network.model_copy(update={"flows": {**duinrand.network.flows, "alles": flow}})
    open_ = View(duinrand.model_copy(update={"network": network}), "prd")
    assert reaches(open_, "beheer", "internet") == {True}
    assert reaches(open_, "beheer", "fqdn:elsewhere.example") == {True}
    assert reaches(open_, "backend", "internet") == {False}


def test_only_the_gateway_to_the_internet_reaches_it_and_by_a_rule_of_its_own(view):
    """A security group knows no names: without a firewall on the way, a flow to one name would open every name."""
    found = [a for a in view.between("dmz", "internet", [("Tcp", 443), ("Tcp", 80), ("Tcp", 22)]) if a.reachable]
    assert {(a.source.name, a.packet.port) for a in found} == {("toegang/dmz", 443), ("toegang/dmz", 80)}
    assert {step.rule for a in found for step in a.steps} == {"allow-gateway-out"}


def test_an_address_is_taken_for_where_it_lies(view):
    assert reaches(view, "9.9.9.9", "toegang/dmz") == reaches(view, "internet", "toegang/dmz") == {True}
    assert [p.name for p in view.find("172.22.10.7")] == ["172.22.10.7 (partner:leveranciers)"]
    assert reaches(view, "172.22.10.7", "haven/beheer") == {True}
    assert reaches(view, "192.168.1.1", "haven/beheer") == {False}
    assert [p.segment for p in view.find(view.places["haven/beheer"].address)] == ["beheer"]


@pytest.mark.parametrize("network", ["hub-weu", "koppelingen-tst"])
def test_an_address_of_ours_without_a_place_is_no_place_outside(view, network):
    address = str(view.plan.networks[network].range.network_address + 4)
    with pytest.raises(ReachError, match=f"is in network {network}, and in no subnet of a spoke in prd"):
        view.find(address)


def test_tunnels_of_one_gateway_reach_each_other_past_the_firewall(view):
    """The town hall exchanges routes, so it is told the suppliers' range: only its own router stands in between."""
    (answer,) = view.between("partner:leveranciers", "site:stadhuis", [("Tcp", 3389)])
    assert answer.reachable
    assert "VPN gateway of hub weu: allowed by no rule of ours" in str(answer.steps[0])
    assert "site:stadhuis has to refuse it" in str(answer.steps[0])
    assert reaches(view, "partner:leveranciers", "partner:berichtenlijn") == {True}  # over the line of the town hall
    assert reaches(view, "site:stadhuis", "partner:berichtenlijn") == {False}  # the same line: not by us
    assert reaches(view, "site:stadhuis", "partner:diginetwerk") == {False}  # another kind of gateway
