"""How two trees of inputs differ, path by path, and what the options of a resource make of that.

Source: ``sdk/go/common/resource/properties_diff.go`` and ``applyReplaceOnChanges`` in
``pkg/resource/deploy/step_generator.go`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kade.engine import paths
from kade.engine.plan import PropertyDiff
from kade.engine.provider import Change, Diff, Tree
from kade.engine.values import UNKNOWN, Archive, Asset, Secret, Value


def changed(old: Tree, new: Tree) -> dict[str, str]:
    """The paths at which two trees differ, each with ``add``, ``delete`` or ``update``; secrets are looked into."""
    made: dict[str, str] = {}
    _compare_trees("", old, new, made)
    return made


def anew(old: Tree, new: Tree) -> Diff:
    """The diff of a resource of which every change makes a new one, as of a random value or a key."""
    found = changed(old, new)
    return Diff(Change.REPLACE, found, list(found)) if found else Diff(Change.NONE)


def equal(old: Value, new: Value) -> bool:
    """Whether two values are the same to a provider: a secret is its value, and True is not 1."""
    if isinstance(old, Secret):
        old = old.value
    if isinstance(new, Secret):
        new = new.value
    if old is new:
        return True
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(equal(item, new[key]) for key, item in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(equal(a, b) for a, b in zip(old, new, strict=True))
    if isinstance(old, bool) or isinstance(new, bool):
        return False
    if isinstance(old, Asset | Archive) and isinstance(new, Asset | Archive) and old.hash and new.hash:
        return type(old) is type(new) and old.hash == new.hash
    return old == new


def _compare_trees(prefix: str, old: Tree, new: Tree, made: dict[str, str]) -> None:
    for key, item in new.items():
        if key not in old:
            made[paths.join(prefix, key)] = "add"
        elif item is not old[key]:
            _compare(paths.join(prefix, key), old[key], item, made)
    for key in old:
        if key not in new:
            made[paths.join(prefix, key)] = "delete"


def _compare(path: str, old: Value, new: Value, made: dict[str, str]) -> None:
    if isinstance(old, Secret):
        old = old.value
    if isinstance(new, Secret):
        new = new.value
    if isinstance(old, dict) and isinstance(new, dict):
        _compare_trees(path, old, new, made)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            if index >= len(old):
                made[paths.join(path, index)] = "add"
            elif index >= len(new):
                made[paths.join(path, index)] = "delete"
            else:
                _compare(paths.join(path, index), old[index], new[index], made)
    elif not equal(old, new):
        made[path] = "add" if old is None else "delete" if new is None else "update"


def known_secrets(old: Value, new: Value) -> Value:
    """``old`` with each secret whose value is not known (a state without secrets) taken as equal to a secret there."""
    if isinstance(old, Secret):
        return new if old.value is UNKNOWN and isinstance(new, Secret) else old
    if isinstance(old, dict):
        other = new if isinstance(new, dict) else {}
        return {key: known_secrets(item, other.get(key)) for key, item in old.items()}
    if isinstance(old, list):
        others = new if isinstance(new, list) else []
        return [known_secrets(item, others[i] if i < len(others) else None) for i, item in enumerate(old)]
    return old


def ignore(old: Tree, new: Tree, ignored: Sequence[str]) -> tuple[Tree, list[str]]:
    """``new`` with ignored properties as they were, and the paths that could not be followed."""
    missing = []
    for text in ignored:
        try:
            new = paths.reset(old, new, paths.parse(text))
        except (LookupError, ValueError):
            missing.append(text)
    return new, missing


@dataclass(frozen=True)
class Verdict:
    """What a difference means: ``changes`` whether anything does, ``replace`` whether it takes a new resource."""

    changes: bool
    replace: bool = False
    detailed: Mapping[str, PropertyDiff] = field(default_factory=dict)
    diff_reasons: Sequence[str] = ()
    replace_reasons: Sequence[str] = ()
    delete_before_replace: bool = False
    note: str = ""


SAME = Verdict(changes=False)


def because(reason: str) -> Verdict:
    """A replacement for one reason that is no property difference (``provider``, ``replaceWith`` …)."""
    return Verdict(changes=True, replace=True, replace_reasons=[reason])


def of_inputs(changes: Mapping[str, str]) -> Verdict:
    """The verdict on something that is updated in place, whatever changes (a component, a provider resource)."""
    keys = dict.fromkeys(str(paths.parse(text)[0]) for text in changes)
    return Verdict(bool(changes), False, {path: PropertyDiff(kind) for path, kind in changes.items()}, list(keys))


def judge(diff: Diff, replace_on_changes: Sequence[str], *, init_errors: bool = False) -> Verdict:
    """A provider's answer with ``replaceOnChanges`` and initialisation errors applied."""
    if diff.change is Change.NONE and not init_errors:
        return SAME
    wanted = [paths.parse(text) for text in replace_on_changes]
    forced = [paths.parse(text) for text in diff.replaces]
    detailed: dict[str, PropertyDiff] = {}
    reasons: dict[str, None] = {}
    for text, kind in diff.changed.items():
        path = paths.parse(text)
        replaces = any(paths.contains(p, path) for p in wanted) or any(
            paths.contains(p, path) or paths.contains(path, p) for p in forced
        )
        detailed[text] = PropertyDiff(f"{kind}-replace" if replaces else kind)
        if replaces:
            reasons[str(path[0]) if path else text] = None
    if diff.change is Change.REPLACE:
        reasons.update(dict.fromkeys(str(path[0]) for path in forced if path))
    if init_errors and any(paths.contains(p, ("#initerror",)) for p in wanted):
        reasons["#initerror"] = None
        detailed["#initerror"] = PropertyDiff("update-replace", input_diff=False)
    keys = dict.fromkeys(str(paths.parse(text)[0]) for text in diff.changed)
    return Verdict(
        changes=diff.change is not Change.NONE or bool(reasons),
        replace=diff.change is Change.REPLACE or bool(reasons),
        detailed=detailed,
        diff_reasons=list(keys),
        replace_reasons=list(reasons),
        delete_before_replace=diff.delete_before_replace,
        note=diff.change.value if diff.change is Change.UPDATE_REPLACE_UNKNOWN else "",
    )
