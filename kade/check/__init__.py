"""``kade check``: the rules of the packs on ARM templates, exports of Azure, Pulumi states and previews."""

from kade.check.judging import run
from kade.check.report import CheckError, CheckReport, CheckResult, RuleFaultError

__all__ = ["CheckError", "CheckReport", "CheckResult", "RuleFaultError", "run"]
