"""A rule as a page of Markdown: ``docs/rules/<id>.md`` and ``kade policies show`` use the same text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kade.facts import measure
from kade.policies.kit.rules import Example, Rule
from kade.policies.kit.values import UNKNOWN


def page(rule: Rule) -> str:
    """The page of one rule."""
    facts = [
        ("Severity", rule.severity.value),
        ("Enforcement", rule.enforcement.value),
        ("Resources", "every Azure resource" if "*" in rule.types else ", ".join(f"`{t}`" for t in rule.types)),
        *(("Measure", f"{measure(m).framework} {m}: {measure(m).title}") for m in rule.measures),
        *([("NIS2", f"article {rule.nis2}")] if rule.nis2 else []),
        *([("PSRule for Azure", ", ".join(rule.psrule))] if rule.psrule else []),
        *([("checkov", ", ".join(rule.checkov))] if rule.checkov else []),
        ("Runs", _runs(rule)),
    ]
    parts = [
        f"# {rule.title}",
        f"`{rule.id}`",
        "| | |\n| --- | --- |\n" + "\n".join(f"| {name} | {value} |" for name, value in facts),
    ]
    if rule.why:
        parts.append(f"**Why.** {rule.why}")
    parts.append(f"**What to do.** {rule.remediation}")
    if rule.remediate:
        parts.append("At enforcement level `remediate` Pulumi sets the right value by itself.")
    if rule.absent:
        parts.append(f"**Where the property is absent:** {rule.absent}.")
    if rule.deviations:
        parts.append("**Where other tools judge otherwise.**\n\n" + "\n".join(f"- {d}" for d in rule.deviations))
    if rule.config:
        parts.append("## Settings\n\n" + "\n".join(_setting(name, schema) for name, schema in rule.config.items()))
    for title, examples in (
        ("Passes", rule.passes),
        ("Fails", rule.fails),
        ("Not applicable", rule.not_applicable),
    ):
        parts += _examples(title, examples, rule)
    return "\n\n".join(parts) + "\n"


def index(packs: Mapping[str, Iterable[Rule]]) -> str:
    """The page that lists all rules, by pack."""
    parts = ["# Rules", "Made from the rules themselves by `make docs`; do not edit."]
    for name, rules in packs.items():
        rows = [f"| [{r.id}]({r.id}.md) | {r.title} | {r.severity} | {', '.join(r.measures)} |" for r in rules]
        parts.append(
            f"## {name}\n\n{len(rows)} rules.\n\n| Rule | | Severity | Measures |\n| --- | --- | --- | --- |\n"
        )
        parts[-1] += "\n".join(rows)
    return "\n\n".join(parts) + "\n"


def _runs(rule: Rule) -> str:
    if rule.whole_stack:
        return "on all resources together"
    return "on a resource with its children and siblings" if rule.joins else "on one resource"


def _setting(name: str, schema: Mapping[str, Any]) -> str:
    choice = f", one of {', '.join(f'`{v}`' for v in schema['enum'])}" if "enum" in schema else ""
    default = f"; `{json.dumps(schema['default'])}` where nothing is set" if "default" in schema else ""
    default += f"; in an estate its `{schema['estate']}`" if "estate" in schema else ""
    return f"- `{name}` ({schema.get('type', 'any')}{choice}): {schema.get('description', '')}{default}"


def _examples(title: str, examples: Sequence[Any], rule: Rule) -> list[str]:
    if not examples:
        return []
    shown = [_shown(e, rule) for e in examples]
    return [f"## {title}", *(f"```json\n{json.dumps(e, indent=2, ensure_ascii=False)}\n```" for e in shown)]


def _shown(example: Any, rule: Rule) -> Any:
    if isinstance(example, (list, tuple)):
        return [_shown(item, rule) for item in example]
    if not isinstance(example, Example):
        return _plain(example)
    made: dict[str, Any] = {}
    if example.type and (example.type != rule.types[0] or len(rule.types) > 1):
        made["type"] = example.type
    if example.config:
        made["settings"] = _plain(example.config)
    if not (made or example.children or example.related):
        return _plain(example.props)
    made["properties"] = _plain(example.props)
    for name, others in (("children", example.children), ("related", example.related)):
        if others:
            made[name] = [_shown(other, rule) for other in others]
    return made


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return "(unknown until deployed)"
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value
