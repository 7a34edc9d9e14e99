"""Steps from a preview digest, Pulumi's own (``pulumi preview --json``) or ours, so that both give and meet plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kade.engine.plan import Op, PropertyDiff, Resource, Step
from kade.engine.values import UNKNOWN, Secret
from kade.engine.wire import UNKNOWN_TEXT as WIRE_UNKNOWN
from kade.report.masking import SECRET, UNKNOWN_TEXT


def steps_of(digest: Mapping[str, Any]) -> list[Step]:
    """The steps of a digest. A secret in it is only a word, so it is not compared; see `Comparison.unseen`."""
    return [_step(item) for item in digest.get("steps") or []]


def _step(item: Mapping[str, Any]) -> Step:
    old, new = _resource(item.get("oldState")), _resource(item.get("newState"))
    diffs = {path: PropertyDiff(d["kind"], d.get("inputDiff", True)) for path, d in _pairs(item.get("detailedDiff"))}
    return Step(
        op=Op(item["op"]),
        urn=item["urn"],
        type=item["urn"].split("::")[2].rsplit("$", 1)[-1],
        old=old,
        new=new,
        provider=item.get("provider", ""),
        detailed_diff=diffs,
        diff_reasons=item.get("diffReasons") or (),
        replace_reasons=item.get("replaceReasons") or (),
    )


def _resource(state: Mapping[str, Any] | None) -> Resource | None:
    if not state:
        return None
    return Resource(
        urn=state["urn"],
        type=state.get("type", ""),
        custom=state.get("custom", True),
        id=_value(state.get("id", "")),
        inputs=_value(dict(state.get("inputs") or {})),
        outputs=_value(dict(state.get("outputs") or {})),
        parent=state.get("parent", ""),
        external=state.get("external", False),
        dependencies=state.get("dependencies") or (),
        property_dependencies=state.get("propertyDependencies") or {},
        provider=state.get("provider", ""),
    )


def _value(value: Any) -> Any:
    """A value of a digest with its unknowns and secrets told apart from texts."""
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if value in (WIRE_UNKNOWN, UNKNOWN_TEXT):
        return UNKNOWN
    return Secret(SECRET) if value == SECRET else value


def _pairs(value: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
    return (value or {}).items()
