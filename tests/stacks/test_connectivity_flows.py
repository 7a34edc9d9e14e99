"""The flow matrix and the resulting rules agree, packet by packet, in the firewall and in the security groups."""

import itertools

import pytest

from kade.components.network.reach import Packet, judge_firewall, judge_security_group
from kade.components.network.read_rules import read_group, read_routes, read_security_rules
from kade.estate import load
from kade.stacks.connectivity_flows import matrix_of
from kade.stacks.connectivity_reach import View

PROTOCOLS = ("Tcp", "Udp", "Icmp")


@pytest.fixture(scope="module")
def view(duinrand):
    return View(duinrand, duinrand.production)


def edges(view):
    """Every port of the matrix and its neighbours, and some that nothing names."""
    named = {port for _, port in view.ports()}
    return sorted({p for port in named for p in (port - 1, port, port + 1) if 0 < p < 65536} | {1, 3306, 65535})


def allowed(matrix, source, target, protocol, port):
    """What the matrix says, read independently of how rules are made from it."""
    for flow in matrix.flows:
        if flow.fqdns or flow.fqdn_tags or flow.service_tags or flow.addresses:
            continue  # to the internet
        if flow.source not in (source.segment, source.name.split("#")[0], "any" if source.segment else ""):
            continue
        if flow.target not in (target.segment, target.name.split("#")[0], "any" if target.segment else ""):
            continue
        spokes = (source.name.split("/")[0], target.name.split("/")[0])
        if flow.source_spokes and spokes[0] not in flow.source_spokes:
            continue
        if flow.target_spokes and spokes[1] not in flow.target_spokes:
            continue
        if flow.protocol not in ("Any", protocol):
            continue
        if protocol == "Icmp" and flow.protocol == "Icmp":
            return True
        for wanted in flow.ports:
            first, _, last = wanted.partition("-")
            if wanted == "*" or (protocol != "Icmp" and int(first) <= port <= int(last or first)):
                return True
    return False


def disagreements(view, estate, places, ports):
    matrix = matrix_of(estate, view.environment, view.plan)
    for source, target in itertools.permutations(places, 2):
        if not source.segment and not target.segment:
            continue
        for protocol, port in itertools.product(PROTOCOLS, ports):
            wanted = allowed(matrix, source, target, protocol, port)
            answer = view.ask(source, target, port, protocol)
            if answer.reachable != wanted:
                yield f"{source.name} to {target.name} {protocol} {port}: matrix {wanted}, rules {answer.reachable}"


def test_rules_agree_with_the_matrix_for_every_pair_and_every_port(view, duinrand):
    places = [p for p in view.places.values() if not p.public]
    assert len(places) >= 8
    assert not list(disagreements(view, duinrand, places, edges(view)))


def test_rules_agree_with_the_matrix_between_spokes(view):
    """The large estate: each segment in two spokes, with the flows that are for some spokes only."""
    estate = load("estates/lindewaard")
    wide = View(estate, "acc")
    chosen = ("koppelingen", "burgerzaken", "partner:belastingsamenwerking", "site:stadhuis")
    places = [p for name in chosen for p in wide.find(name)]
    assert not list(disagreements(wide, estate, places, [22, 443, 444, 1433]))


@pytest.mark.parametrize(
    ("name", "environment", "spokes"),
    [
        ("duinrand", "prd", ("toepassingen", "site:gemeentehuis", "partner:duinstreek")),
        ("lindewaard", "prd", ("koppelingen", "toegang", "burgerzaken", "partner:diginetwerk")),
    ],
)
def test_what_the_matrix_does_not_allow_is_closed_in_both(name, environment, spokes):
    """Not only together: firewall and security groups each deny it on their own, whatever host is asked for."""
    estate = load(f"estates/{name}")
    view = View(estate, environment)
    matrix = matrix_of(estate, environment, view.plan)
    named = (name for flow in matrix.flows for name in (*flow.fqdns[:1], *flow.fqdn_tags[:1]))
    hosts = ["", *dict.fromkeys(named)]
    checked = 0
    for source, target in itertools.permutations([p for s in spokes for p in view.find(s)], 2):
        for port in (80, 443, 1433, 8443):
            if allowed(matrix, source, target, "Tcp", port) or not (source.segment or target.segment):
                continue
            checked += 1
            for host in hosts:
                packet = Packet(source.address, target.address, port, "Tcp", host)
                assert not judge_firewall(view.firewall, packet).allowed, packet
            if target.rules is not None:
                assert not judge_security_group(target.rules, packet, "Inbound").allowed, packet
            if source.rules is not None:
                assert not judge_security_group(source.rules, packet, "Outbound").allowed, packet
    assert checked > 50


def test_environments_are_closed_to_each_other(duinrand):
    production, test = View(duinrand, "prd"), View(duinrand, "tst")
    for source, target in itertools.product(production.places.values(), test.places.values()):
        if source.segment and target.segment:
            for port in (443, 1433, 22):
                assert not production.ask(source, target, port).reachable
                assert not test.ask(target, source, port).reachable


def test_the_resources_carry_these_rules_and_no_others(duinrand_made, view):
    made = duinrand_made
    for place in view.places.values():
        if place.rules is None:
            continue
        spoke, subnet = place.name.split("/")
        assert read_security_rules(made.one(f"spoke-{spoke}-{subnet}-rules").inputs) == list(place.rules)
        assert read_routes(made.one(f"spoke-{spoke}-{subnet}-routes").inputs) == list(place.routes)
    groups = [read_group(g.inputs) for g in made.of("FirewallPolicyRuleCollectionGroup")]
    by_name = {g.name: g for g in groups}
    assert set(by_name) == {g.name for g in view.firewall}
    for group in view.firewall:
        found = by_name[group.name]
        assert found.priority == group.priority
        assert [(c.name, c.priority, c.action, list(c.rules)) for c in found.collections] == [
            (c.name, c.priority, c.action, list(c.rules)) for c in group.collections
        ]


def test_isolation_adds_only_denials_and_closes_everything(duinrand):
    segments = {**duinrand.network.segments}
    segments["backend"] = segments["backend"].model_copy(update={"isolate": True})
    network = duinrand.network.model_copy(update={"segments": segments})
    isolated = duinrand.model_copy(update={"network": network})
    before, after = View(duinrand, "prd"), View(isolated, "prd")
    for name, place in before.places.items():
        if place.rules is None:
            continue
        now = after.places[name].rules or ()
        assert now[: len(place.rules)] == place.rules
        assert all(rule.access == "Deny" for rule in now[len(place.rules) :])
        assert (len(now) > len(place.rules)) == (place.segment == "backend")
    added = [g for g in after.firewall if g not in before.firewall]
    assert [c.action for g in added for c in g.collections] == ["Deny", "Deny"]
    for source in after.places.values():
        for target in after.places.values():
            if source is not target and "backend" in (source.segment, target.segment):
                for protocol, port in after.ports():
                    assert not after.ask(source, target, port, protocol).reachable
