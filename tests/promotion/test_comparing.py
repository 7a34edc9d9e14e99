"""Two stacks that differ by what their environments are, and by nothing else."""

import json

from kade.engine.plan import Resource
from kade.engine.values import UNKNOWN, Secret
from kade.estate import load
from kade.promotion import compare, settings
from kade.promotion.report import as_json, as_markdown, as_text


def resource(env, kind, name, **inputs):
    urn = f"urn:pulumi:lindewaard.{env}.x::kade::azure-native:{kind}::{name}"
    return Resource(urn=urn, type=f"azure-native:{kind}", custom=True, inputs=inputs)


def stack(env, number, **changed):
    """An account, a plan and a network as an environment makes them."""
    group = f"/subscriptions/{number * 8}-1111-4111-8111-111111111111/resourceGroups/rg-x-{env}"
    account = {
        "accountName": f"stlindewaardx{env}001",
        "resourceGroupName": f"rg-x-{env}",
        "sku": {"name": "Standard_LRS"},
        "tags": {"omgeving": env},
        **changed,
    }
    rules = [{"name": "https", "port": 443, "from": f"10.{number}.0.0/24"}]
    return [
        resource(env, "storage:StorageAccount", f"data-{env}", **account),
        resource(env, "web:AppServicePlan", "plan", serverFarmId=f"{group}/providers/x", password=Secret(env)),
        resource(env, "network:NetworkSecurityGroup", "nsg", securityRules=rules, id=UNKNOWN),
    ]


def test_what_follows_from_the_environment_is_no_difference():
    found = compare(stack("tst", "1"), stack("acc", "2"), ("tst", "acc"))
    assert not found.found
    assert (found.same, found.addresses, found.unknown) == (3, 1, 2)


def test_what_else_differs_is_named():
    other = [*stack("acc", "2", sku={"name": "Standard_ZRS"}, accessTier="Hot"), resource("acc", "web:WebApp", "extra")]
    found = compare(stack("tst", "1"), other, ("tst", "acc"))
    assert [(d.resource, d.path, d.one, d.other) for d in found.differences] == [
        ("data-{env}", "sku.name", "Standard_LRS", "Standard_ZRS"),
        ("data-{env}", "accessTier", None, "Hot"),
    ]
    assert found.only_other == [("azure-native:web:WebApp", "extra")]
    assert compare(other, stack("tst", "1"), ("acc", "tst")).only_one == found.only_other


def test_elements_of_lists_go_by_their_names():
    def group(env, *rules):
        return [resource(env, "network:NetworkSecurityGroup", "nsg", securityRules=list(rules))]

    https, ssh = {"name": "https", "port": 443}, {"name": "ssh", "port": 22}
    found = compare(group("tst", https, ssh), group("acc", ssh, https | {"port": 8443}), ("tst", "acc"))
    assert [(d.path, d.one, d.other) for d in found.differences] == [("securityRules[https].port", 443, 8443)]


def test_the_file_says_what_differs():
    found = {s.name: (s.one, s.other) for s in settings(load("lindewaard"), "tst", "acc")}
    assert found["scale"] == ("minimal", "reduced")
    assert found["overrides.logging.daily_quota_gb"] == (2, 5)
    assert found["overrides.security.key_vaults.purge_protection_days"] == (7, None)
    assert "zones" not in found  # the same in both


def test_the_three_forms():
    other = stack("acc", "2", sku={"name": "a|b"})
    compared = {"x": compare(stack("tst", "1"), other, ("tst", "acc"))}
    by_file = settings(load("lindewaard"), "tst", "acc")
    text = as_text(("tst", "acc"), by_file, compared)
    assert '  scale: "minimal" → "reduced"\n' in text
    assert (
        'x: 2 resources the same, 1 difference; 1 own address\n  ~ data-{env}: sku.name: "Standard_LRS" → "a|b"' in text
    )
    page = as_markdown(("tst", "acc"), by_file, compared)
    assert '| `data-{env}` | `sku.name` | `"Standard_LRS"` | `"a\\|b"` |' in page
    body = json.loads(as_json(("tst", "acc"), by_file, compared))
    assert body["stacks"]["x"]["differences"][0]["path"] == "sku.name"
    assert body["stacks"]["x"]["same"] == 2
