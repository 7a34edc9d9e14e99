"""The package azuread on the local disk."""

import pytest

from kade.azure.directory import Directory
from kade.engine.provider import Change, ProviderError
from kade.engine.values import UNKNOWN

TYPE = "azuread:index/group:Group"
URN = f"urn:pulumi:s::p::{TYPE}::balie"


def test_what_it_is_given_gets_an_id_that_stays():
    made = Directory().create(URN, TYPE, {"displayName": "balie"}, preview=False)
    assert made.outputs["objectId"] == made.id
    assert Directory().create(URN, TYPE, {"displayName": "balie"}, preview=False) == made
    changed = Directory().update(URN, TYPE, str(made.id), {}, made.outputs, {"displayName": "loket"}, preview=False)
    assert changed.outputs == {"displayName": "loket", "objectId": made.id}


def test_in_a_preview_its_id_is_unknown():
    made = Directory().create(URN, TYPE, {"displayName": "balie"}, preview=True)
    assert made.id is made.outputs["objectId"] is UNKNOWN


def test_what_is_missing_is_said():
    (failure,) = Directory().check(URN, TYPE, None, {}, preview=True).failures
    assert failure.property == "displayName"


@pytest.mark.parametrize(
    ("kind", "old", "new", "change"),
    [
        ("Group", {"displayName": "a"}, {"displayName": "b"}, Change.UPDATE),
        ("NamedLocation", {"ip": {"ipRanges": []}}, {"country": {"countries": ["NL"]}}, Change.REPLACE),
        ("Group", {"displayName": "a"}, {"displayName": "a"}, Change.NONE),
        ("ApplicationPassword", {"endDate": "2026-12-01"}, {"endDate": "2027-12-01"}, Change.REPLACE),
    ],
)
def test_what_a_change_makes_of_it(kind, old, new, change):
    assert Directory().diff(URN, f"azuread:index:{kind}", "id", old, {}, new).change is change


def test_an_application_its_principal_and_password_have_their_own_ids():
    application = Directory().create(URN, "azuread:index:Application", {"displayName": "ci"}, preview=False)
    client = application.outputs["clientId"]
    assert client == application.outputs["applicationId"] != application.outputs["objectId"] == application.id
    principal = Directory().create(f"{URN}-sp", "azuread:index:ServicePrincipal", {"clientId": client}, preview=False)
    assert principal.outputs["clientId"] == client
    assert principal.id != application.id
    password = Directory().create(
        f"{URN}-pw", "azuread:index:ServicePrincipalPassword", {"servicePrincipalId": principal.id}, preview=False
    )
    assert len(str(password.outputs["value"])) == 40
    assert password.outputs_secret == {"value"}


def test_a_password_is_unknown_in_a_preview_unless_it_is_given():
    kind, args = "azuread:index:ServicePrincipalPassword", {"servicePrincipalId": "p"}
    assert Directory().create(URN, kind, args, preview=True).outputs["value"] is UNKNOWN
    assert Directory().create(URN, kind, {**args, "value": "x"}, preview=True).outputs["value"] == "x"


def test_what_it_does_not_know_is_refused():
    with pytest.raises(ProviderError, match="cannot be deployed locally"):
        Directory().create(URN, "azuread:index:User", {}, preview=False)
    with pytest.raises(ProviderError, match="only Entra ID knows"):
        Directory().invoke("azuread:index:getGroup", {}, preview=True)
