"""What came of each stack of a deployment, and the record that a later run resumes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from kade.engine.state_file import write_atomic
from kade.report.words import plural

State = Literal["done", "failed", "declined", "not begun", "done before"]
VERSION: Final = 1


class DeployError(Exception):
    """A deployment that cannot begin or go on; the text is for the user and says what to do. Exit status 1."""


@dataclass(frozen=True)
class Outcome:
    """One stack. ``changes`` counts operations; ``outputs`` have their secrets masked; ``error`` is one sentence."""

    stack: str
    state: State
    changes: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    seconds: float = 0.0

    @property
    def stands(self) -> bool:
        """Whether what others read of it is there."""
        return self.state in ("done", "done before")


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """The summary: a line a stack, its outputs, and what to do where the run stopped."""
    made = []
    for one in outcomes:
        counts = ", ".join(f"{count} {op}" for op, count in one.changes.items()) or "nothing to change"
        told = f": {counts}, in {one.seconds:.0f} s" if one.state == "done" else ""
        made.append(f"{one.stack}  {one.state}{told}")
        made += [f"    {line}" for line in one.error.splitlines()]
        made += [f"    {name}: {_short(value)}" for name, value in one.outputs.items()]
    left = [one for one in outcomes if not one.stands]
    if left:
        stand = len(outcomes) - len(left)
        made.append(
            f"stopped: {plural(stand, 'stack')} of {len(outcomes)} stand. What was done stays done and is in the state;"
            " mend what failed, then go on with the same command and --resume."
        )
    return made


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"


@dataclass(frozen=True)
class Record:
    """What a run did, kept in a file. ``commit`` is empty outside a git repository."""

    file: Path
    commit: str = ""

    def done(self, *, commit: str) -> frozenset[str]:
        """The stacks that an earlier run deployed. Raises `DeployError` where there is none to resume."""
        try:
            found: Any = json.loads(self.file.read_text(encoding="utf-8"))
            stacks = {str(item["stack"]) for item in found["outcomes"] if item["state"] in ("done", "done before")}
            at = str(found["commit"])
        except FileNotFoundError:
            raise DeployError("there is no run that was stopped, so nothing to resume: leave --resume out.") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DeployError(f"{self.file}: the record of the last run cannot be read ({error}): remove it.") from None
        if at != commit:
            raise DeployError(
                f"the run that was stopped was of commit {at[:12] or 'none'} and this is {commit[:12] or 'none'}: what"
                " stands may be of another program. Leave --resume out: a stack that is right changes nothing."
            )
        return frozenset(stacks)

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Keep it; what all stands has nothing to resume. Raises ``StateError`` where the disk does not allow it."""
        if all(one.stands for one in outcomes):
            self.file.unlink(missing_ok=True)
            return
        kept = [{key: value for key, value in asdict(one).items() if key != "outputs"} for one in outcomes]
        body = {"version": VERSION, "commit": self.commit, "at": datetime.now(UTC).isoformat(), "outcomes": kept}
        write_atomic(self.file, json.dumps(body, indent=2) + "\n", backup=False)
