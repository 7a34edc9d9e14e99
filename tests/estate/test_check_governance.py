"""Roles on a subscription, and copies of data that has to stay nearer than the rest: refused with field and line."""

import pytest

from kade.estate import load

WERK = "id: 00000000-0000-4000-8000-000000000003, "


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ("role: Owner, eligible: false", "eligible", "beheer would be a standing Owner"),
        (
            "role: User Access Administrator, eligible: false",
            "eligible",
            "beheer would be a standing User Access Administrator",
        ),
        ("role: Readr", "role", "there is no role 'Readr'"),
    ],
)
def test_a_role_is_known_and_nobody_gives_rights_standing(refused, given, field, message):
    problems = refused((WERK, f"{WERK}access: {{lezen: {{group: beheer, {given}}}}}, "))
    (found,) = [p for p in problems if p.field.startswith("subscriptions.werk.access.lezen.") and message in p.message]
    assert found.field.endswith(field)
    assert found.line > 0


def test_a_role_that_gives_rights_may_be_eligible_and_another_may_stand(refused):
    for given in ("role: Owner", "role: Reader, eligible: false"):
        problems = refused((WERK, f"{WERK}access: {{lezen: {{group: beheer, {given}}}}}, "))
        assert {p.field for p in problems} == {"subscriptions.werk.access.lezen.group"}  # there is no such group


def test_data_that_stays_in_the_country_is_not_copied_abroad_by_a_backup(refused, write):
    copies = ("backup:\n", "residency: {mode: eu, classes: {brp: nl}}\nbackup:\n  redundancy: geo\n")
    (found,) = refused(copies, ("    data: [public]", "    data: [brp]"))
    assert found.field == "backup.redundancy"
    assert "geo copies go to northeurope, and data of class brp (kaart) stays in nl" in found.message
    assert load(write(copies)).backup.redundancy == "geo"  # without such data it is allowed
