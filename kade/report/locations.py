"""Location evidence in reports: where the data of each Azure resource is, with reasons, and what a plan cannot show."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any

from kade.report.html_page import Section, folded, table
from kade.report.json_digest import step_digest
from kade.report.model import Preview
from kade.report.words import plural, short_type

if TYPE_CHECKING:
    from kade.policies.residency.evidence import Evidence

SHOWN = 200  # resources in a table of the page; the rest is in the JSON


def of_preview(report: Preview) -> list[Evidence]:
    """The evidence of every Azure resource that the preview leaves, over all its stacks."""
    from kade.check.pulumi import of_preview as resources_of
    from kade.policies.kit import Stack
    from kade.policies.residency.evidence import evidence

    steps = [step_digest(step, report.mask) for stack in report.stacks for step in stack.steps]
    return evidence(Stack(resources_of({"steps": steps})), report.residency)


def digest(report: Preview) -> list[dict[str, Any]]:
    """The evidence for programs: one object a resource."""
    return [
        {
            "urn": line.resource.urn,
            "type": line.resource.arm_type or line.resource.type,
            "verdict": line.verdict,
            "places": [{"region": p.region, "kind": p.kind, "reason": p.reason} for p in line.places],
            "reason": line.reason,
        }
        for line in of_preview(report)
    ]


def section(report: Preview) -> list[Section]:
    """Where data will be: by place, then what is outside the residency rule or not known, then what no plan shows."""
    from kade.policies.residency.evidence import CANNOT_SHOW, OUTSIDE, UNKNOWN

    lines = of_preview(report)
    if not lines:
        return []
    mode = report.residency.get("mode")
    rule = f" The residency rule is <strong>{escape(str(mode))}</strong>." if mode else ""
    body = f"<p>{plural(len(lines), 'resource')}, each with its places and a reason.{rule}</p>\n" + _by_place(lines)
    for verdict, title in ((OUTSIDE, "outside the residency rule"), (UNKNOWN, "whose place is not known")):
        found = [line for line in lines if line.verdict == verdict]
        if found:
            body += folded(f"{plural(len(found), 'resource')} {title}", _list(found), opened=verdict == OUTSIDE)
    rest = [line for line in lines if line.verdict not in (OUTSIDE, UNKNOWN)]
    if rest:
        body += folded(f"{plural(len(rest), 'resource')} within the residency rule", _list(rest))
    unseen = "".join(f"<li><strong>{escape(what)}.</strong> {escape(why)}</li>" for what, why in CANNOT_SHOW.items())
    body += f"<h3>What a plan cannot show</h3>\n<ul>{unseen}</ul>\n"
    return [Section("places", "Where data will be", body)]


def _by_place(lines: list[Evidence]) -> str:
    kinds: dict[str, Counter[str]] = {}
    types: dict[str, Counter[str]] = {}
    for line in lines:
        for place in line.places:
            kinds.setdefault(place.region, Counter())[place.kind] += 1
            types.setdefault(place.region, Counter())[short_type(line.resource.type)] += 1
    rows = []
    for region in sorted(kinds, key=lambda name: -kinds[name].total()):
        how = ", ".join(f"{kind} ({count})" for kind, count in kinds[region].most_common())
        what = ", ".join(f"{name} ({count})" for name, count in types[region].most_common(12))
        rows.append([f"<code>{escape(region)}</code>", escape(country(region)), escape(how), escape(what)])
    return table(["Place", "Country", "How", "Types"], rows, "Places")


def _list(lines: list[Evidence]) -> str:
    rows = []
    for line in lines[:SHOWN]:
        reasons = "; ".join(f"{p.region} ({p.kind}): {p.reason}" for p in line.places)
        reason = f"{line.reason}. {reasons}" if line.reason and reasons else line.reason or reasons
        rows.append([escape(line.resource.name), escape(short_type(line.resource.type)), escape(reason)])
    left = len(lines) - SHOWN
    note = f"<p>{plural(left, 'resource')} more: see policies.locations in the JSON.</p>" if left > 0 else ""
    return table(["Resource", "Type", "Places and reasons"], rows, "Resources and their places") + note


def country(where: str) -> str:
    """The region's name and country as a reader says it; empty for what is no region."""
    from kade.facts import UnknownFactError, region

    try:
        found = region(where)
    except UnknownFactError:
        return "everywhere" if where == "global" else ""
    return f"{found.display_name}, {found.country}"
