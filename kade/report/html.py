"""``kade preview --format html``: what changes, what breaks a rule, where data is, and which flows open or close."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from kade.engine.plan import Op, StackResult
from kade.report import locations
from kade.report.diffs import changes
from kade.report.effects import effects
from kade.report.findings import of_preview
from kade.report.html_findings import finding_sections, measure_sections
from kade.report.html_network import network_section
from kade.report.html_page import Listing, Section, counts, folded, page, table
from kade.report.model import Preview, Row, rows, tree_order
from kade.report.policy_effects import policy_effects, told
from kade.report.words import TO_DO, VERDICTS, plural, short_type

VALUE_LIMIT = 4_000  # characters of one value


def render(report: Preview) -> str:
    """The page."""
    verdicts = of_preview(report)
    sections = [
        *_drastic(report),
        *finding_sections(verdicts),
        *measure_sections(verdicts),
        *_messages(report),
        *_effects(report),
        *_policy(report),
        *locations.section(report),
        *network_section(report),
    ]
    return page(f"Preview of {report.mask.text(report.target)}", _intro(report), sections, _listing(report))


def _intro(report: Preview) -> str:
    made = ""
    missing = report.without_state
    if missing:
        all_new = len(missing) == len(report.stacks)
        which = (
            "There is no state: everything" if all_new else f"There is no state of {', '.join(missing)}: what is there"
        )
        made += f'<p class="notice">{escape(which)} looks new.</p>\n'
    for stack in report.stacks:
        if stack.error:
            made += f'<p class="notice bad">{escape(stack.stack)} failed: {escape(report.mask.text(stack.error))}</p>\n'
    made += counts([(words, report.counts[op]) for op, words in TO_DO.items() if report.counts.get(op)])
    found = [f"{report.verdicts[v]} {word}" for v, word in VERDICTS.items() if report.verdicts.get(v)]
    rules = ", ".join(found) or ("no rule applies" if report.policies_run else "not run")
    return made + f"<p>{plural(len(report.stacks), 'stack')}. Rules: {escape(rules)}.</p>\n"


def _drastic(report: Preview) -> list[Section]:
    count, body = 0, ""
    for op, title in ((Op.REPLACE, "Replacements"), (Op.DELETE, "Deletions")):
        found = report.of(op)
        if not found:
            continue
        heads = ["Name", "Type", "Stack", *(["Because of"] if op == Op.REPLACE else [])]
        lines = [
            [
                f'<span class="{op}">{escape(report.mask.text(row.name))}</span>',
                escape(short_type(row.step.type)),
                escape(stack.stack),
                *([escape(report.mask.text(", ".join(row.step.replace_reasons)))] if op == Op.REPLACE else []),
            ]
            for stack, row in found
        ]
        count += len(found)
        body += f"<h3>{title} ({len(found)})</h3>\n{table(heads, lines, title)}"
    return [Section("drastic", f"Replacements and deletions ({count})", body)] if count else []


def _messages(report: Preview) -> list[Section]:
    found = [(s.stack, d) for s in report.stacks for d in s.diagnostics if d.severity in ("error", "warning")]
    if not found:
        return []
    lines = [
        [escape(d.severity), f"<pre>{escape(report.mask.text(d.message.strip()))}</pre>", escape(stack)]
        for stack, d in found
    ]
    return [Section("messages", f"Messages ({len(found)})", table(["Severity", "Message", "Stack"], lines, "Messages"))]


def _effects(report: Preview) -> list[Section]:
    moves, flows = [], []
    for stack in report.stacks:
        found = effects(stack, report.mask)
        moves += [
            [escape(report.mask.text(m.row.name)), escape(m.old), escape(m.new), escape(stack.stack)]
            for m in found.moved
        ]
        for word, colour, some in (("opens", "added", found.opened), ("closes", "removed", found.closed)):
            flows += [[f'<span class="{colour}">{word}</span>', escape(name), escape(flow)] for name, flow in some]
    made = []
    if moves:
        made.append(
            Section("moves", f"Moves ({len(moves)})", table(["Resource", "From", "To", "Stack"], moves, "Moves"))
        )
    if flows:
        body = table(["Change", "Rule set", "Flow"], flows, "Network flows")
        body = body if len(flows) <= 20 else folded(plural(len(flows), "flow"), body)
        made.append(Section("flows", f"Network flows that open or close ({len(flows)})", body))
    return made


def _policy(report: Preview) -> list[Section]:
    """The assignments of Azure Policy that change, and what each would deny."""
    found = policy_effects(report)
    lines = [[escape(str(op)), escape(name), escape(text)] for op, name, text in told(found)]
    if not lines:
        return []
    return [
        Section(
            "policy", f"Azure Policy ({len(found)})", table(["Change", "Assignment", "Effect"], lines, "Azure Policy")
        )
    ]


def _listing(report: Preview) -> Listing:
    items = [item for number, stack in enumerate(report.stacks) for item in _items(report, stack, number)]
    kinds = {item["k"] for item in items}
    off = ["same"] if kinds - {"same"} else []
    return Listing(
        "Resources", items, [stack.stack for stack in report.stacks], "Stack", off, [str(op) for op in TO_DO]
    )


def _items(report: Preview, stack: StackResult, number: int) -> list[dict[str, Any]]:
    return [_item(report, row, depth, number) for depth, row in tree_order(rows(stack))]


def _item(report: Preview, row: Row, depth: int, number: int) -> dict[str, Any]:
    step, mask = row.step, report.mask
    made: dict[str, Any] = {
        "k": str(row.op),
        "t": mask.text(row.name),
        "s": short_type(step.type),
        "g": number,
        "p": depth,
    }
    lines = [mask.text(step.note)] if step.note else []
    differences = [[c.path, c.sign, c.old, c.new, c.replaces] for c in changes(step, mask, VALUE_LIMIT)]
    if differences:
        made["d"] = differences
    if row.op in (Op.CREATE, Op.IMPORT, Op.DELETE):
        resource = step.new or step.old
        inputs: Mapping[str, Any] = resource.inputs if resource else {}
        if inputs:
            made["j"] = json.dumps(mask.tree(dict(inputs)), indent=1, ensure_ascii=False)
    if lines:
        made["l"] = lines
    return made
