"""What has to hold for any values and any small program: the wire, paths, differences, and a plan that is applied."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kade.engine import deletes, diff, paths, state, urns, wire
from kade.engine.builtin import Builtin
from kade.engine.generic import Generic
from kade.engine.goal import Goal
from kade.engine.ledger import Ledger
from kade.engine.plan import Op, Resource
from kade.engine.planner import Planner
from kade.engine.registry import Registry
from kade.engine.session import Session
from kade.engine.state_model import Deployment
from kade.engine.values import UNKNOWN, Archive, Asset, ResourceRef, Secret, has_unknown

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Cloud

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXT
HASH = st.text("0123456789abcdef", min_size=64, max_size=64)
ASSETS = st.builds(Asset, text=TEXT, hash=HASH) | st.builds(Asset, path=TEXT.filter(bool), hash=HASH)
SPECIAL = (
    st.just(UNKNOWN)
    | ASSETS
    | st.builds(Archive, uri=TEXT.filter(bool), hash=HASH)
    | st.builds(Archive, assets=st.dictionaries(TEXT, ASSETS, max_size=2), hash=HASH)
    | st.builds(ResourceRef, TEXT, st.none() | st.just(UNKNOWN) | TEXT.filter(bool), TEXT)
)


def _trees(leaves: st.SearchStrategy[Any], *, secrets: bool, keys: st.SearchStrategy[str] = TEXT) -> Any:
    def extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        made = st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
        return made | inner.filter(lambda v: not isinstance(v, Secret)).map(Secret) if secrets else made

    return st.dictionaries(keys, st.recursive(leaves, extend, max_leaves=8), max_size=3)


@settings(max_examples=150, deadline=None)
@given(_trees(PLAIN | SPECIAL, secrets=True))
def test_every_tree_survives_the_wire(tree: dict[str, Any]) -> None:
    found = wire.Found()
    again = wire.decode(wire.encode(tree), found)
    assert again == tree
    assert not diff.changed(tree, again)
    assert not has_unknown(tree) or found.unknown


@given(st.lists(TEXT | st.integers(0, 99), max_size=5))
def test_a_path_that_is_joined_is_parsed_into_the_same_parts(parts: list[str | int]) -> None:
    text = ""
    for part in parts:
        text = paths.join(text, part)
    assert paths.parse(text) == tuple(parts)


NAMES = TEXT.filter(lambda name: name != "*")  # a star is every part in a path, as in Pulumi
PAIRS = st.tuples(*[_trees(PLAIN, secrets=True, keys=NAMES)] * 2)
RECORDS = st.recursive(st.integers(0, 3) | st.booleans(), lambda i: st.dictionaries(NAMES, i, max_size=3), max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(PAIRS)
def test_a_difference_is_where_it_is_said_to_be(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    old, new = pair
    changed = diff.changed(old, new)
    assert diff.equal(old, new) is (not changed)
    assert not diff.changed(old, copy.deepcopy(old))
    for path, kind in changed.items():
        before = [v for v in paths.walk(old, paths.parse(path)) if v is not None]
        after = [v for v in paths.walk(new, paths.parse(path)) if v is not None]
        wanted = (kind != "add", kind != "delete")
        assert (bool(before), bool(after)) == wanted or _only_none(old, new, path)
        assert not (before and after) or not diff.equal(before[0], after[0])


def _only_none(old: Any, new: Any, path: str) -> bool:
    """A null that comes or goes is a difference too, though nothing can be read there."""
    found = [*paths.walk(old, paths.parse(path)), *paths.walk(new, paths.parse(path))]
    return len(found) == 1 and (found[0] is None or isinstance(found[0], Secret))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, RECORDS, max_size=3), st.dictionaries(NAMES, RECORDS, max_size=3))
def test_whoever_ignores_every_difference_has_what_was(old: dict[str, Any], new: dict[str, Any]) -> None:
    again, missing = diff.ignore(old, new, list(diff.changed(old, new)))
    assert not missing
    assert diff.equal(again, old)


# A program: things by name, each with its properties and the thing that it is about, registered in this order.
THINGS = st.fixed_dictionaries(
    {"region": st.sampled_from(["nl", "de"]), "size": st.integers(0, 2)},
    optional={"label": TEXT, "of": st.sampled_from("abcd"), "password": TEXT.map(Secret)},
)
PROGRAMS = st.lists(st.sampled_from("abcd"), unique=True, max_size=4).flatmap(
    lambda names: st.fixed_dictionaries(dict.fromkeys(names, THINGS))
)


def _run(before: Deployment, program: dict[str, Any], cloud: Cloud, *, dry_run: bool) -> Session:
    """What a program of these things does, without a process: the monitor's part is left out."""
    before = copy.deepcopy(before)
    registry = Registry({"cloud": cloud, "pulumi": Builtin(lambda _name: None)}, Generic())
    session = Session("p", "dev", dry_run, Ledger(before), registry)
    registry.begin(before.resources, dry_run=dry_run)
    planner = Planner(session)
    made: dict[str, Resource] = {}
    with session.lock:
        root = planner.register(Goal(urns.STACK_TYPE, "p-dev", custom=False))
        provider = planner.default_provider("cloud", "", "")
        for name, thing in program.items():
            inputs = {**thing, "thingName": f"{name}-{thing['region']}"}
            about = made.get(inputs.pop("of", ""))
            goal = Goal("cloud:index:Thing", name, inputs=inputs, parent=root.urn, provider=provider)
            if about is not None:
                inputs["of"] = about.id
                goal.dependencies, goal.property_dependencies = [about.urn], {"of": [about.urn]}
            made[name] = planner.register(goal)
        deletes.finish(planner)
    assert not session.failed, session.diagnostics
    return session


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, PROGRAMS, st.booleans())
def test_a_plan_that_is_applied_gives_the_planned_state(
    first: dict[str, Any], second: dict[str, Any], delete_first: bool
) -> None:
    cloud = Cloud(delete_first=delete_first)
    before = _run(state.empty(), first, cloud, dry_run=False).ledger.deployment()
    planned = _run(before, second, cloud, dry_run=True)
    done = _run(before, second, cloud, dry_run=False)
    after = done.ledger.deployment()

    assert [(s.op, s.urn) for s in planned.steps] == [(s.op, s.urn) for s in done.steps]
    stands = {r.urn: r for r in after.resources}
    wanted = {s.urn: s.new for s in planned.steps if s.new is not None}
    assert stands.keys() == wanted.keys()
    for urn, resource in wanted.items():
        known = {key: value for key, value in resource.inputs.items() if not has_unknown(value)}
        assert all(stands[urn].inputs[key] == value for key, value in known.items())

    things = {r.id: r.inputs for r in after.resources if r.type == "cloud:index:Thing"}
    assert cloud.things.keys() == things.keys()
    assert all(not diff.changed(things[id_], cloud.things[id_]) for id_ in things)
    again = _run(after, second, cloud, dry_run=True)
    assert {s.op for s in again.steps} == {Op.SAME}
