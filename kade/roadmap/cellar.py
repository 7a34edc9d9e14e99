"""What stands in the cellar: by the inventory where it has seen an application's machines, else by the estate file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from kade.facts.support import end_of_support, product_version
from kade.inventory.merge import short_name
from kade.inventory.model import Inventory
from kade.migration.joining import join, servers_of, talks
from kade.roadmap.figures import Ending

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.estate.applications import Application

PRODUCTS = {
    "windows": "Windows Server",
    "sqlserver": "SQL Server",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "oracle": "Oracle",
    "linux": "Linux",
}


@dataclass(frozen=True)
class Product:
    """An operating system or database, on how many machines, and the title of its application (empty without one)."""

    name: str
    version: str
    count: int
    application: str = ""


@dataclass(frozen=True)
class Cellar:
    """``servers`` are numbers of machines, and ``running`` the names of those switched on, by application's key."""

    servers: Mapping[str, int] = field(default_factory=dict)
    running: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unclaimed: int = 0  # machines of the inventory that belong to no application
    products: Sequence[Product] = ()
    pairs: Sequence[tuple[str, str]] = ()  # keys of applications of which the first uses the second

    @property
    def machines(self) -> int:
        """All machines."""
        return sum(self.servers.values()) + self.unclaimed


def cellar_of(estate: Estate, inventory: Inventory | None = None, named: Mapping[str, Sequence[str]] = {}) -> Cellar:
    """The cellar of an estate. ``named`` are machines by application, as ``waves.yaml`` names them."""
    seen = inventory or Inventory()
    joins, alone = join(estate, seen, named)
    machines = servers_of(joins)
    apps = estate.applications
    pairs = [(key, other) for key, app in apps.items() for other in app.depends_on if other in apps]
    products = [product for key, app in apps.items() if key not in machines for product in _servers(app)]
    for key, servers in [*machines.items(), ("", alone)]:
        kinds = (product_version(server.operating_system) for server in servers)
        products += [Product(*kind, 1, apps[key].title if key else "") for kind in kinds if kind]
    owner = {short_name(one.server.name): one.application for one in joins}
    return Cellar(
        servers={
            key: len(machines.get(key, ())) or sum(server.count for server in app.servers.values())
            for key, app in apps.items()
        },
        running={key: [server.name for server in servers if server.powered_on] for key, servers in machines.items()},
        unclaimed=len(alone),
        products=[*products, *_databases(apps, seen, owner)],
        pairs=list(dict.fromkeys([*pairs, *talks(estate, seen, joins)])),
    )


def endings(products: Iterable[Product], until: date) -> list[Ending]:
    """What loses its support before the programme ends, the first first."""
    found: dict[tuple[str, date], tuple[dict[str, None], int]] = {}
    for product in products:
        day = end_of_support(product.name, product.version)
        if day is not None and day <= until:
            name = f"{PRODUCTS.get(product.name, product.name)} {product.version}".strip()
            titles, count = found.get((name, day), ({}, 0))
            found[name, day] = ({**titles, product.application: None}, count + product.count)
    made = [Ending(what, day, [t for t in titles if t], count) for (what, day), (titles, count) in found.items()]
    return sorted(made, key=lambda ending: (ending.day, ending.what))


def _servers(app: Application) -> Iterator[Product]:
    for server in app.servers.values():
        yield Product(server.os, server.version, server.count, app.title)


def _databases(apps: Mapping[str, Application], seen: Inventory, owner: Mapping[str, str]) -> Iterator[Product]:
    """Those of the estate file, and of the inventory those of applications that have none there."""
    for app in apps.values():
        for database in app.databases.values():
            yield Product(database.engine, database.version, 1, app.title)
    for found in seen.databases:
        key = owner.get(short_name(found.server), "") if found.server else ""
        if not key or not apps[key].databases:
            yield Product(found.engine, found.version, 1, apps[key].title if key else "")
