"""The same estate in test, acceptance and production: what differs by the file, and what differs in the stacks."""

from kade.promotion.comparing import Comparison, Difference, compare
from kade.promotion.settings import Setting, settings

__all__ = ["Comparison", "Difference", "Setting", "compare", "settings"]
