"""A program's process: its own interpreter runs `kade.engine.bootstrap`, which runs the program."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kade.engine.config import Config
from kade.engine.forker import Forker, Forkers
from kade.engine.interpreter import interpreter
from kade.engine.process import Child
from kade.engine.project import Project

MESSAGE_SHOWN: Final = 32  # the exit status of a program whose error was logged already
_BOOTSTRAP: Final = Path(__file__).with_name("bootstrap.py")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Launch:
    """What a program is told of its run."""

    project: Project
    stack: str
    config: Config
    dry_run: bool
    parallel: int
    organization: str
    environment: Mapping[str, str]
    preload: Sequence[str] = ()

    def start(self, address: str, on_line: Callable[[str, str], None], forkers: Forkers | None = None) -> Child:
        """Start it; ``address`` is the monitor's. ``on_line`` gets a stream's name and a line of it.

        With ``forkers`` it starts from a process in which the SDK and the modules of ``preload`` are there already.
        Raises `ProjectError` where the interpreter that the project names is not there.
        """
        python = interpreter(self.project.file, self.project.runtime)
        settings = {
            "program": str(self.project.program),
            "pwd": str(self.project.working_directory),
            "project": self.project.name,
            "stack": self.stack,
            "organization": self.organization,
            "root": str(self.project.root),
            "parallel": self.parallel,
            "dry_run": self.dry_run,
            "monitor": address,
            "engine": address,
        }
        project = self.project
        return Child(
            [python, "-u", _BOOTSTRAP, json.dumps(settings)],
            name=f"the program of {project.name}",
            cwd=project.working_directory,
            env={**_shared(python, self.environment), **self._own(address)},
            on_stdout=lambda line: on_line("stdout", line),
            on_stderr=lambda line: on_line("stderr", line),
            forker=get_ready(project, self.preload, forkers, self.environment) if forkers else None,
        )

    def _own(self, address: str) -> dict[str, str]:
        """The variables that are those of this run alone."""
        return {
            **self.config.environment(),
            "PULUMI_PROJECT": self.project.name,
            "PULUMI_STACK": self.stack,
            "PULUMI_ORGANIZATION": self.organization,
            "PULUMI_DRY_RUN": "true" if self.dry_run else "false",
            "PULUMI_PARALLEL": str(self.parallel),
            "PULUMI_MONITOR": address,
            "PULUMI_ENGINE": address,
        }


def get_ready(
    project: Project, preload: Sequence[str], forkers: Forkers, environment: Mapping[str, str] = _NOTHING
) -> Forker | None:
    """A process, started where it is not there yet, with what programs of this project import.

    None where a program has to run as it is. Raises `ProjectError` where the project's interpreter is not there.
    """
    python = interpreter(project.file, project.runtime)
    variables = _shared(python, environment)
    if "KADE_PLAIN" in variables:
        return None

    def start(forker: Forker) -> None:
        words = [python, "-u", _BOOTSTRAP, json.dumps({"preload": list(preload)})]
        forker.start(words, cwd=project.working_directory, env=variables)

    key = (python, tuple(preload), project.working_directory, tuple(sorted(variables.items())))
    return forkers.get(key, f"the start of {project.name}", start)


def libraries(program: Path) -> list[str]:
    """The Pulumi packages that a program's main file imports; empty for a file that cannot be read."""
    file = program / "__main__.py" if program.is_dir() else program
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in dict.fromkeys(found) if name.startswith("pulumi_")]


def _shared(python: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that all runs of a project have in common."""
    made = {"GRPC_VERBOSITY": "ERROR", **os.environ, **environment}
    if str(python) != sys.executable:
        made.pop("PYTHONHOME", None)
        made["VIRTUAL_ENV"] = str(python.parent.parent)
        made["PATH"] = f"{python.parent}{os.pathsep}{made.get('PATH', '')}"
    return made
