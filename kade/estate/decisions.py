"""Decisions and risks: what administrators are asked, and what may go wrong. Roles, never persons."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kade.estate.base import Item, Key

Level = Annotated[int, Field(ge=1, le=5)]


class Option(Item):
    """One answer to a question."""

    title: str = Field(description="The answer, in plain Dutch.")
    consequence: str = Field(min_length=10, description="What it means, in plain Dutch: money, time, risk.")


class Outcome(Item):
    """What was decided."""

    option: Key = Field(description="The key of the option.")
    by: Key = Field(description="The role that decided.")
    on: date = Field(description="The day.")
    reason: str = Field("", description="Why, in a sentence.")


class Decision(Item):
    """A question that somebody has to answer before something can go on."""

    question: str = Field(min_length=10, description="The question, in plain Dutch.")
    options: dict[Key, Option] = Field(min_length=2, description="The answers by a short key, at least two.")
    advice: Key | None = Field(None, description="The option that is advised.")
    owner: Key = Field(description="The role that decides.")
    wanted: date = Field(description="The day on which the answer is needed.")
    applications: list[Key] = Field(default=[], description="The applications that wait for it.")
    waves: list[Key] = Field(default=[], description="The waves that wait for it.")
    exemptions: list[Key] = Field(default=[], description="The exemptions that it would end or keep.")
    risks: list[Key] = Field(default=[], description="The risks that it is about, of `risks`.")
    outcome: Outcome | None = Field(None, description="What was decided; none while it is open.")


class Risk(Item):
    """What may go wrong, as the organisation itself judges it."""

    title: str = Field(min_length=10, description="What may go wrong, in plain Dutch.")
    chance: Level = Field(description="How likely, from 1 to 5.")
    impact: Level = Field(description="How bad, from 1 to 5.")
    measure: str = Field(min_length=5, description="What is done about it, in plain Dutch.")
    owner: Key = Field(description="The role that answers for it.")
    applications: list[Key] = Field(default=[], description="The applications that it is about.")
    kind: Literal["planning", "money", "people", "supplier", "security", "data"] = Field(
        "planning", description="What kind of risk it is."
    )

    @property
    def weight(self) -> int:
        """Chance times impact."""
        return self.chance * self.impact
