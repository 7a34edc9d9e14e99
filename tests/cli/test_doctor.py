"""``kade doctor`` as a command: what each kind of estate needs, who gives it, and by what it is paid."""

import json

import pytest
from typer.testing import CliRunner

from kade.cli.errors import UsageError
from kade.cli.main import app
from kade.doctor.needs import BILLING, ENTRA, KINDS, LICENCE, PLAN, PROVIDER, RIGHT
from kade.doctor.report import needs_of
from kade.estate import Estate, load
from kade.facts.monitoring import defender_plans
from kade.facts.needs import defender_cost


def doctor(*arguments):
    result = CliRunner().invoke(app, ["doctor", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def needs(estate, kind):
    return [need for need in needs_of(estate) if need.kind == kind]


def changed(estate, **parts):
    data = estate.model_dump(by_alias=True, exclude_unset=True)
    for key, value in parts.items():
        data[key] = {**data.get(key, {}), **value}
    return Estate.model_validate(data)


@pytest.fixture(scope="module")
def lindewaard():
    return load("estates/lindewaard")


@pytest.fixture(scope="module")
def duinrand():
    return load("estates/duinrand")


def test_every_need_says_what_where_why_from_whom_and_what_it_costs(lindewaard, duinrand):
    for estate in (lindewaard, duinrand):
        found = needs_of(estate)
        kinds = [need.kind for need in found]
        assert kinds == sorted(kinds, key=KINDS.index)
        assert {RIGHT, ENTRA, BILLING, PLAN, PROVIDER} <= set(kinds)
        for need in found:
            assert all((need.what, need.where, need.why, need.given_by, need.cost)), need


def test_rights_begin_where_the_hierarchy_does(lindewaard, duinrand):
    assert needs(lindewaard, RIGHT)[0].where == "the tenant's root group"
    assert "elevated access" in needs(lindewaard, RIGHT)[0].given_by
    first = needs(duinrand, RIGHT)[0]
    assert first.where == "management group mg-duinstreek-gemeenten"
    assert "Samenwerking Duinstreek" in first.given_by
    nobody = changed(duinrand, management_groups={"root_parent": None})
    assert "root_rights: false" in needs(nobody, RIGHT)[0].given_by


def test_a_lock_takes_a_right_that_contributors_lack(lindewaard):
    by_subscription = {n.where: n.what for n in needs(lindewaard, RIGHT) if n.where.startswith("/subscriptions/")}
    for item in lindewaard.subscriptions.values():
        assert ("Locks Contributor" in by_subscription[f"/subscriptions/{item.id}"]) == item.lock


def test_what_no_pipeline_may_give_is_named(lindewaard):
    (identities,) = [n for n in needs(lindewaard, RIGHT) if n.what == "User Access Administrator"]
    assert "Deploy-VM-Monitoring" in identities.why
    (custom,) = [n for n in needs(lindewaard, RIGHT) if "roles of our own" in n.why]
    assert "Lindewaard storingsdienst" in custom.why
    without = changed(lindewaard, identity={"custom_roles": {}})
    assert not [n for n in needs(without, RIGHT) if "roles of our own" in n.why]


def test_emergency_accounts_are_a_choice_that_is_told(duinrand):
    assert any("two accounts for emergencies" in n.why for n in needs(duinrand, ENTRA))
    none = needs(changed(duinrand, identity={"break_glass": "none"}), ENTRA)
    assert any(n.what == "none for emergencies, by choice" for n in none)


@pytest.mark.parametrize(
    ("billing", "what", "given"),
    [
        ({"mode": "ea", "scope": "/providers/Microsoft.Billing/x"}, "Enrollment account subscription creator", "owner"),
        ({"mode": "mca", "scope": "/providers/Microsoft.Billing/x"}, "Azure subscription creator", "invoice section"),
        ({"mode": "csp"}, "none of ours", "Cloudpartner"),
        ({"mode": "existing"}, "none", "nobody"),
    ],
)
def test_billing_roles_follow_how_subscriptions_are_made(duinrand, billing, what, given):
    (need,) = needs(changed(duinrand, billing=billing), BILLING)
    assert need.what == what
    assert given in need.given_by


def test_licences_follow_what_the_file_asks(lindewaard, duinrand):
    titles = " ".join(n.what for n in needs(lindewaard, LICENCE))
    assert "P2" in titles
    assert "virtual desktops" in titles
    assert not needs(duinrand, LICENCE)  # nobody is eligible, and there are no desktops
    access = {"a": {"group": "beheerders", "role": "Contributor"}}
    item = {**duinrand.subscriptions["platform"].model_dump(exclude_unset=True), "access": access}
    (p2,) = needs(changed(duinrand, subscriptions={"platform": item}), LICENCE)
    assert "members of beheerders" in p2.where
    assert p2.cost.startswith("per user a month")


def test_every_defender_plan_has_a_unit(lindewaard):
    assert all(defender_cost(plan) for plan in defender_plans())
    shown = {n.what.removeprefix("Defender for Cloud: ") for n in needs(lindewaard, PLAN) if "Defender" in n.what}
    assert shown == {name for name, on in lindewaard.security.defender.items() if on}


def test_providers_are_registered_by_a_command_for_each_subscription(duinrand):
    found = {n.where: n for n in needs(duinrand, PROVIDER)}
    assert set(found) == set(duinrand.subscriptions)
    id_ = duinrand.subscriptions["platform"].id
    assert f"az provider register --subscription {id_} --namespace Microsoft.Insights" in found["platform"].command


def test_the_formats_say_the_same(tmp_path):
    data = json.loads(doctor("estates/duinrand", "--format", "json"))
    text = doctor("estates/duinrand")
    doctor("estates/duinrand", "--format", "markdown", "--out", str(tmp_path / "needs.md"))
    table = (tmp_path / "needs.md").read_text()
    assert data["version"] == 1
    for need in data["needs"]:
        assert need["what"] in text
        assert need["what"] in table
    with pytest.raises(UsageError, match="--format xml: choose text, json or markdown"):
        doctor("estates/duinrand", "--format", "xml")
