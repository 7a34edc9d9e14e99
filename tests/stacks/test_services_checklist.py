"""Each clause of what services have to be, and the resource of the example's preview that carries it."""

import pytest

from kade.estate import load
from tests.stacks import checklist

TABLE, CHECKLIST = checklist.table("services_checklist")


@pytest.fixture(scope="module")
def made(whole_preview):
    return checklist.Made.previewed(whole_preview("lindewaard"), "services")


@pytest.mark.parametrize("row", CHECKLIST, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_clause_is_carried_by_a_resource(made, row):
    made.carries(*row[2:])


def test_the_layer_breaks_no_mandatory_rule(made):
    made.breaks_no_mandatory_rule(1000)


def test_each_of_at_least_twelve_services_is_a_stack(made):
    services = load("estates/lindewaard").services
    stacks = {name.rpartition(".services-")[2] for kind, name, _ in made.items if kind == "Stack"}
    assert len(services) >= 12
    assert set(services) <= stacks
