"""``kade adopt`` as a user runs it: a municipality that stands, and the first preview after it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adopt import exports

ROOT = Path(__file__).parents[2]
KADE = Path(sys.executable).with_name("kade")
TERRAFORM = (exports.HUB, exports.FIREWALL, *(f"{exports.ZONES}/{z}" for z in ("privatelink.vaultcore.azure.net",)))


def kade(folder, *arguments):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "KADE_", "FORCE_COLOR"))}
    return subprocess.run(
        [KADE, *map(str, arguments)], cwd=folder, env=kept, capture_output=True, text=True, timeout=180
    )


def municipality(folder, items=None, *terraform):
    """A copy of the small municipality, which begins: nothing of its plan is on record."""
    shutil.copytree(ROOT / "estates" / "duinrand", folder / "duinrand")
    (folder / "duinrand" / "addresses.lock.yaml").unlink()
    exports.graph(folder / "export.json", items)
    exports.terraform(folder / "terraform.json", *terraform)
    return folder


@pytest.fixture(scope="module")
def adopted(tmp_path_factory):
    """The folder after the command, what it said, and the preview after it."""
    folder = municipality(tmp_path_factory.mktemp("adopt"), None, *TERRAFORM)
    before = (folder / "duinrand" / "estate.yaml").read_text()
    done = kade(folder, "adopt", "duinrand", "export.json", "--terraform", "terraform.json", "--format", "json")
    assert done.returncode == 0, done.stderr
    preview = kade(
        folder, "preview", "duinrand", "--layer", "platform", "--layer", "connectivity", "--format", "json",
        "--no-policies",
    )  # fmt: skip
    assert preview.returncode == 0, preview.stderr
    return folder, json.loads(done.stdout), json.loads(preview.stdout), before


def test_the_first_preview_makes_replaces_and_deletes_nothing_on_what_stands(adopted):
    _, said, preview, _ = adopted
    known = {item["id"].lower() for item in exports.standing()}
    taken = {item["id"].lower() for item in said["imports"]}
    assert {step["op"] for step in preview["steps"]} <= {"create", "import", "read"}  # no update either
    imported = {s["newState"]["id"].lower() for s in preview["steps"] if s["op"] == "import"}
    assert imported == taken
    assert said["blocked"] == []
    for step in preview["steps"]:
        if step["op"] != "create":
            continue
        text = json.dumps(step["newState"].get("inputs", {})).lower()
        assert not step["newState"]["type"].endswith((":ManagementGroupSubscription", ":Workspace"))
        assert '"groupid": "mg-' not in text
        scope = str(step["newState"].get("inputs", {}).get("scope", "")).lower()
        assert scope not in known - {f"/subscriptions/{s}" for s in (exports.PLATFORM, exports.APPLICATIONS)}, step
        assert '"virtualnetworkname": "vnet-kern"' not in text, "something is made in the hub of another"


def test_nothing_moves_in_a_hierarchy_with_foreign_names(adopted):
    _, said, preview, _ = adopted
    placed = {
        s["newState"]["inputs"]["groupId"]: s["op"]
        for s in preview["steps"]
        if s["newState"]["type"].endswith(":ManagementGroupSubscription")
    }
    assert placed == {"mg-dui-beheer": "import", "mg-dui-intern": "import"}
    assert not [n for n in said["notes"] if n["kind"] == "move"]
    entries = {e["field"]: e["value"] for e in said["entries"]}
    assert entries["management_groups.groups.corp.id"] == "mg-dui-intern"
    assert entries["management_groups.groups.landingzones.id"] == "mg-dui-werk"


def test_the_hub_stays_with_terraform(adopted):
    _, said, preview, _ = adopted
    entries = {e["field"]: e["value"] for e in said["entries"]}
    assert entries["network.hubs.weu.ownership"] == "existing"
    assert entries["network.hubs.weu.owner"].startswith("Terraform, module.hub.")
    assert entries["network.hubs.weu.firewall.private_ip"] == "10.40.0.4"
    assert entries["network.private_dns.id"].endswith("/rg-zones")
    types = {s["newState"]["type"].rsplit(":", 1)[-1] for s in preview["steps"]}
    assert not types & {"AzureFirewall", "FirewallPolicy", "PrivateZone", "BastionHost", "VirtualNetworkGateway"}


def test_what_is_not_ours_is_external_and_its_addresses_are_kept_free(adopted):
    _, said, preview, _ = adopted
    entries = {e["field"]: e["value"] for e in said["entries"]}
    assert entries["subscriptions.strandhoek-productie.ownership"] == "external"
    assert not [s for s in preview["steps"] if exports.NEIGHBOUR in json.dumps(s["newState"])]
    assert entries["network.addresses.reservations.vnet-zaken.range"] == "10.40.8.0/24"
    assert [
        n for n in said["notes"] if n["kind"] == "left alone" and n["subject"] == "microsoft.network/virtualnetworks"
    ]


def test_what_differs_is_said_and_kept_as_it_stands(adopted):
    folder, said, preview, _ = adopted
    kept = {(d["resource"], d["path"]): (d["stands"], d["wanted"]) for d in said["kept"]}
    assert kept["subscription-platform-defender-Arm", "pricingTier"] == ("Free", "Standard")
    (plan,) = [s for s in preview["steps"] if s["urn"].endswith("::subscription-platform-defender-Arm")]
    assert plan["op"] == "import"
    imports = folder / "duinrand" / "imports.yaml"
    text = imports.read_text()
    again = text.replace("    keep:\n    - pricingTier\n    - subPlan\n", "")
    assert again != text
    imports.write_text(again)
    try:
        after = kade(folder, "preview", "duinrand", "--layer", "platform", "--format", "json", "--no-policies")
    finally:
        imports.write_text(text)
    changed = [s for s in json.loads(after.stdout)["steps"] if s["op"] == "update"]
    assert [s["urn"].rsplit("::", 1)[-1] for s in changed] == ["subscription-platform-defender-Arm"]
    assert set(changed[0]["detailedDiff"]) == {"pricingTier", "subPlan"}


def test_no_secret_of_the_state_goes_anywhere(adopted):
    folder, said, _, _ = adopted
    assert exports.SECRET not in json.dumps(said)
    for file in (folder / "duinrand").iterdir():
        assert exports.SECRET not in file.read_text()


def test_the_estate_file_gets_one_line_and_keeps_the_rest(adopted):
    folder, _, _, before = adopted
    after = (folder / "duinrand" / "estate.yaml").read_text()
    assert after.replace("\n\nfiles: [adopted.yaml]\n", "\n") == before


def test_what_was_written_is_not_overwritten_unasked(adopted):
    folder, *_ = adopted
    file = folder / "duinrand" / "imports.yaml"
    text = file.read_text()
    file.write_text(text + "# looked at by the CISO\n")
    try:
        done = kade(folder, "adopt", "duinrand", "export.json", "--terraform", "terraform.json")
        assert done.returncode == 2
        assert "imports.yaml: is there already" in done.stderr
        assert "--replace" in done.stderr
        assert file.read_text().endswith("CISO\n")
    finally:
        file.write_text(text)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """Somebody else owns what the program makes, a subscription stands elsewhere, an export is cut off."""
    folder = tmp_path_factory.mktemp("troubled")
    group = f"/subscriptions/{exports.PLATFORM}/resourceGroups/rg-duinrand-platform-logs-prd-we-001"
    top = ("mg-dui-top", "mg-duinstreek-gemeenten")
    items = [
        exports.group("duinrand", "Duinrand", "mg-ergens-anders"),
        exports.group("duinrand-corp", "Intern", "duinrand-landingzones", "duinrand", "mg-ergens-anders"),
        exports.subscription(exports.PLATFORM, "Een", "duinrand-corp", "duinrand-landingzones", "duinrand", top[1]),
        exports.resource(group, "microsoft.resources/subscriptions/resourcegroups"),
        exports.resource(exports.WORKSPACE, "microsoft.operationalinsights/workspaces"),
        exports.resource(exports.WORKSPACE + "2", "microsoft.operationalinsights/workspaces"),
    ]
    municipality(folder, items, group, group)
    export = json.loads((folder / "export.json").read_text())
    (folder / "export.json").write_text(json.dumps({**export, "total_records": 1000}))
    done = kade(folder, "adopt", "duinrand", "export.json", "--terraform", "terraform.json", "--dry-run")
    return folder, done


def test_what_has_two_owners_is_named_and_not_taken_over(troubled):
    folder, done = troubled
    assert done.returncode == 1, done.stderr
    assert "Two owners: not taken over (2)" in done.stdout
    assert "is, or is in, what Terraform, module.hub.azurerm_thing.t0 in terraform.json owns" in done.stdout
    assert "Would be made, and stands already (1): the first deployment fails on these" in done.stdout
    assert not (folder / "duinrand" / "imports.yaml").exists()  # it was a dry run


def test_a_move_is_told_and_a_choice_is_left_to_the_user(troubled):
    _, done = troubled
    assert "Moves in the hierarchy (2)" in done.stdout
    assert "management group duinrand: stands below mg-ergens-anders" in done.stdout
    assert "subscriptions.platform: stands in duinrand-corp; the file places it in platform" in done.stdout
    assert "logging.workspace: several stand in platform" in done.stdout
    assert "has 6 of 1000 records" in done.stdout
    assert "subscriptions.toepassingen: is not in the export" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("export.json", "{", "not JSON"),
        ("export.json", "[]", "holds no resource with an id"),
        ("terraform.json", '{"version": 3}', "found version 3, not a Terraform state of version 4"),
        ("terraform.json", "no", "terraform state pull"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, name, text, message):
    folder = municipality(tmp_path)
    (folder / name).write_text(text)
    done = kade(folder, "adopt", "duinrand", "export.json", "--terraform", "terraform.json")
    assert done.returncode == 2
    assert name in done.stderr
    assert message in done.stderr
    assert not (folder / "duinrand" / "adopted.yaml").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.prd.platform: 3\n", "not a map of resources"),
        ("a.prd.platform:\n  group: {id: /x}\n", "not the type and name of a resource"),
        ("a.prd.platform:\n  azure-native:resources:ResourceGroup g: {id: x}\n", "an import needs an id"),
    ],
)
def test_a_wrong_file_of_imports_is_told_by_its_line(tmp_path, text, message):
    folder = municipality(tmp_path)
    (folder / "duinrand" / "imports.yaml").write_text(text)
    done = kade(folder, "preview", "duinrand", "--layer", "platform")
    assert done.returncode == 2
    assert "imports.yaml:" in done.stderr
    assert message in done.stderr
