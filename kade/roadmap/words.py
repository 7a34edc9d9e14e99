"""The words of a roadmap in a language, and how days, numbers and amounts are written in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

LANGUAGES: Final = ("nl", "en")
_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True)
class Words:
    """Texts by key; a text has the names of its figures in braces."""

    language: str
    texts: dict[str, Any]

    def __call__(self, key: str, **figures: Any) -> str:
        """A text with its figures: whole numbers and days are written as the language writes them."""
        return self.texts[key].format(**{name: self.shown(value) for name, value in figures.items()})

    def shown(self, value: Any) -> str:
        """A figure as the language writes it."""
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value)
        return str(value)

    def day(self, day: date) -> str:
        """A day in full, for instance ``1 juni 2027``."""
        return f"{day.day} {self.texts['months'][day.month - 1]} {day.year}"

    def month(self, day: date) -> str:
        """The month of a day, for instance ``juni 2027``."""
        return f"{self.texts['months'][day.month - 1]} {day.year}"

    def number(self, value: float) -> str:
        """A number without decimals where it is whole, and with the language's own separators."""
        text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "nl" else text

    def hours(self, hours: float) -> str:
        """Hours as one says them: in days from two days on."""
        return self("days", n=hours / 24) if hours >= 48 and hours % 24 == 0 else self("hours", n=hours)

    def money(self, amount: float, currency: str = "EUR") -> str:
        """An amount in whole units, rounded to what is sensible: nobody plans to the euro."""
        step = 1000 if abs(amount) >= 200_000 else 100 if abs(amount) >= 2000 else 1
        return f"{_SIGNS.get(currency, currency)}\N{NO-BREAK SPACE}{self.number(round(amount / step) * step)}"

    def names(self, names: list[str], most: int = 6) -> str:
        """Names as one reads them aloud: ``a, b en c``; of many the first, and how many more."""
        if len(names) > most + 1:
            return self("more", names=", ".join(names[:most]), n=len(names) - most)
        return f" {self.texts['and']} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    def items(self, key: str) -> list[Any]:
        """A text that is a list."""
        return self.texts[key]


@cache
def words(language: str) -> Words:
    """The words of ``nl`` or ``en``."""
    text = (files("kade.roadmap") / f"words_{language}.json").read_text(encoding="utf-8")
    return Words(language, json.loads(text))
