"""What happens to resources: each test runs real programs against a small cloud, and looks at what was done to it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kade.engine.plan import Op
from kade.engine.values import UNKNOWN, Secret

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Site, new, ops, step


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


CHAIN = """
a = Thing("a", region="nl", size=1)
b = Thing("b", region=a.region, of=a.id)
c = Thing("c", of=b.endpoint)
pulumi.export("c", c.endpoint)
"""


def test_a_preview_changes_nothing_and_knows_what_it_can(site: Site) -> None:
    result = site.preview(CHAIN)
    assert sorted(ops(result)) == ["create a", "create b", "create c"]
    assert new(result, "b").inputs["region"] == "nl"
    assert new(result, "b").inputs["of"] is UNKNOWN
    assert result.outputs["c"] is UNKNOWN
    assert not result.had_state
    assert not site.state.exists()
    assert site.cloud.log == []


def test_an_update_then_a_preview_shows_only_same(site: Site) -> None:
    made = site.update(CHAIN)
    assert site.cloud.log == ["create a", "create b", "create c"]
    again = site.preview()
    assert again.change_summary == {"same": 4}
    assert again.outputs == made.outputs
    assert again.had_state


def test_a_replacement_comes_first_and_takes_along_what_depends_on_it(site: Site) -> None:
    site.update(CHAIN)
    site.cloud.log.clear()
    changed = CHAIN.replace('"nl"', '"de"')
    plan = site.preview(changed)
    assert ops(plan) == [
        "create-replacement a",
        "replace a",
        "create-replacement b",
        "replace b",
        "update c",
        "delete-replaced b",
        "delete-replaced a",
    ]
    assert {p: d.kind for p, d in step(plan, "a", "replace").detailed_diff.items()} == {"region": "update-replace"}
    assert step(plan, "b", "replace").replace_reasons == ["region"]
    assert {p: d.kind for p, d in step(plan, "c").detailed_diff.items()} == {"of": "update"}
    assert plan.change_summary == {"same": 1, "replace": 2, "update": 1}
    assert ops(site.update(changed)) == ops(plan)
    assert site.cloud.log == ["create a", "create b", "update c", "delete b", "delete a"]
    assert site.preview().change_summary == {"same": 4}


def test_delete_before_replace_deletes_dependents_that_would_be_replaced_first(site: Site) -> None:
    site.update(CHAIN)
    site.cloud.log.clear()
    changed = CHAIN.replace('"nl", size=1', '"de", size=1, opts=Opts(delete_before_replace=True)')
    plan = site.preview(changed)
    assert ops(plan) == [
        "delete-replaced b",
        "delete-replaced a",
        "replace a",
        "create-replacement a",
        "replace b",
        "create-replacement b",
        "update c",
    ]
    assert step(plan, "b", "create-replacement").replace_reasons == ["region"]
    site.update(changed)
    assert site.cloud.log == ["delete b", "delete a", "create a", "create b", "update c"]
    assert site.preview().change_summary == {"same": 4}


def test_what_a_program_no_longer_names_goes_in_reverse_order(site: Site) -> None:
    site.update('g = Group("g")\na = Thing("a", opts=Opts(parent=g))\nb = Thing("b", opts=Opts(depends_on=[g]))')
    result = site.update("")
    assert ops(result) == ["delete b", "delete a", "delete g"]
    assert site.cloud.things == {}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ('ignore_changes=["size"]', "same a"),
        ('ignore_changes=["tags.one"]', "update a"),
        ('ignore_changes=["*"]', "same a"),
        ('replace_on_changes=["size"]', "replace a"),
        ('replace_on_changes=["tags.*"]', "update a"),
    ],
)
def test_options_on_changes(site: Site, options: str, expected: str) -> None:
    site.update('Thing("a", size=1, tags={"one": 1})')
    result = site.preview(f'Thing("a", size=2, tags={{"one": 1}}, opts=Opts({options}))')
    assert expected in ops(result)


def test_replace_on_changes_marks_the_kind(site: Site) -> None:
    site.update('Thing("a", size=1, label="x")')
    result = site.preview('Thing("a", size=2, label="y", opts=Opts(replace_on_changes=["size"]))')
    kinds = {p: d.kind for p, d in step(result, "a", "replace").detailed_diff.items()}
    assert kinds == {"size": "update-replace", "label": "update"}


def test_nested_and_listed_differences_have_paths(site: Site) -> None:
    site.update('Thing("a", rules=[{"n": 1}, {"n": 2}], tags={"a.b": "x", "gone": 1})')
    result = site.preview('Thing("a", rules=[{"n": 1}, {"n": 3}, {"n": 4}], tags={"a.b": "y", "new": True})')
    kinds = {p: d.kind for p, d in step(result, "a").detailed_diff.items()}
    assert kinds == {
        "rules[1].n": "update",
        "rules[2]": "add",
        'tags["a.b"]': "update",
        "tags.gone": "delete",
        "tags.new": "add",
    }


def test_protected_resources_are_neither_deleted_nor_replaced(site: Site) -> None:
    site.update('Thing("a", region="nl", opts=Opts(protect=True))')
    gone = site.preview("")
    assert "protected" in gone.error
    assert "Thing::a" in gone.diagnostics[0].urn
    moved = site.preview('Thing("a", region="de", opts=Opts(protect=True))')
    assert "marked for protection" in moved.error
    refused = site.run("update", "")
    assert refused.error
    assert site.cloud.log == ["create a"]
    assert site.preview('Thing("a", region="nl", opts=Opts(protect=True))').change_summary == {"same": 2}


def test_retain_on_delete_and_deleted_with_leave_the_cloud_alone(site: Site) -> None:
    site.update(
        'a = Thing("a")\nb = Thing("b", opts=Opts(retain_on_delete=True))\nc = Thing("c", opts=Opts(deleted_with=a))'
    )
    result = site.update("")
    assert sorted(ops(result)) == ["delete a", "delete b", "delete c"]
    assert site.cloud.log[3:] == ["delete a"]


def test_children_take_over_protect_and_retain_from_their_parent(site: Site) -> None:
    site.update('g = Group("g", Opts(protect=True, retain_on_delete=True))\nThing("a", opts=Opts(parent=g))')
    state = json.loads(site.state.read_text())
    thing = next(r for r in state["deployment"]["resources"] if r["urn"].endswith("::a"))
    assert thing["protect"] is True
    assert thing["retainOnDelete"] is True


@pytest.mark.parametrize(
    "renamed",
    [
        'Thing("new", opts=Opts(parent=g, aliases=[pulumi.Alias(name="a")]))',
        'Thing("a", opts=Opts(aliases=[pulumi.Alias(parent=g)]))',
        'Thing("a", type_="cloud:index:Other", opts=Opts(parent=g, aliases=[pulumi.Alias(type_="cloud:index:Thing")]))',
        'Thing("x", opts=Opts(aliases=["urn:pulumi:dev::site::kit:index:Group$cloud:index:Thing::a"]))',
        'Thing("x", opts=Opts(aliases=[pulumi.Alias(name="a", parent=g)]))',
    ],
)
def test_aliases_of_every_form(site: Site, renamed: str) -> None:
    site.update('g = Group("g")\na = Thing("a", size=1, thingName="fixed", opts=Opts(parent=g))')
    source = 'g = Group("g")\n' + renamed.replace("opts=", 'size=1, thingName="fixed", opts=')
    plan = site.preview(source)
    assert plan.change_summary == {"same": 3}, ops(plan)
    site.update(source)
    assert site.cloud.log == ["create a"]
    assert len(json.loads(site.state.read_text())["deployment"]["resources"]) == 4


def test_children_of_a_renamed_parent_are_found(site: Site) -> None:
    site.update('g = Group("g")\nThing("g-part", thingName="x", opts=Opts(parent=g))')
    plan = site.preview(
        'g = Group("h", Opts(aliases=[pulumi.Alias(name="g")]))\nThing("h-part", thingName="x", opts=Opts(parent=g))'
    )
    assert plan.change_summary == {"same": 3}


def test_no_parent_alias(site: Site) -> None:
    urn = "urn:pulumi:dev::site::cloud:index:Thing::a"
    site.update('Thing("a", thingName="x")')
    state = json.loads(site.state.read_text())
    found = next(r for r in state["deployment"]["resources"] if r["urn"] == urn)
    del found["parent"]
    site.state.write_text(json.dumps(state))
    plan = site.preview(
        'g = Group("g")\nroot = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)\n'
        'Thing("a", thingName="x", opts=Opts(parent=g, aliases=[root]))'
    )
    assert sorted(ops(plan)) == ["create g", "same a"]


def test_a_type_with_another_api_version_is_the_same_resource(site: Site) -> None:
    site.update('Thing("a", type_="cloud:net/v20200101:Thing", thingName="x")')
    plan = site.preview('Thing("a", type_="cloud:net:Thing", thingName="x")')
    assert plan.change_summary == {"same": 2}


def test_two_resources_of_one_urn_are_an_error(site: Site) -> None:
    result = site.preview('Thing("a")\nThing("a")')
    assert "Duplicate resource URN 'urn:pulumi:dev::site::cloud:index:Thing::a'" in result.error


def test_a_refused_input_names_property_and_value_and_the_others_are_still_checked(site: Site) -> None:
    result = site.preview('Thing("a", size="big")\nThing("b", size="big")\nThing("c", size=1)')
    errors = [d for d in result.diagnostics if d.severity == "error"]
    assert sorted(d.urn.rsplit("::", 1)[-1] for d in errors) == ["a", "b"]
    assert "size: found 'big', a size is a whole number" in errors[0].message
    assert "create c" in ops(result)


def test_a_failed_creation_keeps_what_was_made(site: Site) -> None:
    site.cloud.fails = {"create b"}
    result = site.run("update", CHAIN)
    assert result.error == "b: create failed: the cloud has no room for b"
    assert [d.severity for d in result.diagnostics].count("error") == 1
    site.cloud.fails = set()
    plan = site.preview()
    assert ops(plan) == ["same a", "create b", "create c"]


def test_import_reads_what_stands_and_compares(site: Site) -> None:
    site.cloud.things["/old"] = {"thingName": "old", "size": 1}
    plan = site.preview('Thing("a", thingName="old", size=1, opts=Opts(import_="/old"))')
    assert ops(plan) == ["import a"]
    differs = site.preview('Thing("a", thingName="old", size=2, opts=Opts(import_="/old"))')
    assert ops(differs) == ["import a", "update a"]
    site.update('Thing("a", thingName="old", size=1, opts=Opts(import_="/old"))')
    assert site.cloud.log == []
    assert site.preview().change_summary == {"same": 2}
    missing = site.preview('Thing("b", opts=Opts(import_="/none"))')
    assert "resource '/none' does not exist" in missing.error


def test_get_reads_and_never_owns(site: Site) -> None:
    site.cloud.things["/old"] = {"thingName": "old", "size": 1}
    source = 'a = Thing("a", opts=Opts(id="/old"))\nb = Thing("b", of=a.endpoint)'
    plan = site.preview(source)
    assert ops(plan) == ["read a", "create b"]
    assert new(plan, "b").inputs["of"] == "https://old"
    site.update(source)
    assert ops(site.update("")) == ["delete b", "delete a"]
    assert "/old" in site.cloud.things


def test_explicit_providers_are_resources_and_pass_to_children(site: Site) -> None:
    source = """
