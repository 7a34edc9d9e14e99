"""Who owns what, from a Terraform state: addresses and ids, and outputs that are not secret. Nothing else is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kade.adopt.export import AdoptError


@dataclass(frozen=True)
class Owners:
    """Terraform's resources by id in lower case, each with its address and the state's file; and outputs by name."""

    addresses: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    twice: tuple[tuple[str, str, str], ...] = ()  # id, and the two addresses that have it
    outputs: Mapping[str, Any] = field(default_factory=dict)

    def of(self, id_: str) -> str:
        """Who owns an id in Terraform, as a person reads it; empty where Terraform does not."""
        found = self.addresses.get(id_.lower())
        return f"Terraform, {found[0]} in {found[1]}" if found else ""


def read_owners(files: list[Path]) -> Owners:
    """Read Terraform states of version 4. Raises `AdoptError`."""
    addresses: dict[str, tuple[str, str]] = {}
    twice: list[tuple[str, str, str]] = []
    outputs: dict[str, Any] = {}
    for file in files:
        state = _state(file)
        for address, id_ in _ids(state):
            before = addresses.setdefault(id_.lower(), (address, file.name))
            if before != (address, file.name):
                twice.append((id_, f"{before[0]} in {before[1]}", f"{address} in {file.name}"))
        for name, item in (state.get("outputs") or {}).items():
            if isinstance(item, Mapping) and not item.get("sensitive"):
                outputs[str(name)] = item.get("value")
    return Owners(addresses, tuple(twice), outputs)


def _state(file: Path) -> Mapping[str, Any]:
    try:
        state = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise AdoptError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise AdoptError(f"{file}: not JSON ({error}); give the output of `terraform state pull`") from None
    if not isinstance(state, Mapping) or state.get("version") != 4 or not isinstance(state.get("resources"), list):
        found = f"version {state.get('version')}" if isinstance(state, Mapping) else type(state).__name__
        raise AdoptError(f"{file}: found {found}, not a Terraform state of version 4; give `terraform state pull`")
    return state


def _ids(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Addresses and ids of what is managed; data sources only read. Associations have no id of Azure's own."""
    for resource in state["resources"]:
        if not isinstance(resource, Mapping) or resource.get("mode") != "managed":
            continue
        for instance in resource.get("instances") or []:
            id_ = (instance.get("attributes") or {}).get("id")
            if isinstance(id_, str) and id_.startswith("/") and "|" not in id_:
                module = f"{resource['module']}." if resource.get("module") else ""
                index = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
                yield f"{module}{resource.get('type')}.{resource.get('name')}{index}", id_.rstrip("/")
