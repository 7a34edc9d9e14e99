"""An application that leaves, as text for people and as data for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kade.exit.leaving import Leaving

HEADS = (
    ("stores", "Data"),
    ("keys", "Keys"),
    ("locks", "Locks and protection"),
    ("names", "Names"),
    ("identities", "Identities"),
)


def as_data(found: Leaving) -> dict[str, Any]:
    """For programs."""
    return {"version": 1, **asdict(found)}


def as_text(found: Leaving) -> str:
    """For people: one heading for each thing, and below it what there is, or that there is nothing."""
    lines = [f"{found.key}: {found.title}", f"stack {found.stack}, read from its {found.source}", ""]
    for field, head in HEADS:
        items = getattr(found, field)
        lines.append(f"{head} ({len(items)})" if items else f"{head}: none")
        for item in items:
            told = [item.kind, *([item.size, item.form, item.how] if field == "stores" else [item.what])]
            lines.append(f"  {item.name}: {'; '.join(part for part in told if part)}")
        lines.append("")
    lines += ["Contract and notice", *(f"  {line}" for line in found.contract), ""]
    lines += ["Used by", *(f"  {line}" for line in found.dependents or ["nobody"]), ""]
    number = 0
    lines.append("Order")
    for line in found.order:
        number += not line.startswith(" ")
        lines.append(f"    {line}" if line.startswith(" ") else f"  {number}. {line}")
    return "\n".join(lines) + "\n"
