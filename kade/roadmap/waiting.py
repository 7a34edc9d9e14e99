"""What waits for whom: open decisions, strategies that nobody has chosen or confirmed, exemptions that run out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.estate.decisions import Decision

SOON: Final = timedelta(days=90)  # before an exemption ends, or a reason to stay is looked at, its owner is reminded

Kind = Literal["decision", "strategy", "confirmation", "review", "exemption"]


@dataclass(frozen=True)
class Waiting:
    """Something that a role has to do.

    ``holds`` names the applications that cannot go on until then; ``about`` says in words what else hangs on it.
    """

    owner: str
    kind: Kind
    key: str
    text: str
    wanted: date | None = None
    late: bool = False
    holds: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def waiting(estate: Estate, moves: Mapping[str, date], today: date) -> list[Waiting]:
    """Everything that waits, by owner, then what is late, then by the day on which it is wanted.

    ``moves`` is the day on which each application moves: its strategy has to be sure by then.
    """
    found = [*_decisions(estate, today), *_applications(estate, moves, today), *_exemptions(estate, today)]
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
            tuple(_about(estate, decision)),
        )
        for key, decision in estate.decisions.items()
        if decision.outcome is None
    ]


def _about(estate: Estate, decision: Decision) -> Iterator[str]:
    for key in decision.waves:
        wave = estate.programme.waves[key]
        yield f"wave {wave.title}, from {wave.starts}"
    for key in decision.risks:
        yield f"risk {estate.risks[key].title}"
    for key in decision.exemptions:
        item = estate.exemptions[key]
        yield f"exemption of {item.rule} on {item.resource}, until {item.until}"


def _applications(estate: Estate, moves: Mapping[str, date], today: date) -> list[Waiting]:
    found = []
    for key, app in estate.applications.items():
        owner, starts = owner_of(estate, key), moves.get(key)
        late = starts is not None and starts < today
        if app.strategy is None:
            found.append(Waiting(owner, "strategy", key, app.title, starts, late, (key,)))
        elif app.confirmed is None:
            found.append(Waiting(owner, "confirmation", key, f"{app.title}: {app.strategy}", starts, late, (key,)))
        until = app.stays.until if app.stays else None
        if app.stays and until and until < today + SOON:
            found.append(Waiting(owner, "review", key, f"{app.title}: {app.stays.reason}", until, until < today))
    return found


def _exemptions(estate: Estate, today: date) -> list[Waiting]:
    """Exemptions of rules, of Azure Policy and of where data may be, that have ended or end soon."""
    ours, azure, places = estate.exemptions, estate.policy.exemptions, estate.residency.exemptions
    found = [
        *((key, one.owner, f"{one.rule} on {one.resource}", one.until) for key, one in ours.items()),
        *((key, one.owner, f"assignment {one.assignment} at {one.scope}", one.until) for key, one in azure.items()),
        *((key, one.owner, f"{one.resource} in {', '.join(one.regions)}", one.until) for key, one in places.items()),
    ]
    return [
        Waiting(owner, "exemption", key, text, until, until < today)
        for key, owner, text, until in found
        if until < today + SOON
    ]
