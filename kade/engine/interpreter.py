"""The Python that a project or pack asks for. Source: ``sdk/python/toolchain`` of pulumi/pulumi."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from kade.engine.errors import ProjectError
from kade.engine.project import Runtime


def interpreter(file: Path, runtime: Runtime) -> Path:
    """The interpreter of a ``Pulumi.yaml`` or ``PulumiPolicy.yaml``.

    Where the file names no environment it is what ``PULUMI_PYTHON_CMD`` names, as with Pulumi, else ours. What is
    installed in our own environment (the packs of the wheel) runs in it, whatever its file names.

    Raises `ProjectError` with the remedy where the environment that it names does not exist.
    """
    root = file.parent
    if file.resolve().is_relative_to(Path(sys.prefix).resolve()):
        return Path(sys.executable)
    if runtime.toolchain == "poetry":
        return _in(file, _poetry(root), "poetry install")
    if runtime.toolchain == "uv":
        home = next((f for f in (root, *root.parents) if (f / "uv.lock").exists()), None)
        home = home or next((f for f in (root, *root.parents) if (f / "pyproject.toml").exists()), root)
        named = root / runtime.virtualenv if runtime.virtualenv else None
        return _in(file, named or home / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv"), "uv sync")
    if not runtime.virtualenv:
        named = os.environ.get("PULUMI_PYTHON_CMD")
        return Path(shutil.which(named) or named).absolute() if named else Path(sys.executable)
    folder = root / Path(runtime.virtualenv).expanduser()
    install = " -r requirements.txt" if (root / "requirements.txt").exists() else " pulumi"
    return _in(file, folder, f"python3 -m venv {folder} && {folder}/bin/pip install{install}")


def _in(file: Path, folder: Path, remedy: str) -> Path:
    # Absolute, for it is started in another folder; not resolved, for a virtual environment is often reached by a link.
    folder = Path(os.path.normpath(folder.absolute()))
    for found in (folder / "bin" / "python", folder / "Scripts" / "python.exe"):
        if found.is_file():
            return found
    raise ProjectError(
        f"{file}: it names the virtual environment {folder}, which is not there; make it with"
        f" `{remedy}` in {file.parent}."
    )


def _poetry(root: Path) -> Path:
    inside = root / ".venv"
    poetry = shutil.which("poetry")
    if inside.is_dir() or poetry is None:
        return inside
    asked = subprocess.run([poetry, "env", "info", "--path"], cwd=root, capture_output=True, text=True, timeout=60)
    return Path(asked.stdout.strip()) if asked.returncode == 0 and asked.stdout.strip() else inside
