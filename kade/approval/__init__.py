"""Approval of plans: what was reviewed is what is done (docs/reviews.md).

`make` turns a preview of one stack into a plan, `write` and `read` keep it in a file that shows whether somebody
changed it, and `compare` and `Guard` say whether a step is one that was approved.
"""

from __future__ import annotations

from kade.approval.compare import Comparison, Difference, Revealed, compare, judge
from kade.approval.guard import Guard
from kade.approval.plan import Plan, PlanError, make, read, write
from kade.approval.seal import KEY_VARIABLE, Seal, key_of

__all__ = [
    "KEY_VARIABLE",
    "Comparison",
    "Difference",
    "Guard",
    "Plan",
    "PlanError",
    "Revealed",
    "Seal",
    "compare",
    "judge",
    "key_of",
    "make",
    "read",
    "write",
]
