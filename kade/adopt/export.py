"""What stands in Azure, from the output of `az graph query` or `az resource list`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kade.check.reading import listed, read
from kade.check.report import CheckError
from kade.facts.arm_form import type_in

GROUPS = "/providers/Microsoft.Management/managementGroups/"


class AdoptError(ValueError):
    """An export or a state that cannot be used: the file, what was found, and the remedy."""


@dataclass(frozen=True)
class Standing:
    """One resource that stands, as Azure told of it. ``type`` is the ARM type in lower case."""

    id: str
    type: str
    name: str
    location: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def subscription(self) -> str:
        """The subscription's id, in lower case; empty above subscriptions."""
        parts = self.id.lower().split("/")
        return parts[2] if len(parts) > 2 and parts[1] == "subscriptions" else ""

    @property
    def resource_group(self) -> str:
        """The id of its resource group; empty without one."""
        parts = self.id.split("/")
        return "/".join(parts[:5]) if len(parts) > 5 and parts[3].lower() == "resourcegroups" else ""

    @property
    def ancestors(self) -> list[str]:
        """Of a subscription or a management group: the ids of the groups above it, the nearest first."""
        chain = self.properties.get("managementGroupAncestorsChain")
        details = self.properties.get("details")
        if chain is None and isinstance(details, Mapping):
            chain = details.get("managementGroupAncestorsChain")
            if chain is None and isinstance(above := details.get("parent"), Mapping):
                chain = [above]
        return [str(item["name"]) for item in chain or [] if isinstance(item, Mapping) and item.get("name")]


@dataclass(frozen=True)
class Export:
    """Everything that stands, by id in lower case; ``notes`` say what the files do not hold of it."""

    items: Mapping[str, Standing]
    notes: tuple[str, ...] = ()

    def of(self, type_: str) -> list[Standing]:
        """What is of an ARM type."""
        return self._by_type.get(type_.lower(), [])

    @cached_property
    def _by_type(self) -> dict[str, list[Standing]]:
        found: dict[str, list[Standing]] = {}
        for item in self.items.values():
            found.setdefault(item.type, []).append(item)
        return found

    def get(self, id_: str) -> Standing | None:
        """What stands under an id."""
        return self.items.get(id_.lower())

    @property
    def subscriptions(self) -> dict[str, Standing]:
        """The subscriptions by their id (a GUID in lower case)."""
        return {item.subscription: item for item in self.of("microsoft.resources/subscriptions")}


def read_export(files: Iterable[Path]) -> Export:
    """Read one or more exports of one Azure. Raises `AdoptError`."""
    found: dict[str, Standing] = {}
    pages: dict[int, list[tuple[Path, int]]] = {}  # by how many records their query has: its pages have the same
    for file in files:
        try:
            source = read(file, "graph")
        except CheckError as error:
            raise AdoptError(str(error)) from None
        for total, count in _records(source.document):
            pages.setdefault(total, []).append((file, count))
        for item in listed(source.document):
            if isinstance(item, Mapping) and isinstance(item.get("id"), str):
                standing = _standing(item)
                found.setdefault(standing.id.lower(), standing)
    if not found:
        raise AdoptError(f"{', '.join(map(str, files))}: holds no resource with an id; see docs/adopt.md for the query")
    for item in list(found.values()):
        for implied in _implied(item):
            found.setdefault(implied.id.lower(), implied)
    return Export(found, tuple(_incomplete(pages)))


def _standing(item: Mapping[str, Any]) -> Standing:
    id_ = str(item["id"]).rstrip("/")
    properties, tags = item.get("properties"), item.get("tags")
    return Standing(
        id=id_,
        type=str(item.get("type") or type_in(id_)).lower().replace("subscriptions/resourcegroups", "resourcegroups"),
        name=str(item.get("name") or id_.rsplit("/", 1)[-1]),
        location=str(item.get("location") or "").replace(" ", "").lower(),
        properties=properties if isinstance(properties, Mapping) else {},
        tags={str(k): str(v) for k, v in tags.items()} if isinstance(tags, Mapping) else {},
        body=item,
    )


def _implied(item: Standing) -> Iterator[Standing]:
    """What Azure's export tells of in another resource, and Pulumi knows as one of its own."""
    if item.type != "microsoft.resources/subscriptions":
        return
    if item.ancestors:
        name = f"{item.ancestors[0]}/{item.subscription}"
        id_ = f"{GROUPS}{item.ancestors[0]}/subscriptions/{item.subscription}"
        yield Standing(id_, "microsoft.management/managementgroups/subscriptions", name)
    properties = {"tags": dict(item.tags)}
    id_ = f"{item.id}/providers/Microsoft.Resources/tags/default"
    yield Standing(id_, "microsoft.resources/tags", "default", "", properties, {}, {"properties": properties})


def _records(document: Any) -> Iterator[tuple[int, int]]:
    """How many records a query has, and how many of these are in this answer."""
    if isinstance(document, Mapping):
        total, count = document.get("total_records"), document.get("count")
        if isinstance(total, int) and isinstance(count, int):
            yield total, count


def _incomplete(pages: Mapping[int, Sequence[tuple[Path, int]]]) -> Iterator[str]:
    for total, files in pages.items():
        count = sum(part for _, part in files)
        if count < total:
            names = ", ".join(str(file) for file, _ in files)
            have = "has" if len(files) == 1 else "together have"
            yield (
                f"{names} {have} {count} of {total} records: what is not in it looks as if it did not stand; page the"
                " query"
            )
