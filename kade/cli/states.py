"""State that is given to a preview: one deployment, a snapshot of several stacks, or a folder with a file a stack."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kade.cli.errors import UsageError
from kade.cli.target import Target

VERSION = 1


@contextmanager
def given_states(given: Path | None, target: Target) -> Generator[dict[str, Path] | None]:
    """The state file of each stack that the given state holds; None where none is given.

    Raises `UsageError` for a file that is not there or is of none of the target's stacks; what else is wrong with a
    state is the engine's to say.
    """
    if given is None:
        yield None
    elif given.is_dir():
        yield {s.name: given / f"{s.name}.json" for s in target.stacks if (given / f"{s.name}.json").is_file()}
    elif not given.is_file():
        raise UsageError(f"{given}: there is no such state file.")
    else:
        parts = _snapshot(given)
        if parts is None:
            yield {_stack_of(given, target): given}
            return
        with tempfile.TemporaryDirectory(prefix="kade-") as folder:
            yield {name: _part(Path(folder), name, part) for name, part in parts.items()}


def standing_applications(files: Iterable[Path | None]) -> set[str]:
    """The applications that these states record: what the programs of their stacks export."""
    from kade.engine import state
    from kade.engine.urns import STACK_TYPE

    found: set[str] = set()
    for file in files:
        if file is not None and file.is_file():
            for resource in state.load(file, None, check=False).resources:
                records = resource.outputs.get("applications") if resource.type == STACK_TYPE else None
                found |= set(records) if isinstance(records, dict) else set()
    return found


def snapshot_text(parts: Mapping[str, Any]) -> str:
    """Several deployments as one snapshot file."""
    return json.dumps({"version": VERSION, "stacks": dict(parts)}, ensure_ascii=False) + "\n"


def _snapshot(file: Path) -> Mapping[str, Any] | None:
    """The deployments of a snapshot by stack; None where the file is one deployment, or cannot be read."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    parts = found.get("stacks") if isinstance(found, dict) else None
    return parts if isinstance(parts, dict) else None


def _part(folder: Path, name: str, deployment: Any) -> Path:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(deployment, ensure_ascii=False), encoding="utf-8")
    return path


def _stack_of(file: Path, target: Target) -> str:
    """The stack that a deployment is of: the only one of the target, or the one in its urns."""
    from kade.engine import state

    names = [stack.name for stack in target.stacks]
    if len(names) == 1:
        return names[0]
    deployment = state.load(file, None, check=False)
    found = {resource.urn.split("::")[0].removeprefix("urn:pulumi:") for resource in deployment.resources}
    for name in found & set(names):
        return name
    of = f"of {', '.join(sorted(found))}" if found else "empty"
    raise UsageError(f"{file}: this state is {of}, and the stacks are {', '.join(names)}.")
