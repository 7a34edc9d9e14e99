"""``--format text``: the tree that Pulumi users know, then what matters most."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from kade.engine.plan import Op, StackResult
from kade.engine.urns import STACK_TYPE
from kade.report.diffs import changes
from kade.report.findings import Finding, by_rule, failures, of_preview
from kade.report.model import Preview, Row, rows, tree_order
from kade.report.policy_effects import policy_effects, told
from kade.report.words import COLOURS, SEVERITY_COLOURS, VERDICTS, counted, plural, short_type, sign

VALUE_LIMIT = 100  # characters of one value
NAMES_LIMIT = 6  # resources named after one rule that could not be evaluated, or is broken in the same way
TYPE_WIDTH = 64  # characters of a column; what is longer sticks out, so that one long name does not widen all lines
NAME_WIDTH = 48
UNCHANGED = frozenset({Op.SAME, Op.READ})


def render(report: Preview) -> str:
    """The report without colours."""
    out = io.StringIO()
    show(report, Console(file=out, color_system=None, width=120))
    return out.getvalue()


def show(report: Preview, console: Console) -> None:
    """Write the report to a console."""
    for line in lines(report):
        console.print(line, soft_wrap=True, markup=False, highlight=False, emoji=False)


def lines(report: Preview) -> list[Text]:
    """The report line by line."""
    found = _state_lines(report)
    for stack in report.stacks:
        found += [Text(), *_stack_lines(report, stack)]
    for op, title in ((Op.REPLACE, "Replacements"), (Op.DELETE, "Deletions")):
        found += _drastic_lines(report, op, title)
    found += _policy_lines(report)
    verdicts = of_preview(report)
    found += finding_lines(verdicts)
    found += not_evaluated_lines(verdicts)
    return [*found, Text(), *_count_lines(report)]


def _policy_lines(report: Preview) -> list[Text]:
    """The assignments of Azure Policy that change, and what each would deny."""
    effects = policy_effects(report)
    if not effects:
        return []
    found = [Text(), Text(f"Azure Policy: {plural(len(effects), 'assignment')} touched", "bold")]
    for op, name, text in told(effects):
        line = Text(" ").append(sign(op), COLOURS.get(op, "")).append(f"  {name}  ").append(text, "dim")
        found.append(line)
    return found


def _state_lines(report: Preview) -> list[Text]:
    missing = report.without_state
    if report.action != "preview" or not missing:
        return []
    if len(missing) == len(report.stacks):
        return [Text("There is no state: everything looks new.", "bold yellow")]
    return [Text(f"There is no state of {', '.join(missing)}: everything there looks new.", "bold yellow")]


def _stack_lines(report: Preview, stack: StackResult) -> list[Text]:
    title = stack.stack if stack.stack.count(".") == 2 else f"{stack.project}/{stack.stack}"
    found = [Text(title, "bold")]
    shown = visible(rows(stack))
    if shown:
        found += _tree_lines(report, shown)
    elif not stack.error:
        unchanged = _unchanged(stack)
        found.append(
            Text(f"     no changes ({plural(unchanged, 'resource')})" if unchanged else "     no resources", "dim")
        )
    found += _output_lines(report, stack)
    for item in stack.diagnostics:
        if item.severity == "debug":
            continue
        style = {"error": "red", "warning": "yellow"}.get(item.severity, "")
        name = f"{item.urn.rsplit('::', 1)[-1]}: " if item.urn else ""
        if f"{name}{item.message}".strip() == stack.error.strip():  # said below
            continue
        text = report.mask.text(f"     {item.severity}: {name}{item.message.rstrip()}")
        found += [Text(line, style) for line in text.replace("\n", "\n     ").split("\n")]
    if stack.error:
        found += [
            Text(f"     failed: {line}" if not i else f"     {line}", "bold red")
            for i, line in enumerate(report.mask.text(stack.error).splitlines())
        ]
    return found


def _unchanged(stack: StackResult) -> int:
    """How many resources stand unchanged in a stack."""
    return sum(1 for row in rows(stack) if row.op in UNCHANGED)


def visible(found: Sequence[Row]) -> list[Row]:
    """What changes, and the parents above it."""
    by_urn = {row.urn: row for row in found}
    wanted: set[str] = set()
    for row in found:
        urn = row.urn if row.op not in UNCHANGED else ""
        while urn in by_urn and urn not in wanted:
            wanted.add(urn)
            urn = by_urn[urn].parent
    return [row for row in found if row.urn in wanted]


def _tree_lines(report: Preview, shown: Sequence[Row]) -> list[Text]:
    ordered = list(tree_order(shown))
    labels = _branches(ordered)
    types = [label + short_type(row.step.type) for label, (_, row) in zip(labels, ordered, strict=True)]
    names = [report.mask.text(row.name) for _, row in ordered]
    wide, long = _width(types, TYPE_WIDTH), _width(names, NAME_WIDTH)
    found = [Text(f"     {'Type'.ljust(wide)}  {'Name'.ljust(long)}  Plan".rstrip(), "dim")]
    for type_, name, (_, row) in zip(types, names, ordered, strict=True):
        colour = COLOURS.get(row.op, "")
        line = (
            Text(" ")
            .append(sign(row.op), f"bold {colour}".strip())
            .append(f"  {type_.ljust(wide)}  {name.ljust(long)}")
        )
        if row.op != Op.SAME:
            line.append(f"  {row.op}", colour)
        if row.step.note:
            line.append(f"  {report.mask.text(row.step.note)}", "dim")
        line.rstrip()
        found += [line, *_change_lines(report, row)]
    return found


def _width(texts: Sequence[str], limit: int) -> int:
    """The width of a column: that of its longest text that is not over the limit."""
    return max((len(text) for text in texts if len(text) <= limit), default=limit)


def _branches(ordered: Sequence[tuple[int, Row]]) -> list[str]:
    """The lines of the tree in front of each row."""
    labels: list[str] = []
    open_: set[int] = set()  # depths at which another sibling follows below
    for depth, _ in reversed(ordered):
        open_ = {d for d in open_ if d <= depth}
        last = depth not in open_
        above = "".join("│  " if d in open_ else "   " for d in range(1, depth))
        labels.append("" if depth == 0 else above + ("└─ " if last else "├─ "))
        open_.add(depth)
    return labels[::-1]


def _change_lines(report: Preview, row: Row) -> list[Text]:
    found = []
    for change in changes(row.step, report.mask, VALUE_LIMIT):
        colour = {"+": "green", "-": "red"}.get(change.sign, "yellow")
        line = Text("         ").append(f"{change.sign} {change.path}", colour).append(": ")
        if change.old and change.new:
            line.append(f"{change.old} → {change.new}")
        else:
            line.append(change.old or change.new)
        if change.replaces:
            line.append("  forces replacement", "magenta")
        found.append(line)
    return found


def _output_lines(report: Preview, stack: StackResult) -> list[Text]:
    """The outputs of the stack that differ from those before."""
    mask = report.mask
    root = next((row.step.old for row in rows(stack) if row.step.type == STACK_TYPE), None)
    before = root.outputs if root else {}
    made = []
    for key in sorted(before.keys() | stack.outputs.keys()):
        old, new = before.get(key), stack.outputs.get(key)
        if key in before and key in stack.outputs and old == new:
            continue
        mark, colour = (
            ("+", "green") if key not in before else ("~", "yellow") if key in stack.outputs else ("-", "red")
        )
        sides = [mask.line(v, VALUE_LIMIT) for k, v in ((mark != "+", old), (mark != "-", new)) if k]
        made.append(Text("       ").append(f"{mark} {mask.text(key)}", colour).append(f": {' → '.join(sides)}"))
    return [Text("     Outputs", "bold"), *made] if made else []


def _drastic_lines(report: Preview, op: Op, title: str) -> list[Text]:
    found = report.of(op)
    if not found:
        return []
    made = [Text(), Text(f"{title} ({len(found)})", f"bold {COLOURS[op]}")]
    for stack, row in found:
        because = ", ".join(row.step.replace_reasons)
        text = f"{short_type(row.step.type)} {row.name} in {stack.stack}{f', because of {because}' if because else ''}"
        made.append(Text(" ").append(sign(op), COLOURS[op]).append(f"  {report.mask.text(text)}"))
    return made


def finding_lines(found: Sequence[Finding]) -> list[Text]:
    """What breaks a rule, the most severe first, with the remedy."""
    failed = failures(found)
    if not failed:
        return []
    made = [Text(), Text(f"Findings ({len(failed)})", "bold")]
    for (severity, enforcement, rule), items in groupby(failed, lambda f: (f.severity, f.enforcement, f.rule)):
        broken = list(items)
        first = broken[0]
        head = Text(" ").append(severity or "unrated", SEVERITY_COLOURS.get(severity, "")).append(f"  {rule}", "bold")
        made.append(head.append(f"  {first.title}".rstrip()).append(f"  ({enforcement})", "dim"))
        if first.remediation:
            made.append(Text(f"     remedy: {first.remediation}"))
        if first.measures:
            made.append(Text(f"     measures: {', '.join(first.measures)}", "dim"))
        made += [Text(f"     {line}") for line in _broken_lines(broken)]
    return made


def _broken_lines(broken: Sequence[Finding]) -> list[str]:
    """The resources that break one rule. What many do alike is said once, unless it stops the deployment."""
    alike: dict[str, list[str]] = {}
    for item in broken:
        alike.setdefault(item.message, []).append(item.resource or item.where)
    found = []
    for message, names in alike.items():
        if len(names) > NAMES_LIMIT and broken[0].enforcement != "mandatory":
            found.append(f"{len(names)} times: {message}")
            found.append(f"  {', '.join(names[:NAMES_LIMIT])} and {len(names) - NAMES_LIMIT} more")
        else:
            found += [line for name in names for line in f"{name}: {message}".splitlines()]
    return found


def not_evaluated_lines(found: Sequence[Finding]) -> list[Text]:
    """The rules that could not judge, and on what."""
    grouped = by_rule(found, "not_evaluated")
    if not grouped:
        return []
    count = sum(map(len, grouped.values()))
    made = [Text(), Text(f"Not evaluated ({count}): a value is not known yet, or the type is not", "bold")]
    for rule, items in grouped.items():
        names = ", ".join(i.resource or i.where for i in items[:NAMES_LIMIT])
        more = f" and {len(items) - NAMES_LIMIT} more" if len(items) > NAMES_LIMIT else ""
        made.append(Text(f"  {rule}: {names}{more}"))
    return made


def _count_lines(report: Preview) -> list[Text]:
    line = Text("Resources  ", "bold")
    parts = counted(report.counts, report.action)
    for i, (op, words) in enumerate(parts):
        line.append(", " if i else "").append(words, COLOURS.get(op, "dim"))
    if not parts:
        line.append("none")
    made = [line]
    if report.policies_run:
        words = {**VERDICTS, "fail": f"{VERDICTS['fail']} ({len(report.broken)} mandatory)"}
        found = ", ".join(f"{report.verdicts[v]} {word}" for v, word in words.items() if report.verdicts.get(v))
        made.append(Text("Rules      ", "bold").append(found or "no rule applies"))
    else:
        made.append(Text("Rules      ", "bold").append("not run"))
    if "total" in report.timings:
        made.append(Text("Time       ", "bold").append(f"{report.timings['total']:.1f} s"))
    return made
