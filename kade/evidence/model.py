"""What evidence is made of: a row for each live measure, the exemptions, and what it was collected from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kade.evidence.register import Entry
from kade.facts.bio2 import Measure
from kade.facts.law import Proven

MET = "met in code"
AS_FAR_AS_KNOWN = "met in code as far as is known"
NOT_KNOWN = "not known before the deployment"
NOT_MET = "not met"
EXEMPT = "met but for exemptions"
NOTHING = "nothing to judge"
ORGANISATION = "to be shown by the organisation"


@dataclass(frozen=True)
class RuleVerdicts:
    """One rule that helps to show a measure: how many verdicts of each kind, and on which resources it fails."""

    rule: str
    title: str
    verdicts: Mapping[str, int]
    failing: Sequence[str] = ()
    resources: Sequence[str] = ()  # those that pass, as the proof itself


@dataclass(frozen=True)
class MeasureRow:
    """One live measure: how it is shown and by whom, what the rules say, and its status."""

    measure: Measure
    proven: Proven
    rules: Sequence[RuleVerdicts] = ()

    @property
    def verdicts(self) -> dict[str, int]:
        """The verdicts of all its rules together."""
        found: dict[str, int] = {}
        for rule in self.rules:
            for verdict, count in rule.verdicts.items():
                found[verdict] = found.get(verdict, 0) + count
        return found

    @property
    def status(self) -> str:
        """One of the words above. What the organisation has to add to a measure that is shown partly is not in it."""
        if self.proven.proof == "organisation":
            return ORGANISATION
        found = self.verdicts
        if found.get("fail"):
            return NOT_MET
        if found.get("exempt"):
            return EXEMPT
        if found.get("not_evaluated"):
            return AS_FAR_AS_KNOWN if found.get("pass") else NOT_KNOWN
        return MET if found.get("pass") else NOTHING


@dataclass(frozen=True)
class ExemptionRow:
    """An exemption of the estate. ``used`` are the resources that it was applied to in this preview."""

    key: str
    rule: str
    resource: str
    environments: Sequence[str]
    reason: str
    approver: str
    until: date
    expired: bool
    used: Sequence[str] = ()


@dataclass(frozen=True)
class Evidence:
    """Everything that one preview of an estate shows, on a day, at a commit (empty: no git repository)."""

    estate: str
    title: str
    environment: str
    day: date
    kade: str
    commit: str
    plans: Mapping[str, str]  # the digest of each stack's plan
    resources: int
    measures: Sequence[MeasureRow]
    exemptions: Sequence[ExemptionRow]
    register: Sequence[Entry] = field(default=())
    nis2: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # verdicts of the rules by NIS2 article

    @property
    def expired(self) -> list[ExemptionRow]:
        """The exemptions that have ended: what they covered fails."""
        return [row for row in self.exemptions if row.expired]

    def count(self, status: str) -> int:
        """How many measures have this status."""
        return sum(row.status == status for row in self.measures)
