"""Ties the policy packs to a session: remediations before a resource is made, judgement beside the program."""

from __future__ import annotations

from kade.engine.errors import EngineError
from kade.engine.packs import PackRunner
from kade.engine.plan import Resource
from kade.engine.session import Session
from kade.engine.values import Value


class PackPolicies:
    """The packs of one session; see `kade.engine.session.Policies`."""

    def __init__(self, packs: PackRunner, session: Session) -> None:
        self._packs, self._session = packs, session

    def remediate(
        self, resource: Resource, provider: Resource | None, delete_first: bool | None
    ) -> dict[str, Value] | None:
        """Other inputs, or None. What was done is said. Ends the run where a pack fails."""
        try:
            inputs, done = self._packs.remediate(resource, provider=provider, delete_before_replace=delete_first)
        except EngineError as error:
            self._end(error)
            return None
        for item in done:
            severity = "warning" if item.diagnostic else "info"
            message = item.diagnostic or f"{item.rule} changed it: {item.description}"
            self._session.say(severity, message, resource.urn)
        return inputs

    def analyze(self, resource: Resource, provider: Resource | None, delete_first: bool | None) -> None:
        """Have it judged: in a preview beside the program, in an update before the resource is made.

        Ends the run where a pack has failed, and an update where a mandatory rule does not hold.
        """
        try:
            if self._session.dry_run:
                self._packs.analyze(resource, provider=provider, delete_before_replace=delete_first)
                return
            found = self._packs.judge(resource, provider=provider, delete_before_replace=delete_first)
        except EngineError as error:
            self._end(error)
            return
        refused = [r for r in found if r.verdict == "fail" and r.enforcement in ("mandatory", "remediate")]
        for result in refused:
            self._session.say("error", f"{result.pack} {result.rule}: {result.message}", resource.urn)
        if refused:
            self._session.stop()

    def _end(self, error: EngineError) -> None:
        self._session.say("error", str(error))
        self._session.stop()
