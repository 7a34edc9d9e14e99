"""Runs the commands of a pipeline's steps, as its service would: the same shell, the same order, the same variables."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


def load(file: Path) -> Any:
    """A YAML file as plain data."""
    return YAML(typ="safe", pure=True).load(file.read_text())


@dataclass
class Ran:
    """One step that was run."""

    name: str
    script: str
    status: int
    output: str


@dataclass
class Runner:
    """One repository, and what its steps see. ``values`` are those of expressions and macros, by their text."""

    repository: Path
    environment: Mapping[str, str]
    values: dict[str, str] = field(default_factory=dict)
    ran: list[Ran] = field(default_factory=list)

    def github(self, job: Mapping[str, Any], *, variables: Mapping[str, Any] | None = None) -> list[Ran]:
        """The steps of a job of GitHub Actions. ``variables`` is the ``env`` of the whole workflow."""
        common = {**(variables or {}), **job.get("env", {})}
        return self._steps(job["steps"], common)

    def azure(self, steps: list[Mapping[str, Any]], **variables: str) -> list[Ran]:
        """Steps of Azure Pipelines; ``variables`` are those of the matrix, which become environment variables."""
        return self._steps(steps, variables)

    def _steps(self, steps: list[Mapping[str, Any]], common: Mapping[str, Any]) -> list[Ran]:
        done: list[Ran] = []
        failed = False
        for step in steps:
            if failed and not re.search(
                r"always|cancelled|succeededOrFailed", str(step.get("if", step.get("condition", "")))
            ):
                continue
            if str(step.get("uses", "")).startswith("./"):
                done += self._steps(load(self.repository / step["uses"] / "action.yml")["runs"]["steps"], common)
            elif "template" in step:
                done += self._steps(
                    load(self.repository / ".azuredevops" / Path(step["template"]).name)["steps"], common
                )
            script = step.get("run") or step.get("bash") or step.get("inputs", {}).get("inlineScript")
            if script:
                done.append(self._run(step, script, common))
                failed = failed or done[-1].status != 0
        self.ran += done
        return done

    def _run(self, step: Mapping[str, Any], script: str, common: Mapping[str, Any]) -> Ran:
        assert "${{" not in script, "an expression in a script is an injection: it goes through env"
        assert not re.search(r"\$\((?![a-z(])[A-Z]", script), "a macro in a script is an injection: it goes through env"
        outputs = self.repository / ".outputs"
        outputs.write_text("")
        given = {k: self._filled(str(v)) for k, v in {**common, **step.get("env", {})}.items()}
        files = {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(self.repository / ".summary")}
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.repository,
            env={**self.environment, **files, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        for line in outputs.read_text().splitlines():
            name, _, value = line.partition("=")
            self.values[f"steps.{step['id']}.outputs.{name}"] = value
        name = step.get("displayName") or step.get("name", "")
        return Ran(name, script, done.returncode, done.stdout)

    def _filled(self, text: str) -> str:
        """The text with its expressions and macros filled in; what nobody set is empty, as on GitHub."""
        text = _EXPRESSION.sub(lambda found: self.values.get(found.group(1), ""), text)
        return re.sub(r"\$\(([\w.]+)\)", lambda found: self.values.get(found.group(1), found.group(0)), text)


def scripts(tree: Any) -> list[str]:
    """Every script in a pipeline's file."""
    if isinstance(tree, dict):
        own = [tree[key] for key in ("run", "bash", "inlineScript") if isinstance(tree.get(key), str)]
        return own + [s for item in tree.values() for s in scripts(item)]
    return [s for item in tree for s in scripts(item)] if isinstance(tree, list) else []


def on_path(folder: Path, **commands: str) -> str:
    """A PATH that begins with scripts of these names, and with the folder of our own Python."""
    import sys

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])
