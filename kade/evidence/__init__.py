"""Evidence for the CISO and the register for the privacy officer, from one preview (docs/evidence.md)."""

from __future__ import annotations

from kade.evidence.collecting import collect, measure_rows
from kade.evidence.differences import Difference, differences
from kade.evidence.model import Evidence, ExemptionRow, MeasureRow
from kade.evidence.register import Entry, OpenItem, register_of

__all__ = [
    "Difference",
    "Entry",
    "Evidence",
    "ExemptionRow",
    "MeasureRow",
    "OpenItem",
    "collect",
    "differences",
    "measure_rows",
    "register_of",
]
