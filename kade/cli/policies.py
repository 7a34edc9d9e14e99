"""``kade policies list`` and ``kade policies show``: the rules, with what they ask and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kade.cli.errors import UsageError
from kade.cli.options import PackOption, TextOrJson, choice
from kade.report import SEVERITIES

if TYPE_CHECKING:
    from kade.policies.kit.rules import Rule

app = typer.Typer(help="The rules of Kade's policy packs, and of your own.", no_args_is_help=True)


@app.command("list")
def list_rules(
    pack: PackOption = None,
    severity: Annotated[str | None, choice("--severity", SEVERITIES, "only rules of this severity")] = None,
    format_: TextOrJson = "text",
) -> None:
    """List every rule: id, severity, measures and title, by pack."""
    found = [(name, rule) for name, rule in _rules(pack or []) if severity in (None, rule.severity)]
    if format_ == "json":
        print(json.dumps([_described(name, rule) for name, rule in found], indent=2, ensure_ascii=False))
        return
    wide = max((len(rule.id) for _, rule in found), default=0)
    last = ""
    for name, rule in found:
        if name != last:
            print(f"{name if not last else chr(10) + name}")
        last = name
        print(f"  {rule.id.ljust(wide)}  {rule.severity:8}  {', '.join(rule.measures)}  {rule.title}")
    print(f"\n{len(found)} rules")


@app.command("show")
def show_rule(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="the rule's id")],
    pack: PackOption = None,
    format_: TextOrJson = "text",
) -> None:
    """Show one rule: what it asks, why, its measures, its remedy, and the same rule in other tools."""
    known = {found.id: (name, found) for name, found in _rules(pack or [])}
    if rule not in known:
        from kade.estate.problems import suggestion

        raise UsageError(f"there is no rule {rule!r}. {suggestion(rule, known)}")
    name, found = known[rule]
    if format_ == "json":
        print(json.dumps(_described(name, found), indent=2, ensure_ascii=False))
        return
    for line in _lines(name, found):
        print(line)


def _rules(folders: Sequence[Path]) -> Iterator[tuple[str, Rule]]:
    from kade.policies.kit import serving

    try:
        for folder in [*serving.built_in().values(), *folders]:
            pack = serving.load(folder)
            yield from ((pack.name, rule) for rule in pack.rules)
    except serving.PackError as error:
        raise UsageError(str(error)) from error


def _described(pack: str, rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "pack": pack,
        "title": rule.title,
        "severity": str(rule.severity),
        "enforcement": str(rule.enforcement),
        "types": list(rule.types),
        "measures": list(rule.measures),
        "nis2": rule.nis2,
        "why": rule.why,
        "absent": rule.absent,
        "remediation": rule.remediation,
        "equivalents": rule.equivalents,
        "deviations": list(rule.deviations),
        "remediates": rule.remediate is not None,
    }


def _lines(pack: str, rule: Rule) -> Iterator[str]:
    from kade.facts import measure

    yield f"{rule.id}  ({pack}, {rule.severity}, {rule.enforcement})"
    yield rule.title
    yield ""
    if rule.why:
        yield rule.why
    yield f"Applies to    {', '.join(rule.types)}"
    if rule.absent:
        yield f"Where absent  {rule.absent}"
    yield f"Remedy        {rule.remediation}"
    for id_ in rule.measures:
        found = measure(id_)
        yield f"Measure       {found.framework} {found.id}: {found.title}"
    if rule.nis2:
        yield f"NIS2          article {rule.nis2}"
    for tool, ids in rule.equivalents.items():
        if ids:
            yield f"Same as       {tool} {', '.join(ids)}"
    for deviation in rule.deviations:
        yield f"Differs       {deviation}"
