"""An assessment as text for people, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from kade.migration.assessment import Verdict
from kade.migration.sizing import Fit


def as_text(verdicts: Sequence[Verdict], fits: Sequence[Fit]) -> str:
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


def _machines(fits: Sequence[Fit]) -> Iterator[str]:
    if fits:
        yield ""
        yield f"{len(fits)} machines of the inventory"
    for one in fits:
        size = one.size.name if one.size else "no size"
        room = f"; {one.room}" if one.room else ""
        yield f"{one.machine:28}{size:18}needs {one.cores:.1f} cores, {one.memory_gib:.1f} GiB ({one.basis}){room}"


def as_json(verdicts: Sequence[Verdict], fits: Sequence[Fit]) -> str:
    """The same as one object with ``applications`` and ``machines``."""
    whole = {"applications": [asdict(one) for one in verdicts], "machines": [asdict(one) for one in fits]}
    return json.dumps(whole, indent=2, ensure_ascii=False, default=str) + "\n"
