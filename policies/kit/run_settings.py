"""What a run is judged with, beside the rules: exemptions, and settings that the estate gives.

They are found from where the pack runs: the project's folder (the nearest one upwards with a ``Pulumi.yaml``) and the
stack's name, whose first part is the estate and whose second part is the environment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kade.policies.kit.exemption_files import load, of_estate
from kade.policies.kit.exemptions import Exemption, ExemptionError

FILE = "exemptions.yaml"
KEY = "kade:exemptions"
ESTATE_KEY = "kade:estate"
VARIABLE = "KADE_EXEMPTIONS"


@dataclass(frozen=True)
class RunSettings:
    """``estate`` holds settings by their path in the estate file (``residency.mode``), which a rule's schema names."""

    exemptions: tuple[Exemption, ...] = ()
    estate: Mapping[str, Any] = field(default_factory=dict)


def settings_of_run(environment: Mapping[str, str] = os.environ, start: Path | None = None) -> RunSettings:
    """What this process can find. Raises `ExemptionError`.

    A file named by the variable ``KADE_EXEMPTIONS`` or the stack's configuration ``kade:exemptions`` has to exist;
    ``exemptions.yaml`` beside ``Pulumi.yaml`` may, and so may the estate's own files and its ``exemptions.yaml``. The
    estate is what ``kade:estate`` names, which is how an estate of another folder than the pack's project reaches it;
    else it stands in ``estates`` of the project.
    """
    root = project_root(start or Path.cwd())
    found: list[Exemption] = []
    for path in _named(environment):
        path = path if path.is_absolute() or root is None else root / path
        if not path.is_file():
            raise ExemptionError(f"{path}: no such file; it is named by {VARIABLE} or {KEY}")
        found += load(path)
    settings: dict[str, Any] = {}
    parts = environment.get("PULUMI_STACK", "").rsplit("/", 1)[-1].split(".")
    estate = _estate(environment, root, parts[0])
    for path in (*([root / FILE] if root else []), *([estate / FILE] if estate else [])):
        found += load(path) if path.is_file() else []
    if estate is not None and estate.is_dir():
        own, residency = of_estate(estate, parts[1] if len(parts) > 1 else "")
        found += own
        settings = {f"residency.{name}": residency[name] for name in ("mode", "regions") if name in residency}
    return RunSettings(tuple(found), settings)


def _estate(environment: Mapping[str, str], root: Path | None, name: str) -> Path | None:
    """The folder of the estate that the stack is of."""
    given = _config(environment, ESTATE_KEY)
    if given:
        path = Path(given) if Path(given).is_absolute() or root is None else root / given
        return path.parent if path.is_file() else path
    return root / "estates" / name if root is not None and name else None


def _named(environment: Mapping[str, str]) -> list[Path]:
    named = [environment.get(VARIABLE, ""), _config(environment, KEY)]
    return [Path(n) for n in dict.fromkeys(named) if n]


def _config(environment: Mapping[str, str], key: str) -> str:
    """A value of the stack's configuration; empty where there is none."""
    with suppress(json.JSONDecodeError, AttributeError):
        return str(json.loads(environment.get("PULUMI_CONFIG") or "{}").get(key) or "")
    return ""


def project_root(start: Path) -> Path | None:
    """The nearest folder upwards that holds a ``Pulumi.yaml``."""
    return next((folder for folder in (start, *start.parents) if (folder / "Pulumi.yaml").is_file()), None)
