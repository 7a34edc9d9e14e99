"""Decisions and risks: what they name exists, and an outcome is one of the options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.check_references import refer
from kade.estate.checks import Check, Finding

if TYPE_CHECKING:
    from kade.estate.model import Estate


def decisions(estate: Estate) -> Iterator[Finding]:
    """Owners, options, and what a decision is linked to."""
    linked = {
        "applications": (estate.applications, "application"),
        "waves": (estate.programme.waves, "wave"),
        "exemptions": (estate.exemptions, "exemption"),
        "risks": (estate.risks, "risk"),
    }
    for key, decision in estate.decisions.items():
        at = ("decisions", key)
        yield from refer((*at, "owner"), decision.owner, estate.roles, "role")
        yield from refer((*at, "advice"), decision.advice, decision.options, f"option of decision {key}:")
        for field, (known, what) in linked.items():
            for number, name in enumerate(getattr(decision, field)):
                yield from refer((*at, field, number), name, known, what)
        if decision.outcome is not None:
            outcome = (*at, "outcome")
            yield from refer((*outcome, "option"), decision.outcome.option, decision.options, f"option of {key}:")
            yield from refer((*outcome, "by"), decision.outcome.by, estate.roles, "role")


def risks(estate: Estate) -> Iterator[Finding]:
    """The owner and the applications of a risk."""
    for key, risk in estate.risks.items():
        yield from refer(("risks", key, "owner"), risk.owner, estate.roles, "role")
        for number, name in enumerate(risk.applications):
            yield from refer(("risks", key, "applications", number), name, estate.applications, "application")


CHECKS: tuple[Check, ...] = (decisions, risks)
