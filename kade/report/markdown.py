"""``--format markdown``: a comment on a pull request, always short enough for one.

GitHub takes 65,536 characters in a comment, ``pulumi/actions`` cuts at 64,000. What matters most comes first, and what
does not fit is cut from the end and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from kade.engine.plan import Op, StackResult
from kade.report.costs import cost_words
from kade.report.diffs import changes
from kade.report.effects import effects
from kade.report.findings import Finding, by_rule, failures, of_preview
from kade.report.model import Preview, Row, rows, tree_order
from kade.report.policy_effects import policy_effects, told
from kade.report.text import NAMES_LIMIT, UNCHANGED, visible
from kade.report.words import VERDICTS, counted, plural, short_type

LIMIT: Final = 64_000  # characters
RESERVE: Final = 400  # characters that are kept for saying what was cut
VALUE_LIMIT: Final = 80  # characters of one value
MARKER: Final = "<!-- kade-preview {} -->"
"""The first line, with the target: by it a pipeline finds the comment that it has to update."""
_DIFF: Final = {Op.CREATE: "+", Op.DELETE: "-", Op.IMPORT: "+"}


def render(report: Preview) -> str:
    """The comment, at most `LIMIT` characters."""
    page = Page()
    page.add(_head(report))
    page.add(_drastic(report), "replacements and deletions")
    verdicts = of_preview(report)
    page.add(findings(verdicts), "findings")
    page.add(_errors(report), "messages")
    page.add(_effects(report), "changes of place and network")
    page.add(_policy(report), "assignments of Azure Policy")
    page.add(_costs(report), "costs")
    page.add(not_evaluated(verdicts), "rules that were not evaluated")
    for stack in report.stacks:
        page.add(_tree(report, stack), f"steps of {stack.stack}", fenced=True)
    return page.text()


class Page:
    """Takes sections as long as there is room."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.left = LIMIT - RESERVE
        self.cut: list[str] = []

    def add(self, lines: Sequence[str], what: str = "", *, fenced: bool = False) -> None:
        """A section: whole, or as many of its lines as fit. ``fenced`` ones end with two lines that must stay."""
        if not lines:
            return
        end = list(lines[-2:]) if fenced else []
        body = lines[: len(lines) - len(end)]
        room = self.left - sum(len(line) + 1 for line in end)
        kept: list[str] = []
        for line in body:
            room -= len(line) + 1
            if room < 0:
                break
            kept.append(line)
        missing = len(body) - len(kept)
        if missing:
            self.cut.append(f"{plural(missing, 'line')} of {what}")
        if missing and len(kept) < 4:  # no heading without anything below it
            return
        self.lines += [*kept, *end]
        self.left -= sum(len(line) + 1 for line in [*kept, *end])

    def text(self) -> str:
        """All of it, and what is missing."""
        if self.cut:
            told = ", ".join(self.cut[:5]) + (f" and {len(self.cut) - 5} more parts" if len(self.cut) > 5 else "")
            note = f"**Cut to fit in a comment:** {told}. The whole report is in the artifact of this run."
            self.lines += ["", note[:RESERVE]]
        return "\n".join(self.lines) + "\n"


def _head(report: Preview) -> list[str]:
    made = [MARKER.format(plain(report.target)), f"## Preview of {plain(report.target)}", ""]
    missing = report.without_state
    if missing and len(missing) == len(report.stacks):
        made += ["> **There is no state: everything looks new.**", ""]
    elif missing:
        some = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more stacks" if len(missing) > 5 else "")
        made += [f"> **There is no state of {plain(some)}: everything there looks new.**", ""]
    parts = [words for _, words in counted(report.counts, report.action)] or ["no resources"]
    rules = ", ".join(f"{report.verdicts[v]} {word}" for v, word in VERDICTS.items() if report.verdicts.get(v))
    made += [
        f"**{', '.join(parts)}**",
        "",
        f"Rules: {rules or ('no rule applies' if report.policies_run else 'not run')}",
    ]
    return made


def _costs(report: Preview) -> list[str]:
    head, *lines = cost_words(report) or [""]
    return ["", "### Cost", "", f"**{plain(head)}**", "", *(f"- {plain(line)}" for line in lines)] if head else []


def _drastic(report: Preview) -> list[str]:
    """Every replacement and deletion by name, short, since all of them have to fit."""
    made: list[str] = []
    for op, title in ((Op.REPLACE, "Replacements"), (Op.DELETE, "Deletions")):
        found = report.of(op)
        if not found:
            continue
        made += ["", f"### {title} ({len(found)})", ""]
        many = len(found) > 100
        grouped: dict[tuple[str, str], list[str]] = {}
        for stack, row in found:
            grouped.setdefault((stack.stack, short_type(row.step.type)), []).append(
                code(report.mask.text(row.name)) + _because(report, row, many)
            )
        made += [f"- {code(stack)} {code(type_)}: {', '.join(names)}" for (stack, type_), names in grouped.items()]
    return made


