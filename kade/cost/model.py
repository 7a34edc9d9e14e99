"""Meters: what is paid for a resource, in the words of the price list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kade.engine.plan import Resource
from kade.engine.values import UNKNOWN, Secret

HOURS: Final = 730.0  # hours in a month, as Azure's own calculator counts
PER: Final = {"hour": HOURS, "day": HOURS / 24, "month": 1.0}  # how many of a unit are in a month


@dataclass(frozen=True)
class Meter:
    """Something that is paid for.

    ``service`` is the price list's exact service name; ``product``, ``sku`` and ``meter`` are regular expressions that
    have to match the whole of theirs, letter case aside; an empty one matches everything. ``quantity`` is how much of
    it a resource takes in each ``per`` (hour, day, month: a gigabyte that is kept counts per month). With ``usage``
    the quantity depends on how the resource is used, so the meter is named and not counted.

    ``size`` is the size of a virtual machine, as the list names it. ``licence`` is one that its price holds and that
    can be brought along instead (Azure hybrid benefit): ``licensed`` is the meter that is paid then (None: nothing),
    and with ``brought`` the program says that it is.
    """

    what: str
    service: str
    product: str = ""
    sku: str = ""
    meter: str = ""
    quantity: float = 1.0
    per: str = "hour"
    usage: bool = False
    size: str = ""
    licence: str = ""
    licensed: Meter | None = None
    brought: bool = False

    @property
    def monthly(self) -> float:
        """The quantity in a month."""
        return self.quantity * PER[self.per]


class Seen:
    """A resource as the meters look at it, with the others of its stack around it."""

    def __init__(self, resource: Resource, around: Around) -> None:
        self.resource, self.around = resource, around

    @property
    def type(self) -> str:
        """Its type token."""
        return self.resource.type

    def at(self, path: str, default: Any = None) -> Any:
        """An input by its path with dots; the default where it is absent or not known. Secrets are not opened."""
        value: Any = self.resource.inputs
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return default if value is None or value is UNKNOWN or isinstance(value, Secret) else value

    def other(self, type_: str, key: str) -> Seen | None:
        """The resource that it belongs to, by a property that both have, for instance ``accountName``."""
        return self.around.named(f"azure-native:{type_}", key, self.at(key))

    @property
    def region(self) -> str:
        """The region whose price holds, in lower case without spaces; empty where there is none."""
        found = self.at("location")
        if found is None:
            group = self.other("resources:ResourceGroup", "resourceGroupName")
            found = group.at("location", "") if group else ""
        return str(found).lower().replace(" ", "")


class Around:
    """The resources of a stack, for those whose price depends on the one that they belong to."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._by_name: dict[tuple[str, str, str], Resource] = {}
        for resource in resources:
            for key, value in resource.inputs.items():
                if key.endswith("Name") and isinstance(value, str):
                    self._by_name.setdefault((resource.type, key, value), resource)

    def named(self, type_: str, key: str, name: Any) -> Seen | None:
        """The resource of a type by a property that names it."""
        found = self._by_name.get((type_, key, name)) if isinstance(name, str) else None
        return Seen(found, self) if found else None


Metering = Callable[[Seen], Iterable[Meter]]
PRICED: dict[str, Metering] = {}


def priced(*types: str) -> Callable[[Metering], Metering]:
    """Say that a function tells the meters of these types, given as ``module:Name``."""

    def register(function: Metering) -> Metering:
        for type_ in types:
            PRICED[f"azure-native:{type_}"] = function
        return function

    return register


def always(*types: str, meters: Sequence[Meter]) -> None:
    """Say that these types have the same meters whatever their properties are."""
    priced(*types)(lambda _resource: meters)
