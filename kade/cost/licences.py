"""Licences that an estate needs, by persona: named always, priced where the price file says what one costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kade.cost.prices import PriceFile
    from kade.estate import Estate


@dataclass(frozen=True)
class Licence:
    """A licence with its users; ``monthly`` for all of them, None without a price."""

    name: str
    number: int
    monthly: float | None = None

    def as_json(self) -> dict[str, Any]:
        """For the JSON report."""
        return {"name": self.name, "users": self.number, "monthly": self.monthly}


def licences_of(estate: Estate, file: PriceFile | None) -> list[Licence]:
    """The licences of all personas of the workplace, by name; a persona is counted once for each of its licences."""
    numbers: dict[str, int] = {}
    for persona in estate.workplace.personas.values() if estate.workplace else ():
        for name in persona.licences:
            numbers[name] = numbers.get(name, 0) + persona.number
    prices = file.licences if file else {}
    return [
        Licence(name, number, prices[name] * number if name in prices else None)
        for name, number in sorted(numbers.items())
    ]