def _because(report: Preview, row: Row, many: bool) -> str:
    if many or not row.step.replace_reasons:
        return ""
    return " (because of " + plain(report.mask.text(", ".join(row.step.replace_reasons))) + ")"


def findings(found: Sequence[Finding]) -> list[str]:
    """What breaks a rule, the most severe first, with remedy and link."""
    failed = failures(found)
    if not failed:
        return []
    made = ["", f"### Findings ({len(failed)})", ""]
    last = None
    for item in failed:
        if item.rule != last:
            rule = f"[{code(item.rule)}]({item.url})" if item.url.startswith("https://") else code(item.rule)
            made.append(f"- **{item.severity or 'unrated'}**, {item.enforcement}: {rule} {plain(item.title)}")
            if item.remediation:
                made.append(f"  - Remedy: {plain(item.remediation)}")
        last = item.rule
        made.append(f"  - {code(item.resource or item.where)}: {plain(item.message)}")
    return made


def _errors(report: Preview) -> list[str]:
    made: list[str] = []
    for stack in report.stacks:
        if stack.error:
            made.append(f"- **{plain(stack.stack)} failed**: {plain(report.mask.text(stack.error))}")
        for item in stack.diagnostics:
            if item.severity in ("error", "warning"):
                made.append(f"- {item.severity} in {code(stack.stack)}: {plain(report.mask.text(item.message))}")
    return ["", "### Messages", "", *made] if made else []


def _effects(report: Preview) -> list[str]:
    made: list[str] = []
    for stack in report.stacks:
        found = effects(stack, report.mask)
        for move in found.moved:
            name = code(report.mask.text(move.row.name))
            made.append(f"- {name} moves from {code(move.old or 'unsaid')} to {code(move.new or 'unsaid')}")
        for verb, flows in (("opens", found.opened), ("closes", found.closed)):
            made += [f"- {code(name)} {verb} {code(flow)}" for name, flow in flows]
    return ["", "### Places and network flows", "", *made] if made else []


def _policy(report: Preview) -> list[str]:
    """The assignments of Azure Policy that change, and what each would deny."""
    found = policy_effects(report)
    made = [f"- {op}: {code(name)}: {text}" for op, name, text in told(found)]
    return ["", f"### Azure Policy ({plural(len(found), 'assignment')} touched)", "", *made] if made else []


def not_evaluated(found: Sequence[Finding]) -> list[str]:
    """The rules that could not judge, and on what."""
    grouped = by_rule(found, "not_evaluated")
    if not grouped:
        return []
    count = sum(map(len, grouped.values()))
    made = ["", f"### Not evaluated ({count})", "", "A value is not known yet, or the type is not.", ""]
    for rule, items in grouped.items():
        more = f" and {len(items) - NAMES_LIMIT} more" if len(items) > NAMES_LIMIT else ""
        names = ", ".join(code(i.resource or i.where) for i in items[:NAMES_LIMIT])
        made.append(f"- {code(rule)}: {names}{more}")
    return made


def _tree(report: Preview, stack: StackResult) -> list[str]:
    shown = visible(rows(stack))
    if not shown:
        return []
    counts: dict[Op, int] = {}
    for row in rows(stack):
        counts[row.op] = counts.get(row.op, 0) + 1
    title = ", ".join(words for _, words in counted(counts, report.action))
    lines = [line for depth, row in tree_order(shown) for line in _row(report, depth, row)]
    fence = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall("`+", line)), default=0))
    return [
        "",
        f"<details><summary>{plain(stack.stack)}: {title}</summary>",
        "",
        f"{fence}diff",
        *lines,
        fence,
        "</details>",
    ]


def _row(report: Preview, depth: int, row: Row) -> Iterable[str]:
    mark = " " if row.op in UNCHANGED else _DIFF.get(row.op, "!")
    plan = "" if row.op == Op.SAME else f"  {row.op}"
    yield f"{mark} {'  ' * depth}{short_type(row.step.type)} {report.mask.text(row.name)}{plan}"
    for change in changes(row.step, report.mask, VALUE_LIMIT):
        sides = " → ".join(side for side in (change.old, change.new) if side)
        force = "  forces replacement" if change.replaces else ""
        yield f"{mark} {'  ' * depth}    {change.sign} {change.path}: {sides}{force}"


def code(text: str) -> str:
    """The text as code on one line; nothing in it is markup."""
    return "`" + " ".join(text.replace("`", "'").split()) + "`"


def plain(text: str) -> str:
    """The text on one line, with nothing in it that is markup, a mention or a reference to an issue."""
    one_line = " ".join(text.split())
    escaped = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", one_line.replace("&", "&amp;").replace("<", "&lt;"))
    return escaped.replace("@", "@<!-- -->")
