"""The gateway takes TLS only, stops attacks, and its parts refer to parts that there are."""

from typing import Any

import pytest

from kade.components.naming import Naming
from kade.components.network.ingress import Ingress, IngressArgs, IngressHostArgs
from kade.components.network.ingress_parts import ingress_rules
from kade.components.network.reach import Packet, judge_security_group
from tests.components.network.support import run


def gateway(**more):
    hosts = {
        key: IngressHostArgs(f"{key}.example.nl", f"app-{key}.internal", f"https://kv.vault.azure.net/secrets/{key}")
        for key in ("loket", "mijn")
    }
    given: dict[str, Any] = {"hosts": hosts, "zones": ["1", "2", "3"], "workspace_id": "/log", **more}
    args = IngressArgs(
        names=Naming("lindewaard", "prd", "weu"),
        resource_group_name="rg",
        location="westeurope",
        workload="loket",
        subnet_id="/dmz",
        identity_id="/identity",
        **given,
    )
    made = run(lambda: Ingress("loket", args))
    return made, made.of("ApplicationGateway")[0].inputs


def references(value):
    """Every id in a tree, as (kind, name) of the gateway's own parts."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "id" and "/applicationGateways/" in item:
                yield tuple(item.split("/")[-2:])
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_leads_to_a_part():
    _, made = gateway()
    kinds = {
        "sslCertificates": "sslCertificates",
        "httpListeners": "httpListeners",
        "probes": "probes",
        "backendAddressPools": "backendAddressPools",
        "backendHttpSettingsCollection": "backendHttpSettingsCollection",
        "redirectConfigurations": "redirectConfigurations",
        "rewriteRuleSets": "rewriteRuleSets",
        "frontendPorts": "frontendPorts",
        "frontendIPConfigurations": "frontendIPConfigurations",
    }
    there = {(kind, part["name"]) for kind, where in kinds.items() for part in made[where]}
    found = set(references(made))
    assert len(found) > 15
    assert found <= there


def test_plain_http_only_redirects_and_tls_is_strong():
    made, inputs = gateway()
    listeners = {item["name"]: item for item in inputs["httpListeners"]}
    for rule in inputs["requestRoutingRules"]:
        listener = listeners[rule["httpListener"]["id"].rsplit("/", 1)[-1]]
        assert ("redirectConfiguration" in rule) == (listener["protocol"] == "Http")
        assert ("backendAddressPool" in rule) == (listener["protocol"] == "Https")
    assert inputs["sslPolicy"]["minProtocolVersion"] == "TLSv1_2"
    assert all("GCM" in cipher and "ECDHE" in cipher for cipher in inputs["sslPolicy"]["cipherSuites"])
    assert len({rule["priority"] for rule in inputs["requestRoutingRules"]}) == 4
    headers = inputs["rewriteRuleSets"][0]["rewriteRules"][0]["actionSet"]["responseHeaderConfigurations"]
    assert {h["headerName"]: h["headerValue"] for h in headers}["Strict-Transport-Security"].startswith(
        "max-age=31536000"
    )
    waf = made.of("WebApplicationFirewallPolicy")[0].inputs
    assert (waf["policySettings"]["mode"], waf["policySettings"]["state"]) == ("Prevention", "Enabled")


def test_with_ipv6_every_name_listens_on_both_addresses():
    made, inputs = gateway(ipv6=True)
    versions = {a.name: a.inputs["publicIPAddressVersion"] for a in made.of("PublicIPAddress")}
    assert versions == {"loket-address": "IPv4", "loket-address-ipv6": "IPv6"}
    used = [item["frontendIPConfiguration"]["id"].rsplit("/", 1)[-1] for item in inputs["httpListeners"]]
    assert used.count("public") == used.count("public-ipv6") == 4
    served = {rule["httpListener"]["id"].rsplit("/", 1)[-1] for rule in inputs["requestRoutingRules"]}
    assert served == {item["name"] for item in inputs["httpListeners"]}
    assert len({rule["priority"] for rule in inputs["requestRoutingRules"]}) == 8
    listed = {(kind, part["name"]) for kind in ("httpListeners", "frontendIPConfigurations") for part in inputs[kind]}
    assert {r for r in references(inputs) if r[0] in ("httpListeners", "frontendIPConfigurations")} <= listed


def test_certificates_come_from_a_key_vault_without_a_version():
    _, inputs = gateway()
    assert {c["keyVaultSecretId"].count("/") for c in inputs["sslCertificates"]} == {4}
    assert all("data" not in c and "password" not in c for c in inputs["sslCertificates"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hosts": {}}, "without a public name"),
        ({"waf_mode": "Off"}, "waf_mode"),
        ({"maximum_instances": 1}, "cannot be"),
    ],
)
def test_what_azure_refuses_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        gateway(**change)


def test_azure_can_manage_the_gateway():
    comes, goes = ingress_rules("10.0.0.0/25")
    assert comes.sources == ("GatewayManager",)
    assert not judge_security_group([comes], Packet("203.0.113.9", "10.0.0.5", 65200), "Inbound").allowed
    assert judge_security_group([goes], Packet("10.0.0.5", "203.0.113.9", 80), "Outbound").rule == "allow-gateway-out"
