"""A municipality's own repository, made by ``kade init``: what its files are and how they are filled in.

The files stand beside this module, under names that a wheel can hold; `FILES` says where each goes. A name between
``@`` signs is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

from kade.estate.schema import text as schema_text

FILES: Final[Mapping[str, str]] = {
    "README.md": "readme.md",
    "Pulumi.yaml": "pulumi.yaml",
    "stacks/__main__.py": "entry_point.txt",
    "requirements.txt": "requirements.txt",
    "Makefile": "makefile.txt",
    ".gitignore": "gitignore.txt",
    ".github/CODEOWNERS": "codeowners.txt",
    ".github/actions/kade/action.yml": "github_action.yaml",
    ".github/workflows/kade.yml": "github_workflow.yaml",
    ".github/workflows/kade-stack.yml": "github_stack.yaml",
    "azure-pipelines.yml": "azure_pipelines.yaml",
    ".azuredevops/kade-setup.yml": "azure_setup.yaml",
    ".azuredevops/kade-review.yml": "azure_review.yaml",
    ".azuredevops/kade-layer.yml": "azure_stack.yaml",
    ".azuredevops/kade-snapshot.yml": "azure_snapshot.yaml",
    ".azuredevops/kade-drift.yml": "azure_drift.yaml",
}
ESTATE_FILES: Final[Mapping[str, str]] = {
    "estate.yaml": "estate.yaml",
    "network.yaml": "network.yaml",
    "waivers.yaml": "waivers.yaml",
}
_FIREWALL_WARNS: Final = """
  brandmuur-waarschuwt:
    rule: kade-firewall-policy-threat-intelligence
    resource: hub-weu-firewall-policy
    reason: The small firewall can only warn of known attackers, not refuse them.
    owner: ciso
    until: {until}"""
_PLACE: Final = re.compile(r"@([a-z]+)@")


@dataclass(frozen=True)
class Settings:
    """What is filled in: the estate's name, its title, code of two to four characters, profile, the organisation or
    group that owns the repository, the requirement that pins Kade, and the day of today.
    """

    name: str
    title: str
    code: str
    profile: str
    owner: str
    kade: str
    today: date

    @property
    def waivers(self) -> str:
        """The exemptions that the profile cannot do without, for a year."""
        until = self.today + timedelta(days=365)
        return _FIREWALL_WARNS.format(until=until.isoformat()) if self.profile == "klein" else " {}"


def make(folder: Path, settings: Settings) -> tuple[list[Path], list[Path]]:
    """Write the repository: the files that were made, and those that were there and are kept as they are.

    Raises `OSError`, and `FileExistsError` where the estate is there already.
    """
    home = folder / "estates" / settings.name
    if home.exists():
        raise FileExistsError(home)
    made, kept = [], []
    wanted = {folder / place: name for place, name in FILES.items()}
    wanted |= {home / place: name for place, name in ESTATE_FILES.items()}
    for path, name in wanted.items():
        if path.exists():
            kept.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled(name, settings), encoding="utf-8")
        made.append(path)
    for schema, part in (("estate.schema.json", False), ("estate-part.schema.json", True)):  # always those of this Kade
        (folder / "estates" / schema).write_text(schema_text(part=part), encoding="utf-8")
    return made, kept


def filled(name: str, settings: Settings) -> str:
    """A file with everything filled in. AttributeError for a place that there is no setting for."""
    text = (files("kade.init") / "files" / name).read_text(encoding="utf-8")
    return _PLACE.sub(lambda found: getattr(settings, found.group(1)), text)
