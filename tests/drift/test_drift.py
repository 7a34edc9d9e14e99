"""Changes made by hand are found, each with its property; what Azure writes otherwise is none."""

import copy
import json
import random

import pytest

from kade.adopt.export import read_export
from kade.drift import find
from kade.drift.report import as_json, as_markdown, as_text
from kade.engine import state
from tests.drift.azure import HEAD, SUBSCRIPTION, thousand

TENANT = {"secret": "4dabf18193072939515e22adb298388d"}


def put(path, value):
    """Set a property of the graph's form."""

    def deed(made):
        *outer, last = path.split(".")
        node = made.graph
        for name in outer:
            node = node[int(name)] if isinstance(node, list) else node[name]
        if callable(value):
            node[last] = value(node[last])
        else:
            node[last] = value

    return deed


def in_subnet(key, value):
    """Set a property of a network's subnet, which the graph tells of inside it."""
    return put(f"properties.subnets.0.properties.{key}", value)


def shouted(value):
    return value.upper()


def added(value):
    return lambda given: [*given, value]


RULE = {"name": "rdp", "properties": {"priority": 120, "destinationPortRange": "3389", "access": "Allow"}}
ROUTE = {"name": "out", "properties": {"addressPrefix": "8.8.8.0/24", "nextHopType": "Internet"}}
# Kind of resource, what somebody did, and the properties that it is found by (of the subnet, where there is one).
CHANGES = [
    ("storage", put("properties.minimumTlsVersion", "TLS1_0"), ["minimumTlsVersion"]),
    ("storage", put("properties.supportsHttpsTrafficOnly", False), ["enableHttpsTrafficOnly"]),
    ("storage", put("properties.allowBlobPublicAccess", True), ["allowBlobPublicAccess"]),
    ("storage", put("properties.networkAcls.defaultAction", "Allow"), ["networkRuleSet.defaultAction"]),
    ("storage", put("properties.networkAcls.bypass", "None"), ["networkRuleSet.bypass"]),
    ("storage", put("properties.networkAcls.ipRules", added({"value": "198.51.100.7"})), ["networkRuleSet.ipRules[2]"]),
    ("storage", put("properties.networkAcls.ipRules", lambda r: r[:1]), ["networkRuleSet.ipRules[1]"]),
    (
        "storage",
        put("properties.publicNetworkAccess", "Disabled"),
        ["publicNetworkAccess"],
    ),  # Azure's own choice before
    ("storage", put("properties.accessTier", "Cool"), ["accessTier"]),
    ("storage", put("sku.name", "Standard_LRS"), ["sku.name"]),
    ("storage", put("tags.omgeving", "tst"), ["tags.omgeving"]),
    ("storage", put("tags", lambda t: {**t, "wie": "ik"}), ["tags.wie"]),
    ("storage", put("tags", lambda t: {"eigenaar": t["eigenaar"]}), ["tags.omgeving"]),
    ("storage", put("properties.isSftpEnabled", True), ["isSftpEnabled"]),  # set by nobody before
    (
        "nsg",
        put("properties.securityRules.0.properties.destinationPortRange", "*"),
        ["securityRules[https].destinationPortRange"],
    ),
    (
        "nsg",
        put("properties.securityRules.1.properties.sourceAddressPrefix", "*"),
        ["securityRules[ssh].sourceAddressPrefix"],
    ),
    ("nsg", put("properties.securityRules", added(RULE)), ["securityRules[rdp]"]),
    ("nsg", put("properties.securityRules", lambda r: r[1:]), ["securityRules[https]"]),
    ("nsg", put("properties.securityRules.0.properties.access", "Deny"), ["securityRules[https].access"]),
    (
        "network",
        put("properties.addressSpace.addressPrefixes", added("10.250.0.0/16")),
        ["addressSpace.addressPrefixes[2]"],
    ),
    (
        "network",
        put("properties.dhcpOptions.dnsServers", ["8.8.8.8", "10.0.0.5"]),
        ["dhcpOptions.dnsServers[0]", "dhcpOptions.dnsServers[2]"],
    ),
    ("network", in_subnet("routeTable", {"id": "/subscriptions/x/routeTables/other"}), ["routeTable"]),
    ("network", in_subnet("addressPrefix", "10.0.9.0/24"), ["addressPrefix"]),
    ("network", in_subnet("defaultOutboundAccess", True), ["defaultOutboundAccess"]),
    ("address", put("zones", ["1"]), ["zones[1]", "zones[2]"]),
    ("address", put("properties.idleTimeoutInMinutes", 30), ["idleTimeoutInMinutes"]),
    ("vault", put("properties.publicNetworkAccess", "Enabled"), ["properties.publicNetworkAccess"]),
    ("vault", put("properties.enablePurgeProtection", None), ["properties.enablePurgeProtection"]),
    ("routes", put("properties.routes", added(ROUTE)), ["routes[out]"]),
    ("workspace", put("properties.retentionInDays", 30), ["retentionInDays"]),
]
HARMLESS = [
    ("storage", put("id", shouted)),
    ("storage", put("type", "Microsoft.Storage/storageAccounts")),
    ("storage", put("location", "West Europe")),
    ("storage", put("properties.minimumTlsVersion", "tls1_2")),
    ("storage", put("properties.networkAcls.ipRules", lambda r: list(reversed(r)))),
    (
        "storage",
        put(
            "properties.encryption",
            {
                "keySource": "Microsoft.Storage",
                "services": {"blob": {"enabled": True, "keyType": "Account", "lastEnabledTime": "2026-01-01"}},
            },
        ),
    ),
    ("storage", put("properties.largeFileSharesState", "Disabled")),
    ("storage", put("properties.isHnsEnabled", False)),
    ("storage", put("properties.statusOfPrimary", "available")),
    ("storage", put("properties.provisioningState", "Updating")),
    ("storage", put("tags", lambda t: {key.upper(): value for key, value in t.items()})),
    ("storage", put("tags", lambda t: {**t, "hidden-title": "x"})),
    (
        "storage",
        put("properties.privateEndpointConnections", [{"id": "/x", "properties": {"provisioningState": "Succeeded"}}]),
    ),
    ("nsg", put("properties.securityRules", lambda r: list(reversed(r)))),
    ("nsg", put("properties.securityRules.0.properties.protocol", "TCP")),
    ("nsg", put("properties.securityRules.0.properties.priority", 100.0)),
    ("nsg", put("properties.securityRules.0.etag", 'W/"99"')),
    ("nsg", put("properties.networkInterfaces", [{"id": "/x"}])),
    ("nsg", put("properties.flushConnection", False)),
    ("network", put("properties.addressSpace.addressPrefixes", lambda p: list(reversed(p)))),
    ("network", put("properties.privateEndpointVNetPolicies", "Disabled")),
    ("network", in_subnet("privateEndpointNetworkPolicies", "Enabled")),
    ("network", in_subnet("serviceEndpoints", [])),
    ("network", put("tags", lambda t: {"eigenaar": t["Eigenaar"]})),
    ("address", put("properties.ddosSettings", {"protectionMode": "VirtualNetworkInherited"})),
    ("address", put("zones", ["3", "1", "2"])),
    ("vault", put("properties.tenantId", shouted)),
    ("vault", put("properties.enableSoftDelete", True)),
    ("routes", put("properties.resourceGuid", "r")),
    ("workspace", put("properties.modifiedDate", "2026-11-01T00:00:00Z")),
]