class P(pulumi.ProviderResource):
    def __init__(self, name, opts=None):
        super().__init__("cloud", name, {"region": "nl"}, opts)
p = P("p")
g = Group("g", Opts(providers=[p]))
Thing("a", opts=Opts(parent=g))
Thing("b", opts=Opts(provider=p))
"""
    result = site.update(source)
    reference = f"urn:pulumi:dev::site::pulumi:providers:cloud::p::{new(result, 'p').id}"
    assert new(result, "a").provider == reference
    assert new(result, "b").provider == reference
    assert not any("default" in s.urn for s in result.steps)


def test_secrets_stay_secret_in_state_outputs_and_messages(site: Site) -> None:
    source = """
a = Thing("a", password=pulumi.Output.secret("hunter22"), opts=Opts(additional_secret_outputs=["endpoint"]))
print("the password is hunter22")
pulumi.log.warn("again hunter22")
pulumi.export("password", a.password)
pulumi.export("endpoint", a.endpoint)
pulumi.export("mixed", {"in": a.password})
"""
    result = site.update(source)
    assert result.outputs["password"] == Secret("hunter22")
    assert isinstance(result.outputs["endpoint"], Secret)
    text = site.state.read_text()
    assert "hunter22" not in text
    assert "k3y-value" not in text
    assert "https://a-0" not in text
    assert not any("hunter22" in d.message for d in result.diagnostics)
    assert any("[secret]" in d.message for d in result.diagnostics)
    assert "hunter22" not in repr(result)
    assert site.preview(source).change_summary == {"same": 2}


def test_custom_timeouts_and_order_of_fields(site: Site) -> None:
    site.update('Thing("a", opts=Opts(custom_timeouts=pulumi.CustomTimeouts(create="1h30m", delete="10s")))')
    state = json.loads(site.state.read_text())
    thing = next(r for r in state["deployment"]["resources"] if r["urn"].endswith("::a"))
    assert thing["customTimeouts"] == {"create": 5400, "delete": 10}
    assert thing["sourcePosition"].startswith("project:///__main__.py#")
    wrong = site.preview('Thing("b", opts=Opts(custom_timeouts=pulumi.CustomTimeouts(create="soon")))')
    assert "unable to parse customTimeout value 'soon'" in wrong.error


def test_destroy_deletes_everything_and_refuses_what_is_protected(site: Site) -> None:
    site.update(CHAIN)
    shown = site.run("destroy", dry_run=True)
    assert ops(shown) == ["delete c", "delete b", "delete a"]
    assert len(site.cloud.things) == 3
    site.run("destroy")
    assert site.cloud.things == {}
    assert json.loads(site.state.read_text())["deployment"].get("resources") is None
    site.update('Thing("a", opts=Opts(protect=True))')
    assert "is protected" in site.run("destroy").error
    assert len(site.cloud.things) == 1


def test_replace_with_and_trigger(site: Site) -> None:
    source = """
