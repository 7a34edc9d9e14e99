"""What the rules look at: one application as the estate, the portfolio and the support tables know it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kade.facts.support import end_of_support

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.inventory.model import Application as Listed
    from kade.inventory.model import Server

# Parts of an application's record that rules may ask for (`has`).
PARTS = ("servers", "databases", "files", "web", "containers", "saas", "archive", "stays", "contract")


@dataclass(frozen=True, order=True)
class Ending:
    """Something whose support ends: the last day, and what it is."""

    on: date
    what: str


@dataclass(frozen=True)
class Portrait:
    """One application; ``endings`` the earliest first."""

    key: str
    title: str
    data: tuple[str, ...] = ()
    status: str = ""
    components: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    endings: tuple[Ending, ...] = ()
    contract_ends: date | None = None
    users: int = 0
    dependants: int = 0


def portraits(
    estate: Estate, portfolio: Iterable[Listed] = (), machines: Mapping[str, Sequence[Server]] | None = None
) -> list[Portrait]:
    """One portrait for each application of the estate, in its order; the portfolio is matched by name.

    ``machines`` are those that the inventory joins to an application.
    """
    listed = {application.name.casefold(): application for application in portfolio}
    dependants: dict[str, int] = {}
    for app in estate.applications.values():
        for other in app.depends_on:
            dependants[other] = dependants.get(other, 0) + 1
    joined = machines or {}
    return [_portrait(estate, key, listed, dependants.get(key, 0), joined.get(key, ())) for key in estate.applications]


def _portrait(
    estate: Estate, key: str, listed: dict[str, Listed], dependants: int, machines: Sequence[Server]
) -> Portrait:
    app = estate.applications[key]
    entry = listed.get(app.title.casefold()) or listed.get(key.casefold())
    return Portrait(
        key=key,
        title=app.title,
        data=tuple(app.data),
        status=entry.status if entry else "",
        components=entry.components if entry else (),
        engines=tuple(sorted({database.engine for database in app.databases.values()})),
        parts=frozenset(part for part in PARTS if getattr(app, part)) | ({"servers"} if machines else set()),
        endings=tuple(sorted((*endings(estate, key), *_of_machines(machines)))),
        contract_ends=app.contract.ends if app.contract else None,
        users=app.users,
        dependants=dependants,
    )


def _of_machines(machines: Iterable[Server]) -> Iterator[Ending]:
    for server in machines:
        on = end_of_support(server.operating_system)
        if on:
            yield Ending(on, f"{server.operating_system} of machine {server.name}")


def endings(estate: Estate, key: str) -> tuple[Ending, ...]:
    """When support ends of the servers and databases of an application; what the table does not know is left out."""
    app = estate.applications[key]
    found = []
    for name, server in app.servers.items():
        on = end_of_support(server.os, server.version)
        if on:
            found.append(Ending(on, f"{server.os} {server.version} of server {name}"))
    for name, database in app.databases.items():
        on = end_of_support(database.engine, database.version)
        if on:
            found.append(Ending(on, f"{database.engine} {database.version} of database {name}"))
    return tuple(sorted(found))
