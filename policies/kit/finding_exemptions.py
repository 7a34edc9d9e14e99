"""Where the exemptions of a run stand: the configuration, the estate's folder, or beside the project."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kade.policies.kit.exemptions import Exemption, ExemptionError, load

FILE = "exemptions.yaml"
KEY = "kade:exemptions"
VARIABLE = "KADE_EXEMPTIONS"


def exemptions_of_run(environment: Mapping[str, str] = os.environ, start: Path | None = None) -> list[Exemption]:
    """All exemptions that a pack's process can find. Raises `ExemptionError`.

    A file named by the variable ``KADE_EXEMPTIONS`` or the stack's configuration ``kade:exemptions`` has to exist;
    ``exemptions.yaml`` beside ``Pulumi.yaml``, and in ``estates/<first part of the stack's name>``, may.
    """
    root = project_root(start or Path.cwd())
    found: list[Exemption] = []
    for path in _named(environment):
        path = path if path.is_absolute() or root is None else root / path
        if not path.is_file():
            raise ExemptionError(f"{path}: no such file; it is named by {VARIABLE} or {KEY}")
        found += load(path)
    if root is not None:
        estate = environment.get("PULUMI_STACK", "").rsplit("/", 1)[-1].split(".")[0]
        for path in [root / FILE, *([root / "estates" / estate / FILE] if estate else [])]:
            found += load(path) if path.is_file() else []
    return found


def _named(environment: Mapping[str, str]) -> list[Path]:
    named = [environment.get(VARIABLE, "")]
    with suppress(json.JSONDecodeError, AttributeError):
        named.append(json.loads(environment.get("PULUMI_CONFIG") or "{}").get(KEY, ""))
    return [Path(n) for n in dict.fromkeys(named) if n]


def project_root(start: Path) -> Path | None:
    """The nearest folder upwards that holds a ``Pulumi.yaml``."""
    return next((folder for folder in (start, *start.parents) if (folder / "Pulumi.yaml").is_file()), None)
