"""``--format markdown``: a comment on a pull request, always short enough for one.

What matters most comes first: every replacement and deletion by name, then what breaks a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from kade.engine.plan import Op, StackResult
from kade.report.comment import LEAST, LIMIT, Section, code, fitted, plain, wrapped
from kade.report.costs import cost_words
from kade.report.diffs import changes
from kade.report.effects import effects
from kade.report.findings import Finding, by_rule, failures, of_preview
from kade.report.model import Preview, Row, rows, tree_order
from kade.report.policy_effects import policy_effects, told
from kade.report.text import NAMES_LIMIT, UNCHANGED, visible
from kade.report.words import VERDICTS, counted, plural, short_type

VALUE_LIMIT: Final = 80  # characters of one value
UNFOLDED: Final = 10  # network flows that are shown without being folded
MARKER: Final = "<!-- kade-preview {} -->"
"""The first line, with the target: by it a pipeline finds the comment that it has to update."""
_DIFF: Final = {Op.CREATE: "+", Op.DELETE: "-", Op.IMPORT: "+"}


def render(report: Preview) -> str:
    """The comment, at most `kade.report.comment.LIMIT` characters."""
    verdicts = of_preview(report)
    trees = [tree for stack in report.stacks for tree in _tree(report, stack)]
    drastic = _drastic(report, because=True)
    if drastic.size > LIMIT / 3:  # the names are what counts
        drastic = _drastic(report)
    if drastic.size > LIMIT - LEAST:
        drastic = _drastic(report, types=False)
    rest = [
        Section("findings", findings(verdicts), 4, head=4),
        Section("messages", _errors(report), 2),
        Section("changes of place", _moves(report)),
        _flows(report),
        Section("assignments of Azure Policy", _policy(report)),
        Section("costs", _costs(report)),
        Section("rules that were not evaluated", not_evaluated(verdicts), head=5),
        *trees,
    ]
    return fitted(_head(report), drastic, rest)


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


def _drastic(report: Preview, *, because: bool = False, types: bool = True) -> Section:
    """Every replacement and deletion by name; with the reasons and the types where there is room for them."""
    lines: list[str] = []
    counts: list[int] = []
    for op, title in ((Op.REPLACE, "Replacements"), (Op.DELETE, "Deletions")):
        found = report.of(op)
        if not found:
            continue
        lines += ["", f"### {title} ({len(found)})", ""]
        grouped: dict[tuple[str, str], list[str]] = {}
        for stack, row in found:
            reasons = ", ".join(row.step.replace_reasons) if because else ""
            why = f" (because of {plain(report.mask.text(reasons))})" if reasons else ""
            name = code(report.mask.text(row.name)) + why
            grouped.setdefault((stack.stack, short_type(row.step.type) if types else ""), []).append(name)
        counts += [0] * (len(lines) - len(counts))
        for (stack, type_), names in grouped.items():
            more, of_each = wrapped(f"- {code(stack)}{f' {code(type_)}' if type_ else ''}:", names, "  ")
            lines += more
            counts += of_each
    return Section("replacements and deletions", lines, counts=counts)


def findings(found: Sequence[Finding]) -> list[str]:
    """What breaks a rule, the most severe first, with remedy and link. What many resources do alike is said once."""
    failed = failures(found)
    if not failed:
        return []
    made = ["", f"### Findings ({len(failed)})", ""]
    for _, items in groupby(failed, lambda f: (f.rule, f.severity, f.enforcement)):
        broken = list(items)
        first = broken[0]
        rule = f"[{code(first.rule)}]({first.url})" if first.url.startswith("https://") else code(first.rule)
        made.append(f"- **{first.severity or 'unrated'}**, {first.enforcement}: {rule} {plain(first.title)}")
        if first.remediation:
            made.append(f"  - Remedy: {plain(first.remediation)}")
        alike: dict[str, list[str]] = {}
        for item in broken:
            alike.setdefault(plain(item.message), []).append(code(item.resource or item.where))
        for message, names in alike.items():
            made += _alike(message, names, all_names=first.enforcement == "mandatory")
    return made


def _alike(message: str, names: Sequence[str], *, all_names: bool) -> list[str]:
    """The resources with one message; of what does not stop the deployment not every one."""
    if len(names) == 1:
        return [f"  - {names[0]}: {message}"]
    shown = names if all_names else names[:NAMES_LIMIT]
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    lines, _ = wrapped(f"  - {message} ({len(names)}):", shown, "    ")
    return [*lines[:-1], lines[-1] + more]


def _errors(report: Preview) -> list[str]:
    made: list[str] = []
    for stack in report.stacks:
        if stack.error:
            made.append(f"- **{plain(stack.stack)} failed**: {plain(report.mask.text(stack.error))}")
        for item in stack.diagnostics:
            if item.severity in ("error", "warning"):
                made.append(f"- {item.severity} in {code(stack.stack)}: {plain(report.mask.text(item.message))}")
    return ["", "### Messages", "", *made] if made else []


def _moves(report: Preview) -> list[str]:
    found = (move for stack in report.stacks for move in effects(stack, report.mask).moved)
    made = [
        f"- {code(report.mask.text(m.row.name))} moves from {code(m.old or 'unsaid')} to {code(m.new or 'unsaid')}"
        for m in found
    ]
    return ["", f"### Places ({plural(len(made), 'move')})", "", *made] if made else []


def _flows(report: Preview) -> Section:
    """The network flows that open and close, rule set by rule set; many are folded."""
    opened = closed = 0
    by_set: dict[str, list[str]] = {}
    for found in (effects(stack, report.mask) for stack in report.stacks):
        opened, closed = opened + len(found.opened), closed + len(found.closed)
        for verb, flows in (("opens", found.opened), ("closes", found.closed)):
            for name, flow in flows:
                by_set.setdefault(name, []).append(f"  - {verb} {code(flow)}")
    made = [line for name, flows in by_set.items() for line in (f"- {code(name)}", *flows)]
    what = "network flows, by rule set"
    if not made:
        return Section(what, [])
    title = f"Network flows ({opened} opened, {closed} closed)"
    if opened + closed <= UNFOLDED:
        return Section(what, ["", f"### {title}", "", *made], 2)
    return Section(what, ["", f"<details><summary>{title}</summary>", "", *made], 2, end=["", "</details>"])


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


def _tree(report: Preview, stack: StackResult) -> Iterator[Section]:
    """The tree of a stack, folded; nothing of one in which nothing changes."""
    shown = visible(rows(stack))
    if not shown:
        return
    counts: dict[Op, int] = {}
    for row in rows(stack):
        counts[row.op] = counts.get(row.op, 0) + 1
    title = ", ".join(words for _, words in counted(counts, report.action))
    lines = [line for depth, row in tree_order(shown) for line in _row(report, depth, row)]
    fence = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall("`+", line)), default=0))
    head = ["", f"<details><summary>{plain(stack.stack)}: {title}</summary>", "", f"{fence}diff"]
    yield Section(
        f"steps of {stack.stack}",
        [*head, *lines],
        4 / len(report.stacks),
        head=len(head),
        end=[fence, "</details>"],
        more="… and {}",
    )


def _row(report: Preview, depth: int, row: Row) -> Iterable[str]:
    mark = " " if row.op in UNCHANGED else _DIFF.get(row.op, "!")
    plan = "" if row.op == Op.SAME else f"  {row.op}"
    yield f"{mark} {'  ' * depth}{short_type(row.step.type)} {report.mask.text(row.name)}{plan}"
    for change in changes(row.step, report.mask, VALUE_LIMIT):
        sides = " → ".join(side for side in (change.old, change.new) if side)
        force = "  forces replacement" if change.replaces else ""
        yield f"{mark} {'  ' * depth}    {change.sign} {change.path}: {sides}{force}"
