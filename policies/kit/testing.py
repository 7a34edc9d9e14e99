"""Tests a rule by its own examples: directly, and through Pulumi's real proxies; and with each property spoilt.

``test_rule(rule)`` is the whole test of a rule. A municipality's own pack uses it in the same way.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from kade.policies.kit.evaluate import Context, Verdict, check_resource, check_stack
from kade.policies.kit.joins import scope_input
from kade.policies.kit.resource import Resource, Stack
from kade.policies.kit.rules import Example, Rule
from kade.policies.kit.values import UNKNOWN

TODAY: Final = date(2026, 11, 25)
WRONG_TYPES: Final[tuple[Any, ...]] = ({"odd": []}, ["odd", None, 3], 123456, "odd", True, "", [[]], [{}], [UNKNOWN])


def examples(rule: Rule) -> Iterator[tuple[str, Verdict, list[Example]]]:
    """Name, wanted verdict and resources of each example; the first resource is the one judged."""
    for kind, verdict, given in (
        ("passes", Verdict.PASS, rule.passes),
        ("fails", Verdict.FAIL, rule.fails),
        ("not_applicable", Verdict.NOT_APPLICABLE, rule.not_applicable),
    ):
        for index, example in enumerate(given):
            many = example if rule.whole_stack else [example]
            yield f"{kind}[{index}]", verdict, [e if isinstance(e, Example) else Example(e) for e in many]


def build(rule: Rule, given: Sequence[Example], reads: set[str] | None = None) -> list[Resource]:
    """The resources of an example: those given, their children and what stands beside them."""
    made: list[Resource] = []

    def add(example: Example, container: Resource | None, beside: Resource | None) -> None:
        type_ = example.type or rule.types[0]
        props = copy.deepcopy(dict(example.props))
        if container and scope_input(type_):  # as in a preview: what it is about is known by dependency, not by id
            props.setdefault(scope_input(type_), UNKNOWN)
        urn = f"urn:pulumi:test::kade::{type_}::{example.name}-{len(made)}"
        resource = Resource(
            type_,
            props,
            name=example.name,
            urn=urn,
            api_version=example.api_version,
            container=container.key if container else "",
            depends_on=[r.urn for r in (container, beside) if r],
            reads=reads if not made else None,
        )
        made.append(resource)
        for child in example.children:
            add(child, resource, None)
        for other in example.related:
            add(other, None, resource)

    for example in given:
        add(example, None, None)
    return made


def verdict_of(rule: Rule, resources: Sequence[Resource], config: Mapping[str, Any] | None = None) -> Verdict:
    """The verdict, directly. Of a whole-stack rule: fail where it fails anything, pass where it fails nothing."""
    context = Context(today=TODAY, config={rule.id: config} if config else {})
    stack = Stack(resources)
    if not rule.whole_stack:
        return check_resource(rule, resources[0], context).verdict
    return _together([outcome.verdict for outcome in check_stack(rule, stack, context)])


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    for worst in (Verdict.FAIL, Verdict.NOT_EVALUATED, Verdict.PASS):
        if worst in verdicts:
            return worst
    return verdicts[0] if verdicts else Verdict.PASS


def test_rule(rule: Rule) -> None:
    """All of it. Raises AssertionError that names the example, the property and both verdicts."""
    for name, wanted, given in examples(rule):
        reads: set[str] = set()
        resources = build(rule, given, reads)
        config = given[0].config
        direct = verdict_of(rule, resources, config)
        assert direct is wanted, f"{rule.id} {name}: {direct}, wanted {wanted}"
        piped = through_proxies(rule, resources, config)
        assert piped is wanted, f"{rule.id} {name} through Pulumi's proxies: {piped}, wanted {wanted}"
        for path in sorted(reads):
            _spoil(rule, name, wanted, given, path)


test_rule.__test__ = False  # ty: ignore[missing-attribute] pytest must not take an imported helper for a test


def _spoil(rule: Rule, name: str, wanted: Verdict, given: Sequence[Example], path: str) -> None:
    """Each property that was read, made unknown, null, missing and of a wrong type: no crash, no wrong certainty."""

    def verdict(change: Any) -> Verdict:
        props = copy.deepcopy(dict(given[0].props))
        change(props)
        spoilt = [replace(given[0], props=props), *given[1:]]
        direct = verdict_of(rule, build(rule, spoilt), given[0].config)
        piped = through_proxies(rule, build(rule, spoilt), given[0].config)
        assert direct is piped, f"{rule.id} {name} with {path} spoilt: {direct} directly, {piped} through proxies"
        return direct

    present = _get(given[0].props, path) is not None
    unknown = verdict(lambda props: _set(props, path, UNKNOWN))
    opposite = {Verdict.PASS: Verdict.FAIL, Verdict.FAIL: Verdict.PASS}.get(wanted)
    if present:  # an unknown value may decide nothing: it may not turn a verdict round
        assert unknown is not opposite, f"{rule.id} {name} with {path} unknown: {unknown}, was {wanted}"
    absent = verdict(lambda props: _drop(props, path))
    null = verdict(lambda props: _set(props, path, None))
    assert absent is null, f"{rule.id} {name}: {path} missing gives {absent}, null gives {null}"
    for wrong in WRONG_TYPES:
        verdict(lambda props, wrong=wrong: _set(props, path, copy.deepcopy(wrong)))


def through_proxies(rule: Rule, resources: Sequence[Resource], config: Mapping[str, Any] | None = None) -> Verdict:
    """The verdict as a pack gives it: over Pulumi's analyzer service, its deserialisation and its proxies."""
    from kade.policies.kit.analyzer import analyze

    return analyze(rule, resources, config or {}, TODAY)


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    for part in path.split("."):
        name, *indices = part.replace("]", "").split("[")
        steps += [name, *(int(i) for i in indices)]
    return steps


def _get(props: Any, path: str) -> Any:
    found = _place(props, path, make=False)
    if found is None:
        return None
    holder, step = found
    if isinstance(holder, list):
        return holder[step] if isinstance(step, int) and step < len(holder) else None
    return holder.get(step)


def _place(props: Any, path: str, *, make: bool) -> tuple[Any, Any] | None:
    """The object or list that holds the end of a path, and the key there, as the accessors would find it.

    With ``make``, objects that are missing on the way are made; None where something else stands in the way.
    """
    holder = props
    steps = _steps(path)
    for at, step in enumerate(steps):
        if isinstance(holder, dict) and isinstance(step, str):
            key = _key(holder, step)
            inner = holder.get("properties")
            if key not in holder and isinstance(inner, dict) and _key(inner, step) in inner:
                holder, key = inner, _key(inner, step)
        elif isinstance(holder, list) and isinstance(step, int) and step < len(holder):
            key = step
        else:
            return None
        if at == len(steps) - 1:
            return holder, key
        if isinstance(holder, dict) and holder.get(key) is None:
            if not make:
                return None
            holder[key] = {}
        holder = holder[key]
    return None


def _key(holder: Mapping[str, Any], name: str) -> str:
    """The name as it is written in an object, in whatever letter case."""
    return name if name in holder else next((k for k in holder if k.lower() == name.lower()), name)


def _set(props: dict[str, Any], path: str, value: Any) -> None:
    found = _place(props, path, make=True)
    if found is not None:
        found[0][found[1]] = value


def _drop(props: dict[str, Any], path: str) -> None:
    found = _place(props, path, make=False)
    if found is not None and isinstance(found[0], dict):
        found[0].pop(found[1], None)
