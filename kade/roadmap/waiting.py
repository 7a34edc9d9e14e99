"""What waits for whom: open decisions, strategies that nobody has chosen or confirmed, exemptions that run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.estate.decisions import Decision

SOON: Final = timedelta(days=90)  # before an exemption ends, its owner is reminded

Kind = Literal["decision", "strategy", "confirmation", "exemption"]


@dataclass(frozen=True)
class Waiting:
    """Something that a role has to do. ``holds`` names the applications that cannot go on until then."""

    owner: str
    kind: Kind
    key: str
    text: str
    wanted: date | None = None
    late: bool = False
    holds: tuple[str, ...] = ()


def waiting(estate: Estate, today: date) -> list[Waiting]:
    """Everything that waits, by owner, then what is late, then by the day on which it is wanted."""
    found = [*_decisions(estate, today), *_applications(estate), *_exemptions(estate, today)]
    return sorted(found, key=lambda item: (item.owner, not item.late, item.wanted or date.max, item.kind, item.key))


def held_up(estate: Estate, decision: Decision) -> tuple[str, ...]:
    """The applications that wait for a decision: those it names, and those of the waves that it names."""
    of_waves = [key for key, app in estate.applications.items() if app.wave in decision.waves]
    return tuple(dict.fromkeys([*decision.applications, *of_waves]))


def owner_of(estate: Estate, key: str) -> str:
    """The role that owns an application: its own, or that of its domain."""
    app = estate.applications[key]
    return app.owner or estate.domains[app.domain].owner


def _decisions(estate: Estate, today: date) -> list[Waiting]:
    return [
        Waiting(
            decision.owner,
            "decision",
            key,
            decision.question,
            decision.wanted,
            decision.wanted < today,
            held_up(estate, decision),
        )
        for key, decision in estate.decisions.items()
        if decision.outcome is None
    ]


def _applications(estate: Estate) -> list[Waiting]:
    found = []
    for key, app in estate.applications.items():
        starts = estate.programme.waves[app.wave].starts if app.wave else None
        if app.strategy is None:
            found.append(Waiting(owner_of(estate, key), "strategy", key, app.title, starts, holds=(key,)))
        elif app.confirmed is None:
            text = f"{app.title}: {app.strategy}"
            found.append(Waiting(owner_of(estate, key), "confirmation", key, text, starts, holds=(key,)))
    return found


def _exemptions(estate: Estate, today: date) -> list[Waiting]:
    return [
        Waiting(item.owner, "exemption", key, f"{item.rule} on {item.resource}", item.until, item.until < today)
        for key, item in estate.exemptions.items()
        if item.until < today + SOON
    ]
