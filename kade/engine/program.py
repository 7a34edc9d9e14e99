"""A program's process: its own interpreter runs `kade.engine.bootstrap`, which runs the program."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kade.engine.config import Config
from kade.engine.forker import Forker, Forkers
from kade.engine.interpreter import interpreter
from kade.engine.process import Child
from kade.engine.project import Project

MESSAGE_SHOWN: Final = 32  # the exit status of a program whose error was logged already
_BOOTSTRAP: Final = Path(__file__).with_name("bootstrap.py")


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
        variables = self._variables(address, python)
        return Child(
            [python, "-u", _BOOTSTRAP, json.dumps(settings)],
            name=f"the program of {self.project.name}",
            cwd=self.project.working_directory,
            env=variables,
            on_stdout=lambda line: on_line("stdout", line),
            on_stderr=lambda line: on_line("stderr", line),
            forker=self._forker(python, variables, forkers) if forkers else None,
        )

    def _forker(self, python: Path, variables: Mapping[str, str], forkers: Forkers) -> Forker | None:
        """A process with the same interpreter and the same variables but Pulumi's, which are those of one run."""
        if "KADE_PLAIN" in variables:
            return None
        shared = {key: value for key, value in variables.items() if not key.startswith("PULUMI_")}
        folder = self.project.working_directory

        def start(forker: Forker) -> None:
            forker.start(
                [python, "-u", _BOOTSTRAP, json.dumps({"preload": list(self.preload)})], cwd=folder, env=shared
            )

        key = (python, self.preload, folder, tuple(sorted(shared.items())))
        return forkers.get(key, f"the start of {self.project.name}", start)

    def _variables(self, address: str, python: Path) -> dict[str, str]:
        made = {
            **os.environ,
            **self.environment,
            **self.config.environment(),
            "PULUMI_PROJECT": self.project.name,
            "PULUMI_STACK": self.stack,
            "PULUMI_ORGANIZATION": self.organization,
            "PULUMI_DRY_RUN": "true" if self.dry_run else "false",
            "PULUMI_PARALLEL": str(self.parallel),
            "PULUMI_MONITOR": address,
            "PULUMI_ENGINE": address,
            "GRPC_VERBOSITY": os.environ.get("GRPC_VERBOSITY", "ERROR"),
        }
        if str(python) != sys.executable:
            made.pop("PYTHONHOME", None)
            made["VIRTUAL_ENV"] = str(python.parent.parent)
            made["PATH"] = f"{python.parent}{os.pathsep}{made.get('PATH', '')}"
        return made
