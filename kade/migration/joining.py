"""Which machine of the inventory belongs to which application of the estate, and who talks to whom by that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kade.inventory.merge import machines, short_name
from kade.inventory.model import Inventory, Server
from kade.inventory.notes import Notes

if TYPE_CHECKING:
    from kade.estate import Estate

SHORTEST = 4  # letters of an application's key that a machine's name has to begin with, to say anything


@dataclass(frozen=True)
class Joined:
    """A machine, the application that it belongs to, and what says so."""

    application: str
    server: Server
    by: str


def join(estate: Estate, inventory: Inventory, named: Mapping[str, Sequence[str]]) -> tuple[list[Joined], list[Server]]:
    """Each machine with its application, and those that belong to none. Templates are no machines.

    What counts, the first that says something: ``named`` (an engineer's word, from ``waves.yaml``), what the source
    itself says, a literal name in the estate, and last the machine's name, which begins with the application's key.
    """
    by_hand = {short_name(name): key for key, names in named.items() for name in names}
    titles = {title.casefold(): key for key, app in estate.applications.items() for title in (key, app.title)}
    literal = {
        short_name(server.name): key
        for key, app in estate.applications.items()
        for server in app.servers.values()
        if server.name
    }
    found: list[Joined] = []
    rest: list[Server] = []
    for machine in machines(inventory.servers, Notes()):
        server, short = machine.server, short_name(machine.server.name)
        if server.template:
            continue
        if short in by_hand:
            found.append(Joined(by_hand[short], server, "waves.yaml"))
        elif server.application.casefold() in titles:
            found.append(Joined(titles[server.application.casefold()], server, f"{server.origin} says so"))
        elif short in literal:
            found.append(Joined(literal[short], server, "its name in the estate"))
        elif key := _by_name(short, estate.applications):
            found.append(Joined(key, server, "its name begins so (a guess)"))
        else:
            rest.append(server)
    return found, rest


def _by_name(short: str, keys: Iterable[str]) -> str:
    """The application whose key the name begins with, the longest of several; empty without one."""
    plain = short.replace("-", "").replace("_", "")
    fitting = [key for key in keys if len(key) >= SHORTEST and plain.startswith(key.replace("-", ""))]
    return max(fitting, key=len, default="")


def servers_of(joins: Iterable[Joined]) -> dict[str, list[Server]]:
    """The machines of each application."""
    found: dict[str, list[Server]] = {}
    for one in joins:
        found.setdefault(one.application, []).append(one.server)
    return found


def talks(estate: Estate, inventory: Inventory, joins: Iterable[Joined]) -> dict[tuple[str, str], str]:
    """Which application was seen to talk to which other one, and by what: machines that talk, or a connection."""
    owner = {short_name(one.server.name): one.application for one in joins}
    owner |= {address: one.application for one in joins for address in one.server.addresses}
    titles = {title.casefold(): key for key, app in estate.applications.items() for title in (key, app.title)}
    titles |= {
        listed.identifier.casefold(): titles[listed.name.casefold()]
        for listed in inventory.applications
        if listed.identifier and listed.name.casefold() in titles
    }

    def of(name: str, application: str, address: str = "") -> str:
        known = owner.get(short_name(name)) if name else None
        return known or owner.get(address, "") or titles.get((application or name).casefold(), "")

    found: dict[tuple[str, str], str] = {}
    for seen in inventory.dependencies:
        user = of(seen.source, seen.source_application)
        used = of(seen.target, seen.target_application, seen.target_address)
        if user and used and user != used:
            port = f":{seen.port}" if seen.port else ""
            found.setdefault((user, used), f"{seen.source} talks to {seen.target or seen.target_address}{port}")
    return found
