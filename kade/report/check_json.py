"""``kade check --format json``: the contract as it stands in the design; see `kade.check.CheckReport.to_json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kade.report.json_text import dumps

if TYPE_CHECKING:
    from kade.check import CheckReport


def render(report: CheckReport) -> str:
    """The report as one JSON object."""
    return dumps(report.to_json())
