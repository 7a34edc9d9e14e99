"""An assessment as text for people, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from kade.migration.assessment import Verdict
from kade.migration.sizing import Fit


@dataclass(frozen=True)
class Sized:
    """The size of a machine, the application that it belongs to, and what says so."""

    fit: Fit
    application: str = ""
    by: str = ""


def as_text(verdicts: Sequence[Verdict], fits: Sequence[Sized]) -> str:
    """Each application with its reasons below it, then each machine with its size."""
    return "\n".join((*_applications(verdicts), *_machines(fits))) + "\n"


def _applications(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        rules = verdict.by == "rules"
        decided = (
            f"{verdict.confidence} confidence, by the rules" if rules else f"{verdict.confidence}, by {verdict.by}"
        )
        yield f"{verdict.application:28}{verdict.strategy or 'undecided':14}{decided}"
        for reason in verdict.reasons:
            yield f"    because: {reason}"
        proposal = verdict.proposal
        if proposal.strategy and proposal.strategy != verdict.strategy:
            yield f"    the rules propose {proposal.strategy} ({proposal.confidence}): {'; '.join(proposal.reasons)}"
        elif rules:
            for other in proposal.against:
                yield f"    but {other}"
        for ending in verdict.endings:
            yield f"    support ends {ending.on}: {ending.what}"
        for flag in verdict.flags:
            yield f"    privacy: {flag}"


def _machines(fits: Sequence[Sized]) -> Iterator[str]:
    if fits:
        yield ""
        alone = sum(1 for one in fits if not one.application)
        joined = f", {alone} without an application (`machines` in waves.yaml joins them)" if alone else ""
        yield f"{len(fits)} machines of the inventory{joined}"
    for sized in fits:
        one = sized.fit
        size = one.size.name if one.size else "no size"
        room = f"; {one.room}" if one.room else ""
        yield f"{one.machine:28}{size:18}needs {one.cores:.1f} cores, {one.memory_gib:.1f} GiB ({one.basis}){room}"
        if sized.application:
            yield f"    of {sized.application}, by {sized.by}"


def as_json(verdicts: Sequence[Verdict], fits: Sequence[Sized]) -> str:
    """The same as one object with ``applications`` and ``machines``."""
    whole = {
        "applications": [asdict(one) for one in verdicts],
        "machines": [{**asdict(one.fit), "application": one.application, "by": one.by} for one in fits],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, default=str) + "\n"
