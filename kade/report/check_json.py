"""``kade check --format json``: the contract as it stands in the design; see `kade.check.CheckReport.to_json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kade.check import CheckReport


def render(report: CheckReport) -> str:
    """The report as one JSON object."""
    return json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n"
