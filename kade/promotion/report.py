"""A comparison of two environments, or of two stacks, as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kade.promotion.comparing import Comparison
from kade.promotion.settings import Setting
from kade.report.json_text import dumps
from kade.report.masking import Mask
from kade.report.words import plural, short_type

Sides = tuple[str, str]


def as_text(sides: Sides, by_file: Sequence[Setting], stacks: Mapping[str, Comparison]) -> str:
    """For people: what the file says, then stack by stack what follows from it."""
    lines = []
    if by_file:
        lines.append(f"In the estate file ({sides[0]} → {sides[1]}):")
        lines += [f"  {s.name}: {_short(s.one)} → {_short(s.other)}" for s in by_file]
        lines.append("")
    for name, found in stacks.items():
        lines.append(f"{name}: {_counts(found)}")
        lines += [f"  - {short_type(type_)} {name_}: only in {sides[0]}" for type_, name_ in found.only_one]
        lines += [f"  + {short_type(type_)} {name_}: only in {sides[1]}" for type_, name_ in found.only_other]
        lines += [f"  ~ {d.resource}: {d.path}: {_short(d.one)} → {_short(d.other)}" for d in found.differences]
    return "\n".join(lines) + "\n"


def as_markdown(sides: Sides, by_file: Sequence[Setting], stacks: Mapping[str, Comparison]) -> str:
    """For a pull request that promotes."""
    lines = [f"## {sides[0]} beside {sides[1]}", ""]
    if by_file:
        lines += [f"| Estate file | {sides[0]} | {sides[1]} |", "| --- | --- | --- |"]
        lines += [f"| `{s.name}` | {_code(s.one)} | {_code(s.other)} |" for s in by_file]
        lines.append("")
    for name, found in stacks.items():
        lines += [f"### {name}", "", f"{_counts(found)}", ""]
        for side, listed in zip(sides, (found.only_one, found.only_other), strict=True):
            lines += [f"- `{name_}` ({short_type(type_)}): only in {side}" for type_, name_ in listed]
        if found.differences:
            lines += ["", f"| Resource | Input | {sides[0]} | {sides[1]} |", "| --- | --- | --- | --- |"]
            lines += [
                f"| `{d.resource}` | `{_cell(d.path)}` | {_code(d.one)} | {_code(d.other)} |" for d in found.differences
            ]
        lines.append("")
    return "\n".join(lines)


def as_json(sides: Sides, by_file: Sequence[Setting], stacks: Mapping[str, Comparison]) -> str:
    """For programs; a contract, see docs/state.md."""
    return dumps(
        {
            "version": 1,
            "sides": list(sides),
            "file": [{"field": s.name, "one": s.one, "other": s.other} for s in by_file],
            "stacks": {
                name: {
                    "same": found.same,
                    "onlyOne": [{"type": t, "name": n} for t, n in found.only_one],
                    "onlyOther": [{"type": t, "name": n} for t, n in found.only_other],
                    "differences": [
                        {"resource": d.resource, "type": d.type, "path": d.path, "one": d.one, "other": d.other}
                        for d in found.differences
                    ],
                    "addresses": found.addresses,
                    "notCompared": found.unknown,
                }
                for name, found in stacks.items()
            },
        }
    )


def _counts(found: Comparison) -> str:
    made = f"{plural(found.same, 'resource')} the same, {plural(len(found.differences), 'difference')}"
    if found.only_one or found.only_other:
        made += f", {len(found.only_one)} and {len(found.only_other)} in one only"
    if found.addresses:
        made += f"; {plural(found.addresses, 'own address')}".replace("addresss", "addresses")
    return made


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    return Mask().line(value, 80)


def _code(value: Any) -> str:
    return f"`{_cell(_short(value))}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")
