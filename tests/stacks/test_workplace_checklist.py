"""Each sentence of what the workplace has to be, and the resource of the example's preview that carries it."""

import json

import pytest

from tests.stacks import checklist

TABLE, CHECKLIST = checklist.table("workplace_checklist")


@pytest.fixture(scope="module")
def made(whole_preview):
    return checklist.Made.previewed(whole_preview("lindewaard"), "workplace")


@pytest.mark.parametrize("row", CHECKLIST, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_sentence_is_carried_by_a_resource(made, row):
    made.carries(*row[2:])


def test_every_point_of_what_is_wanted_has_rows():
    assert [point.split()[0] for point in TABLE] == ["1", "2", "3", "4", "5", "6"]
    assert all(len(row) == 6 for row in CHECKLIST)


def test_no_mandatory_rule_fails(made):
    made.breaks_no_mandatory_rule(1000)


def test_nothing_of_a_token_or_password_is_shown(made):
    text = json.dumps(made.digest)
    for _kind, _name, inputs in made.items:
        if "osProfile" in inputs:
            assert inputs["osProfile"]["adminPassword"] == "[secret]"
        if "protectedParameters" in inputs:
            assert checklist.matches(inputs["protectedParameters"], r"^(\[secret\]|\[unknown until deployed\])$"), (
                inputs
            )
    assert "eyJ" not in text  # how a token of the service begins


def test_no_host_has_a_public_address(made):
    assert [n for k, n, _ in made.items if k == "PublicIPAddress"] == []
    for kind, name, inputs in made.items:
        if kind == "NetworkInterface":
            assert all("publicIPAddress" not in c for c in inputs["ipConfigurations"]), name


def test_every_role_says_of_what_kind_its_principal_is(made):
    kinds = [inputs["principalType"] for kind, _, inputs in made.items if kind == "RoleAssignment"]
    assert len(kinds) > 20
    assert set(kinds) <= {"Group", "ServicePrincipal"}


def test_pools_and_their_metadata_stand_inside_the_residency_rule(made):
    pools = {n: inputs["location"] for k, n, inputs in made.items if k in ("HostPool", "Workspace", "ScalingPlan")}
    assert len(pools) > 10
    assert set(pools.values()) == {"westeurope"}
