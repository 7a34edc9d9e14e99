"""What was changed by hand in Azure: the state of stacks beside an export of what stands."""

from kade.drift.finding import Drift, Drifted, find
from kade.drift.values import Change

__all__ = ["Change", "Drift", "Drifted", "find"]
