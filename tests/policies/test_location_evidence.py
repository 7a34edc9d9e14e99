"""Where data is: every resource has its places with a reason, and what is not known is said."""

import pytest

from kade.policies.kit import UNKNOWN, Resource, Stack
from kade.policies.residency.evidence import CANNOT_SHOW, OK, OUTSIDE, evidence
from kade.policies.residency.evidence import UNKNOWN as NOT_KNOWN

EU, NL = {"mode": "eu"}, {"mode": "nl"}
GROUP = "/subscriptions/s/resourceGroups/g"
ACCOUNT_ID = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st"


def resource(type_, props, *, id_="", name="example"):
    return Resource(f"azure-native:{type_}", props, name=name, id_=id_)


def line(config, *resources):
    return evidence(Stack(resources), config)[0]


def account(sku):
    return resource("storage:StorageAccount", {"location": "westeurope", "sku": {"name": sku}}, id_=ACCOUNT_ID)


def test_a_resource_rests_where_it_stands():
    found = line(EU, account("Standard_ZRS"))
    assert [(p.region, p.kind) for p in found.places] == [("westeurope", "rests")]
    assert found.verdict == OK


def test_geo_redundancy_under_nl_only_fails_with_the_pair_named():
    assert line(NL, account("Standard_ZRS")).verdict == OK
    found = line(NL, account("Standard_GRS"))
    assert found.verdict == OUTSIDE
    assert "North Europe" in found.reason
    assert ("northeurope", "copied") in [(p.region, p.kind) for p in found.places]


def test_a_key_vault_is_kept_twice_and_that_is_said():
    vault = resource("keyvault:Vault", {"location": "westeurope"})
    assert line(EU, vault).verdict == OK
    assert "pair" in line(NL, vault).reason


def test_a_child_is_where_its_owner_is():
    container = resource("storage:BlobContainer", {}, id_=f"{ACCOUNT_ID}/blobServices/default/containers/c")
    found = evidence(Stack([container, account("Standard_LRS")]), EU)[0]
    assert [p.region for p in found.places] == ["westeurope"]
    assert "in " in found.places[0].reason


@pytest.mark.parametrize(
    ("type_", "props", "verdict", "kind"),
    [
        ("privatedns:PrivateZone", {"location": "global"}, OK, "metadata"),
        ("privatedns:VirtualNetworkLink", {"location": "global"}, OK, "metadata"),
        ("cdn:Profile", {"location": "global"}, OUTSIDE, "processed"),
        ("authorization:RoleAssignment", {}, OK, "metadata"),
    ],
)
def test_what_has_no_region_has_a_reason(type_, props, verdict, kind):
    found = line(EU, resource(type_, props))
    assert (found.verdict, found.places[0].kind) == (verdict, kind)
    assert len(found.places[0].reason) > 30


@pytest.mark.parametrize("props", [{"location": UNKNOWN}, {"location": "global"}, {}])
def test_what_is_not_known_is_not_passed_in_silence(props):
    found = line(EU, resource("madeup:Thing", props))
    assert found.verdict == NOT_KNOWN
    assert found.reason


def test_support_identity_telemetry_and_foreign_law_are_named():
    assert set(CANNOT_SHOW) == {"Support access", "Identity service", "Telemetry", "Foreign law"}