def written(tmp_path, made):
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"count": len(made), "data": [m.graph for m in made if m.graph]}))
    file = tmp_path / "state.json"
    manifest = {"time": "2026-11-01T00:00:00Z", "magic": "", "version": ""}
    resources = [m.state for m in made]
    file.write_text(json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": resources}}))
    return file, export


def drift_of(tmp_path, made):
    file, export = written(tmp_path, made)
    return find(state.load(file, None).resources, read_export([export]))


def test_thirty_changes_of_a_thousand_are_found_and_thirty_harmless_ones_are_not(tmp_path):
    assert (len(CHANGES), len(HARMLESS)) == (30, 30)
    made = copy.deepcopy(thousand())
    random.Random(7).shuffle(made)  # noqa: S311  # an order, and no secret
    left = {kind: [m for m in made if m.kind == kind] for kind in {m.kind for m in made}}
    expected = {}
    for kind, deed, paths in CHANGES:
        one = left[kind].pop()
        deed(one)
        subnet = "subnets.0" in repr(deed.__closure__[0].cell_contents)
        name = f"{one.state['urn'].rsplit('::', 1)[-1]}"
        key = f"app-{int(name.rsplit('-', 1)[-1])}" if subnet else name
        expected[key] = sorted(paths)
    for kind, deed in HARMLESS:
        deed(left[kind].pop())
    drift = drift_of(tmp_path, made)
    found = {one.name: sorted(change.path for change in one.changes) for one in drift.changed}
    assert found == expected
    assert drift.compared == 1000
    assert (drift.gone, drift.unknown, drift.unseen) == ([], [], [])


@pytest.mark.parametrize("number", range(len(HARMLESS)))
def test_each_harmless_difference_alone(tmp_path, number):
    kind, deed = HARMLESS[number]
    made = copy.deepcopy(thousand(20))
    deed(next(m for m in made if m.kind == kind))
    assert drift_of(tmp_path, made).changed == []


def test_what_is_gone_and_what_somebody_made(tmp_path):
    made = copy.deepcopy(thousand(30))
    by_kind = {m.kind: m for m in made}
    gone, network = by_kind["address"], by_kind["network"]
    gone.graph = None
    another = copy.deepcopy(by_kind["vault"].graph)
    another |= {"id": another["id"].replace("kv-", "kv-mine-"), "name": "kv-mine"}
    subnets = network.graph["properties"]["subnets"]
    subnets.append(json.loads(json.dumps(subnets[0]).replace("subnets/app", "subnets/mine").replace('"app"', '"mine"')))
    far = copy.deepcopy(another)
    far |= {"id": f"{SUBSCRIPTION}/resourceGroups/rg-other/providers/Microsoft.KeyVault/vaults/kv-far"}
    disk = {
        "id": f"{SUBSCRIPTION}/resourceGroups/rg-1/providers/Microsoft.Network/networkInterfaces/pe.nic",
        "type": "microsoft.network/networkinterfaces",
        "properties": {"privateEndpoint": {"id": by_kind["storage"].state["id"]}},
    }
    extra = [type(gone)("", m.state, g) for m, g in ((gone, another), (gone, far), (gone, disk))]
    file, export = written(tmp_path, made)
    listed = json.loads(export.read_text())
    listed["data"] += [m.graph for m in extra]
    export.write_text(json.dumps(listed))
    drift = find(state.load(file, None).resources, read_export([export]))
    assert [r.id for r in drift.gone] == [gone.state["id"]]
    assert sorted(item.id.rsplit("/", 1)[-1].split("-")[0] for item in drift.unknown) == ["kv", "mine"]
    assert (drift.elsewhere, drift.changed, drift.found) == (1, [], True)
    text = as_text(drift)
    assert f"- {gone.state['urn'].rsplit('::', 1)[-1]}  {gone.state['id']}  is gone" in text
    assert "subnets/mine  stands, and no stack made it" in text


def test_a_kind_that_the_export_does_not_tell_of_is_not_gone(tmp_path):
    made = copy.deepcopy(thousand(30))
    role = {
        "urn": f"{HEAD}authorization:RoleAssignment::role",
        "custom": True,
        "id": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/0001",
        "type": "azure-native:authorization:RoleAssignment",
        "inputs": {"principalId": "p"},
    }
    drift = drift_of(tmp_path, [*made, type(made[0])("role", role, None)])
    assert [r.id for r in drift.unseen] == [role["id"]]
    assert not drift.found
    assert "1 resource of a kind or place that the export does not tell of" in as_text(drift)


def test_secrets_left_out_properties_and_ignored_changes_are_not_compared(tmp_path):
    made = copy.deepcopy(thousand(20))
    by_kind = {m.kind: m for m in made}
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hunter22"'}
    account = by_kind["storage"]
    account.state["inputs"]["customDomain"] = {"name": secret}
    account.state["inputs"]["kind"] = secret
    account.graph["kind"] = "Storage"
    by_kind["vault"].graph["properties"] = None  # as `az resource list` gives it
    ignored = by_kind["workspace"]
    ignored.state["ignoreChanges"] = ["retentionInDays"]
    ignored.graph["properties"]["retentionInDays"] = 30
    drift = drift_of(tmp_path, made)
    assert drift.changed == []
    assert drift.passed_over >= 2
    for text in (as_text(drift), as_json(drift), as_markdown(drift, "x")):
        assert "hunter22" not in text
        assert "not compared" in text or "notCompared" in text


def test_the_three_forms_say_the_same(tmp_path):
    made = copy.deepcopy(thousand(20))
    account = next(m for m in made if m.kind == "storage")
    account.graph["properties"]["minimumTlsVersion"] = "TLS1_0"
    account.graph["tags"]["a|b"] = "`x`"
    drift = drift_of(tmp_path, made)
    assert 'minimumTlsVersion: "TLS1_2" → "TLS1_0"' in as_text(drift)
    body = json.loads(as_json(drift))
    (one,) = body["changed"]
    assert one["changes"][0] == {"path": "minimumTlsVersion", "kind": "changed", "was": "TLS1_2", "now": "TLS1_0"}
    assert body["summary"]["changed"] == 1
    page = as_markdown(drift, "duinrand (prd)")
    assert page.startswith("## Drift of duinrand (prd)\n\n20 resources compared: 1 changed, 0 gone, 0 made by hand")
    assert '| `stdata0000` | `minimumTlsVersion` | `"TLS1_2"` | `"TLS1_0"` |' in page
    assert "`tags.a\\|b`" in page


def test_an_issue_about_very_much_still_fits(tmp_path):
    made = copy.deepcopy(thousand())
    for number, one in enumerate(made):
        if one.graph and number % 3 == 0:
            one.graph = None
        elif one.graph:
            one.graph["tags"] = {f"{'by-hand' * 8}{n}": "x" * 70 for n in range(3)}
    drift = drift_of(tmp_path, made)
    page = as_markdown(drift, "duinrand (prd)")
    assert len(page) < 64_000
    assert f"### Gone ({len(drift.gone)})" in page
    assert "lines of changed properties | | | |" in page
    assert page.endswith("The whole report is in the artifact of this run.\n")
