"""The programme to 2030: freezes, waves, budgets, goals."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kade.estate.base import Item, Key

Theme = Literal[
    "digitale_dienstverlening", "informatie_uitwisseling", "beveiliging", "datagedreven_werken", "moderne_werkplek"
]


class Freeze(Item):
    """A time without changes."""

    title: str = Field(description="The time, for instance `Aanslagoplegging`.")
    starts: date = Field(description="The first day.")
    ends: date = Field(description="The last day.")
    domains: list[Key] = Field(default=[], description="The domains it holds for; none means all.")


class Wave(Item):
    """Applications that move together."""

    title: str = Field(description="The wave.")
    starts: date = Field(description="The first day.")
    ends: date = Field(description="The last day.")


class YearBudget(Item):
    """Money in a calendar year."""

    investment: float = Field(ge=0, description="Euros, once.")
    running: float = Field(ge=0, description="Euros, for what runs.")
    decided: date | None = Field(None, description="When the council decided.")


class Goal(Item):
    """What a theme is to bring."""

    goal: str = Field(description="The goal, in plain Dutch.")
    measure: str = Field(description="What is counted.")
    baseline: float = Field(description="The count today.")
    target: float = Field(description="The count wanted.")
    by: date = Field(date(2030, 12, 31), description="The day of it.")
    owner: Key = Field(description="The role that answers for it.")


class Programme(Item):
    """The migration as a programme."""

    until: date = Field(date(2030, 12, 31), description="When everything has a place.")
    freezes: dict[Key, Freeze] = Field(default={}, description="Times without changes, by a short key.")
    waves: dict[Key, Wave] = Field(default={}, description="Waves by a short key.")
    budgets: dict[Annotated[int, Field(ge=2020, le=2050)], YearBudget] = Field(
        default={}, description="Budgets by calendar year."
    )
    goals: dict[Theme, Goal] = Field(default={}, description="Goals by theme.")