a = Thing("a", region="nl")
Thing("b", opts=Opts(replace_with=[a]))
Thing("c", opts=Opts(replacement_trigger="1"))
"""
    site.update(source)
    plan = site.preview(source.replace('"nl"', '"de"').replace('"1"', '"2"'))
    assert step(plan, "b", "replace").replace_reasons == ["replaceWith"]
    assert step(plan, "c", "replace").replace_reasons == ["replacementTrigger"]


def test_a_pending_replacement_of_a_run_that_was_cut_off_is_completed(site: Site) -> None:
    site.update('Thing("a", region="nl", opts=Opts(delete_before_replace=True))')
    site.cloud.fails = {"create a"}
    source = 'Thing("a", region="de", opts=Opts(delete_before_replace=True))'
    assert site.run("update", source).error
    state = json.loads(site.state.read_text())
    assert [r.get("pendingReplacement") for r in state["deployment"]["resources"]] == [None, None, True]
    site.cloud.fails = set()
    plan = site.preview()
    assert ops(plan) == ["replace a", "create-replacement a"]
    site.update()
    assert site.preview().change_summary == {"same": 2}
    assert ops(site.run("destroy")) == ["delete a"]


def test_ops_are_pulumis_names() -> None:
    assert Op.CREATE_REPLACEMENT == "create-replacement"
