"""What Azure/bicep-types-az says of each ARM type: the tree of properties with required, read-only and secret ones."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

READ_ONLY, WRITE_ONLY, REQUIRED = 2, 4, 1


@dataclass(frozen=True)
class Node:
    """One type of a ``types.json``: an object, a list, a scalar."""

    file: tuple[dict[str, Any], ...]
    index: int

    @property
    def raw(self) -> dict[str, Any]:
        """The entry as it stands in the file."""
        return self.file[self.index]

    @property
    def kind(self) -> str:
        """Its kind: ``ObjectType``, ``ArrayType`` and so on."""
        return self.raw["$type"]

    @property
    def name(self) -> str:
        """The name of the model in the specification."""
        return self.raw.get("name", "")

    def to(self, ref: dict[str, str]) -> Node:
        """The node that a reference points to."""
        return Node(self.file, int(ref["$ref"].removeprefix("#/")))

    def properties(self) -> dict[str, tuple[Node, int]]:
        """The properties of an object, of all its variants together, each with its flags."""
        found: dict[str, tuple[Node, int]] = {}
        for key in ("properties", "baseProperties"):
            for name, entry in (self.raw.get(key) or {}).items():
                found[name] = (self.to(entry["type"]), entry["flags"])
        if self.kind == "DiscriminatedObjectType":
            for ref in self.raw["elements"].values():
                for name, entry in self.to(ref).properties().items():
                    found.setdefault(name, entry)
        return found

    def item(self) -> Node | None:
        """What a list or a map holds."""
        ref = self.raw.get("itemType") or self.raw.get("additionalProperties")
        return self.to(ref) if ref else None

    @cached_property
    def secret(self) -> bool:
        """Whether the value is marked as a secret."""
        return bool(self.raw.get("sensitive"))


@dataclass(frozen=True)
class ArmType:
    """One resource type of one API version.

    ``scopes``: 1 tenant, 2 management group, 4 subscription, 8 resource group, 16 any.
    """

    name: str
    api: str
    body: Node
    scopes: int


class Repository:
    """A clone of Azure/bicep-types-az (a work tree is not needed)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for line in self._git("ls-tree", "-r", "--name-only", "HEAD", "generated").decode().splitlines():
            parts = line.split("/")
            if parts[-1] == "types.json" and len(parts) == 5:
                self._files[parts[2]][parts[3]].append(line)
        self._cache: dict[str, list[ArmType]] = {}

    def _git(self, *arguments: str) -> bytes:
        return subprocess.run(["git", "-C", str(self._folder), *arguments], capture_output=True, check=True).stdout

    def commit(self) -> str:
        """Which state of it was read."""
        return self._git("log", "-1", "--format=%H %cs").decode().strip()

    def types(self, provider: str, api: str) -> list[ArmType]:
        """The types of a provider (``microsoft.storage``) in a version; where it lacks that, in the nearest before."""
        versions = self._files.get(provider, {})
        if api not in versions:
            stable = [v for v in versions if "preview" not in v] or list(versions)
            earlier = [v for v in stable if v <= api] or stable
            if not earlier:
                return []
            api = max(earlier)
        return [found for file in versions[api] for found in self._read(file)]

    def _read(self, file: str) -> list[ArmType]:
        if file not in self._cache:
            raw = tuple(json.loads(self._git("show", f"HEAD:{file}")))
            made = []
            for index, entry in enumerate(raw):
                if entry["$type"] == "ResourceType":
                    name, api = entry["name"].split("@")
                    scopes = entry.get("writableScopes", entry.get("scopeType", 0))
                    made.append(ArmType(name, api, Node(raw, index).to(entry["body"]), scopes))
            self._cache[file] = made
        return self._cache[file]
