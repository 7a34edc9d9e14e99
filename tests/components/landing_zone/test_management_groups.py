"""The hierarchy: parents first, existing groups untouched, ids that Azure takes, and no ring."""

import pytest

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.management_groups import ManagementGroupArgs, ManagementGroups, in_order
from tests.components.landing_zone.support import make as make_component

GROUPS = {
    "corp": {"id": "lin-corp", "display_name": "Corp", "parent": "top"},
    "top": {"id": "lin", "display_name": "Gemeente Lindewaard"},
    "burgerzaken": {"id": "lin-burgerzaken", "parent": "corp"},
}


def hierarchy(groups=GROUPS, **more):
    return make_component(ManagementGroups, "groups", groups=groups, **more)


def test_groups_stand_below_each_other():
    made = hierarchy()
    assert [r.inputs["groupId"] for r in made.of("ManagementGroup")] == ["lin", "lin-corp", "lin-burgerzaken"]
    parent = made.one("groups-burgerzaken").inputs["details"]["parent"]["id"]
    assert parent == "/providers/Microsoft.Management/managementGroups/lin-corp"
    assert "details" not in made.one("groups-top").inputs


def test_the_hierarchy_may_start_below_a_given_group():
    made = hierarchy(root_parent="mg-samenwerking")
    assert made.one("groups-top").inputs["details"]["parent"]["id"].endswith("/managementGroups/mg-samenwerking")


def test_an_existing_group_is_referred_to_and_never_made():
    groups = {**GROUPS, "top": {"id": "mg-samenwerking", "existing": True}}
    made = hierarchy(groups)
    assert [r.name for r in made.of("ManagementGroup")] == ["groups-corp", "groups-burgerzaken"]
    assert made.one("groups-corp").inputs["details"]["parent"]["id"].endswith("/managementGroups/mg-samenwerking")


def test_an_id_may_have_ninety_characters_and_no_more():
    assert in_order({"a": ManagementGroupArgs("m" * 90)}) == ["a"]
    with pytest.raises(ArgumentError, match="has 91 characters"):
        in_order({"a": ManagementGroupArgs("m" * 91)})


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"a": ManagementGroupArgs("a", parent="b"), "b": ManagementGroupArgs("b", parent="a")}, "in a ring: a, b"),
        ({"a": ManagementGroupArgs("a", parent="x")}, "its parent 'x' is not there"),
        ({"a": ManagementGroupArgs("lin"), "b": ManagementGroupArgs("LIN")}, "'b' has the id 'LIN' of 'a'"),
    ],
)
def test_what_cannot_be(groups, message):
    with pytest.raises(ArgumentError, match=message):
        in_order(groups)


def test_a_misspelt_argument_is_told():
    with pytest.raises(ArgumentError, match="did you mean parent"):
        hierarchy({"a": {"id": "a", "parrent": "b"}})
