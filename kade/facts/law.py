"""What the law asks around incidents and accountability, and who answers for each BIO2 measure.

Sources, dates, and plainly what is not known, stand in ``law.json`` and ``bio2_proof.json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from kade.facts.bio2 import measures
from kade.facts.data import read

Proof = Literal["code", "partly", "organisation"]


@dataclass(frozen=True)
class Article:
    """An article of the Cyberbeveiligingswet as the bill numbers it, and what it carries out of NIS2."""

    id: str
    title: str
    nis2: str
    by: str


@dataclass(frozen=True)
class Act:
    """The Cyberbeveiligingswet. ``status`` is what is known of it until a day, never more."""

    title: str
    status: str
    status_known_until: str
    known: str
    not_known: str
    articles: tuple[Article, ...]


@dataclass(frozen=True)
class Clock:
    """A period that begins when an incident is known. ``hours`` is 0 where the law names no number."""

    law: str
    what: str
    to: str
    within: str
    hours: int
    begins: str
    status: str


@dataclass(frozen=True)
class Ensia:
    """The yearly round of accountability."""

    opens: str
    answered_by: str
    accounted_for_before: str
    not_known: str
    source: str


@dataclass(frozen=True)
class Proven:
    """How a measure is shown: by code, partly, or by the organisation; ``by`` is a role of `roles`."""

    proof: Proof
    by: str


@cache
def act() -> Act:
    """The Cyberbeveiligingswet, as far as it is known."""
    found = dict(read("law")["cbw"])
    articles = tuple(Article(**article) for article in found.pop("articles"))
    return Act(**found, articles=articles)


@cache
def clocks() -> tuple[Clock, ...]:
    """The periods of the law after an incident."""
    return tuple(Clock(**clock) for clock in read("law")["clocks"])


@cache
def ensia() -> Ensia:
    """The yearly round."""
    return Ensia(**read("law")["ensia"])


@cache
def roles() -> dict[str, str]:
    """Who can answer for a measure, by key, in words."""
    return dict(read("bio2_proof")["roles"])


def proven(measure: str, *, has_rule: bool) -> Proven:
    """How a live measure is shown. One that no rule is about is the organisation's to show.

    KeyError for a measure that is not live.
    """
    data = read("bio2_proof")
    by = next((role for role, ids in data["by"].items() if measure in ids), None)
    if by is None or measure not in measures():
        raise KeyError(measure)
    if not has_rule:
        return Proven("organisation", by)
    return Proven("code" if measure in data["code"] else "partly", by)
