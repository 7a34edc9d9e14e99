"""What the estate file itself says of two environments: the one place where they may differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kade.estate import Estate


@dataclass(frozen=True)
class Setting:
    """A field of `environments`, and its value in each of two; ``None`` where an override is not there."""

    name: str
    one: Any
    other: Any


def settings(estate: Estate, one: str, other: str) -> list[Setting]:
    """The fields of `environments` in which two of them differ, their overrides field by field."""
    first, second = (estate.environments[key].model_dump() for key in (one, other))
    over = first.pop("overrides"), second.pop("overrides")
    plain = [Setting(key, first[key], second[key]) for key in first if first[key] != second[key]]
    names = sorted(over[0].keys() | over[1].keys())
    return plain + [
        Setting(f"overrides.{name}", over[0].get(name), over[1].get(name))
        for name in names
        if over[0].get(name) != over[1].get(name)
    ]
