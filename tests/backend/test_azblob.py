"""Containers in Azurite, and what Azure Resource Manager says: each point fails, and passes after its own remedy."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import AccessPolicy, BlobAnalyticsLogging, RetentionPolicy

from kade.backend.address import parse
from kade.backend.azblob import AzBlob
from kade.backend.azblob_points import points
from kade.backend.errors import AddressError, BackendError
from kade.backend.points import TITLES
from kade.backend.residency import Rule, rule_of
from tests.backend.conftest import ACCOUNT, fill

EU = rule_of(None)
GROUP = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-state"
ID = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}"
KEEP = {"enabled": True, "days": 90}
# What `az resource show`, `az lock list`, `az monitor diagnostic-settings list` and `az role assignment list` write.
RIGHT: list[dict[str, Any]] = [
    {
        "id": ID,
        "name": ACCOUNT,
        "type": "Microsoft.Storage/storageAccounts",
        "location": "westeurope",
        "sku": {"name": "Standard_ZRS", "tier": "Standard"},
        "kind": "StorageV2",
        "properties": {
            "supportsHttpsTrafficOnly": True,
            "minimumTlsVersion": "TLS1_2",
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": False,
            "publicNetworkAccess": "Enabled",
            "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": []},
        },
    },
    {
        "id": f"{ID}/blobServices/default",
        "name": "default",
        "type": "Microsoft.Storage/storageAccounts/blobServices",
        "properties": {
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": KEEP,
            "containerDeleteRetentionPolicy": KEEP,
        },
    },
    {
        "id": f"{ID}/blobServices/default/containers/state",
        "name": "state",
        "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
        "properties": {"publicAccess": "None"},
    },
    {
        "id": f"{ID}/providers/Microsoft.Authorization/locks/keep",
        "name": "keep",
        "type": "Microsoft.Authorization/locks",
        "level": "CanNotDelete",
    },
    {
        "id": f"{ID}/blobServices/default/providers/microsoft.insights/diagnosticSettings/logs",
        "name": "logs",
        "type": "Microsoft.Insights/diagnosticSettings",
        "logs": [{"categoryGroup": "allLogs", "enabled": True}],
    },
    {
        "id": f"{ID}/providers/Microsoft.Authorization/roleAssignments/0001",
        "name": "0001",
        "type": "Microsoft.Authorization/roleAssignments",
        "principalId": "22222222-2222-4222-8222-222222222222",
        "principalName": "sg-platform",
        "roleDefinitionName": "Storage Blob Data Contributor",
        "scope": ID,
    },
]
WITHOUT = {"lock": "locks", "settings": "diagnosticSettings"}


@pytest.fixture
def store(azure, request):
    """A container of its own with two stacks, in an account that brings deleted blobs back."""
    made = AzBlob(parse(azure.url("state")))
    made.service.set_service_properties(
        delete_retention_policy=RetentionPolicy(enabled=True, days=90),
        analytics_logging=BlobAnalyticsLogging(read=False, write=False, delete=False),
    )
    for container in made.service.list_containers():
        made.service.delete_container(container)
    made.container.create_container()
    fill(made)
    return made


@pytest.fixture
def arm(tmp_path):
    def write(listed=RIGHT):
        file = tmp_path / "arm.json"
        file.write_text(json.dumps(listed))
        return file

    return write


def verdicts(store, *files, rule=EU):
    return {point.id: point.verdict for point in points(store, rule, files)}


def test_what_the_data_show_and_what_they_do_not(store):
    found = {point.id: point for point in points(store, EU)}
    assert list(found) == list(TITLES)
    passed = [id_ for id_, point in found.items() if point.verdict == "pass"]
    assert passed == ["reachable", "encrypted"]
    assert {p.verdict for id_, p in found.items() if id_ not in passed} == {"not_checked"}
    assert all("--arm" in p.how for p in found.values() if p.verdict == "not_checked")


def test_with_what_resource_manager_says_every_point_passes(store, arm):
    found = {point.id: point for point in points(store, EU, [arm()])}
    assert {id_: point.verdict for id_, point in found.items()} == dict.fromkeys(TITLES, "pass")
    assert "sg-platform (Storage Blob Data Contributor)" in found["readers"].found


BY_DATA = {
    "public container": (
        "private",
        lambda s: s.container.set_container_access_policy({}, public_access="container"),
        lambda s: s.container.set_container_access_policy({}, public_access=None),
    ),
    "public blobs": (
        "private",
        lambda s: s.container.set_container_access_policy({}, public_access="blob"),
        lambda s: s.container.set_container_access_policy({}, public_access=None),
    ),
    "deleted at once": (
        "locked",
        lambda s: s.service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=False)),
        lambda s: s.service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=30)),
    ),
    "deleted in a week": (
        "locked",
        lambda s: s.service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=7)),
        lambda s: s.service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=30)),
    ),
    "links to read with": (
        "readers",
        lambda s: s.container.set_container_access_policy({"auditor": AccessPolicy(permission="rl")}),
        lambda s: s.container.set_container_access_policy({}),
    ),
    "no container": (
        "reachable",
        lambda s: s.service.delete_container("state"),
        lambda s: s.container.create_container(),
    ),
}


@pytest.mark.parametrize("name", BY_DATA)
def test_what_the_data_show_to_be_wrong(store, arm, name):
    id_, spoil, mend = BY_DATA[name]
    spoil(store)
    point = next(p for p in points(store, EU, [arm()]) if p.id == id_)
    assert point.verdict == "fail"
    assert point.fixes[0].command.startswith("az storage ")
    mend(store)
    assert verdicts(store, arm())[id_] == "pass"


def test_http_fails_until_the_url_is_https(plain_azure, store):
    plain = AzBlob(parse(plain_azure.url("state", protocol="http")))
    plain.container.create_container()
    point = next(p for p in points(plain, EU) if p.id == "encrypted")
    assert point.verdict == "fail"
    assert point.fixes[0].command.startswith("leave protocol=http out of the URL")
    assert verdicts(store)["encrypted"] == "pass"  # the other Azurite, over HTTPS


def test_the_classic_log_counts(store):
    kept = RetentionPolicy(enabled=True, days=30)
    logging = BlobAnalyticsLogging(read=True, write=True, delete=True, retention_policy=kept)
    store.service.set_service_properties(analytics_logging=logging)
    assert verdicts(store)["logged"] == "pass"


def at(listed, ending):
    return next(item for item in listed if item["id"].endswith(ending))


# What the bootstrap cannot have yet (a vault for a key of its own, a private network), and advice on what is for good.
MEANT = {"kade-storage-own-key", "kade-log-analytics-private", "kade-preflight-for-good"}
BY_ARM = {
    "another region": ("region", ACCOUNT, "location", "uksouth"),
    "copies elsewhere": ("region", ACCOUNT, "sku.name", "Standard_RAGRS"),
    "http": ("encrypted", ACCOUNT, "properties.supportsHttpsTrafficOnly", False),
    "old tls": ("encrypted", ACCOUNT, "properties.minimumTlsVersion", "TLS1_0"),
    "no versions": ("versioned", "blobServices/default", "properties.isVersioningEnabled", None),
    "blobs gone": ("locked", "blobServices/default", "properties.deleteRetentionPolicy", {"enabled": False}),
    "container gone": ("locked", "blobServices/default", "properties.containerDeleteRetentionPolicy", None),
    "lock gone": ("locked", "locks/keep", None, None),
    "public blobs": ("private", ACCOUNT, "properties.allowBlobPublicAccess", True),
    "no firewall": ("private", ACCOUNT, "properties.networkAcls.defaultAction", "Allow"),
    "public container": ("private", "containers/state", "properties.publicAccess", "Blob"),
    "no log": ("logged", "diagnosticSettings/logs", None, None),
    "half a log": (
        "logged",
        "diagnosticSettings/logs",
        "logs",
        [{"category": "StorageRead", "enabled": True}, {"category": "StorageWrite", "enabled": False}],
    ),
    "keys": ("readers", ACCOUNT, "properties.allowSharedKeyAccess", True),
}


def put(resource, path, value):
    *outer, last = path.split(".")
    for name in outer:
        resource = resource[name]
    resource[last] = value


@pytest.mark.parametrize("name", BY_ARM)
def test_what_resource_manager_shows_to_be_wrong(store, arm, name):
    id_, ending, path, value = BY_ARM[name]
    listed = copy.deepcopy(RIGHT)
    if path is None:
        listed.remove(at(listed, ending))
    else:
        put(at(listed, ending), path, value)
    rule = Rule(("westeurope",), "the rule") if name == "copies elsewhere" else EU
    found = {p.id: p for p in points(store, rule, [arm(listed)])}
    assert [p.id for p in found.values() if p.verdict == "fail"] == [id_]
    for fix in found[id_].fixes:
        parameters = fix.parameters
        if fix.operation == "set":
            assert fix.command.startswith(f"az resource update --ids {ID}")
            put(next(r for r in listed if r["id"] == parameters["id"]), parameters["path"], parameters["value"])
        elif fix.operation == "add":
            assert fix.command.startswith("az ")
            kind = "/".join(parameters["id"].rpartition("/providers/")[2].split("/")[:2])
            listed.append({**parameters, "type": kind, "name": parameters["id"].rsplit("/", 1)[-1]})
        else:  # an account cannot move: another is made where the rule allows it
            put(at(listed, ACCOUNT), "location", "westeurope")
    assert verdicts(store, arm(listed), rule=rule)[id_] == "pass"


def test_a_lock_on_the_resource_group_holds_too(store, arm):
    listed = [r for r in copy.deepcopy(RIGHT) if r["type"] != "Microsoft.Authorization/locks"]
    held = {"name": "g", "type": "Microsoft.Authorization/locks", "level": "ReadOnly"}
    listed.append({**held, "id": f"{GROUP}/providers/Microsoft.Authorization/locks/g"})
    assert verdicts(store, arm(listed))["locked"] == "pass"
    listed[-1]["id"] = f"{GROUP}-2/providers/Microsoft.Authorization/locks/g"
    assert verdicts(store, arm(listed))["locked"] == "fail"


def test_what_the_azure_cli_writes_flat_is_read_too(store, arm):
    listed = copy.deepcopy(RIGHT)
    for item in listed[:3]:
        item.update(item.pop("properties"))
    listed[0]["enableHttpsTrafficOnly"] = listed[0].pop("supportsHttpsTrafficOnly")
    listed[0]["networkRuleSet"] = listed[0].pop("networkAcls")
    assert verdicts(store, arm(listed)) == dict.fromkeys(TITLES, "pass")


def test_another_account_and_a_file_without_roles(store, arm):
    listed = copy.deepcopy(RIGHT)
    listed[0] |= {"name": "stother", "id": listed[0]["id"].replace(ACCOUNT, "stother")}
    with pytest.raises(AddressError, match="devstoreaccount1 is not in it; storage accounts there: stother"):
        verdicts(store, arm(listed))
    assert verdicts(store, arm(RIGHT[:-1]))["readers"] == "not_checked"


def test_who_may_not_and_where_nobody_answers(store, azure, monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_KEY", "YWJj")
    (point,) = points(AzBlob(parse(azure.url("state"))), EU)
    assert (point.id, point.verdict) == ("reachable", "fail")
    assert "may not do that" in point.found
    assert point.fixes[0].command.startswith("az role assignment create")
    nobody = AzBlob(parse(f"azblob://state?storage_account={ACCOUNT}&domain=127.0.0.1:9"))
    (point,) = points(nobody, EU)
    assert point.verdict == "fail"
    with pytest.raises(BackendError, match="cannot be listed"):
        nobody.entries("")


def test_a_shared_access_signature_is_taken_as_pulumi_takes_it(store, azure, monkeypatch):
    from datetime import UTC, datetime, timedelta

    from azure.storage.blob import ContainerSasPermissions, generate_container_sas

    from tests.backend.conftest import KEY

    token = generate_container_sas(
        ACCOUNT,
        "state",
        account_key=KEY,
        permission=ContainerSasPermissions(read=True, list=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    monkeypatch.delenv("AZURE_STORAGE_KEY")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", token)
    other = AzBlob(parse(azure.url("state")))
    assert other.read(".pulumi/meta.yaml") == b"version: 1\n"
    with pytest.raises(BackendError, match="may not do that"):
        other.write("x", b"1")


def test_the_program_that_create_writes_makes_an_account_that_passes(store, tmp_path, azure):
    """Its preview is read by the same points as what stands; and our own packs find nothing to fail it for."""
    out = tmp_path / "bootstrap"
    kade = [str(Path(sys.executable).with_name("kade"))]
    done = subprocess.run(
        [*kade, "backend", "create", azure.url("state"), "--estate", "lindewaard", "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert f"kade preview {out} --stack bootstrap" in done.stdout
    settings = out / "Pulumi.bootstrap.yaml"
    who = "22222222-2222-4222-8222-222222222222"
    settings.write_text(settings.read_text().replace("access: {}", f"access: {{platform: {who}}}"))
    preview = tmp_path / "preview.json"
    command = [*kade, "preview", str(out), "--stack", "bootstrap", "--format", "json", "--out", str(preview)]
    for pack in ("security", "residency", "preflight"):
        command += ["--pack", str(Path(__file__).parents[2] / "policies" / pack)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    failed = {r["rule"] for r in json.loads(preview.read_text())["policies"]["results"] if r["verdict"] == "fail"}
    assert failed <= MEANT, failed
    assert verdicts(store, preview) == dict.fromkeys(TITLES, "pass")
    again = subprocess.run(
        [*kade, "backend", "create", azure.url("state"), "--estate", "lindewaard", "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert again.returncode == 2
    assert "there is something already" in again.stderr
