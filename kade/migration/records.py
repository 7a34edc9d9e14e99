"""What a wave adds to an application's record: its strategy, its wave, its spoke, and machines of the inventory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kade.facts.support import end_of_support, product_version
from kade.facts.vm_images import images_of
from kade.inventory.merge import short_name
from kade.inventory.model import Server
from kade.migration.assessment import Verdict
from kade.migration.sizing import fit
from kade.migration.writing import Record

if TYPE_CHECKING:
    from kade.estate import Estate

WITH_SERVERS = ("rehost",)  # the strategies whose record the inventory can fill by itself
NEEDS = {
    "replatform": "databases, files or web", "refactor": "containers or web", "repurchase": "saas",
    "retire": "archive", "retain": "stays",
}  # fmt: skip


def record_of(
    estate: Estate, verdict: Verdict, wave: str, servers: Sequence[Server], before: Record, notes: list[str]
) -> dict[str, Any]:
    """The values that the inventory and the plan give for an application, as they stand in the estate file.

    ``before`` is what was generated last: a strategy is proposed once, and stays. What a person has to write is added
    to the notes.
    """
    key = verdict.application
    app = estate.applications[key]
    found: dict[str, Any] = {"wave": wave}
    if app.strategy is None and verdict.strategy not in WITH_SERVERS:
        needs = NEEDS.get(verdict.strategy, "servers, saas, archive or stays")
        proposed = verdict.strategy or "nothing"
        notes.append(f"{key}: {proposed} is proposed; write `strategy` with `{needs}`, which no inventory knows")
        return found
    if "strategy" in before:
        found |= {name: before[name] for name in ("strategy", "reason")}
    elif app.strategy is None:
        found |= {"strategy": verdict.strategy, "reason": "; ".join(verdict.reasons)}
    if verdict.strategy not in WITH_SERVERS:
        return found
    spoke = app.spoke or _spoke(estate, app.domain)
    if spoke:
        found["spoke"] = spoke
    else:
        notes.append(f"{key}: write `spoke`; there are {', '.join(estate.network.spokes)}")
    owner = app.owner or estate.domains[app.domain].owner
    if app.admins is None and estate.roles[owner].group is None:
        notes.append(
            f"{key}: the role {owner} has no group; write `admins`, one of {', '.join(estate.identity.groups)}"
        )
    machines = _servers(key, set(app.servers) - before.get("servers", {}).keys(), servers, notes)
    if machines:
        found["servers"] = machines
    elif not app.servers and not app.shared_servers:
        notes.append(f"{key}: the inventory joins no machine to it; name them under `machines` in waves.yaml")
    return found


def _servers(key: str, by_hand: set[str], servers: Sequence[Server], notes: list[str]) -> dict[str, dict[str, Any]]:
    """The machines by their keys; none where an engineer has described the machines already."""
    if by_hand and servers:
        notes.append(
            f"{key}: its machines stand in the estate already ({', '.join(sorted(by_hand))}); "
            f"{', '.join(server.name for server in servers)} of the inventory is not added"
        )
        return {}
    made = {_key(server.name): _server(key, server, notes) for server in servers}
    return {name: record for name, record in made.items() if record}


def _server(key: str, server: Server, notes: list[str]) -> dict[str, Any] | None:
    size = fit(server)
    disks = [round(disk.size_gib) for disk in server.disks if disk.size_gib]
    if not disks and server.storage_gib:
        disks = [round(server.storage_gib)]
    system = product_version(server.operating_system)
    lacks = [name for name, value in (("operating system", system), ("disks", disks), ("size", size.size)) if not value]
    if lacks or system is None or size.size is None or not server.cores or not server.memory_mib:
        notes.append(f"{key}: machine {server.name} ({server.origin}): {', '.join(lacks)} not known; write it by hand")
        return None
    kind, version = system
    made: dict[str, Any] = {
        "os": kind,
        "version": version,
        "cores": server.cores,
        "memory_gb": _plain(server.memory_mib / 1024),
        "disks_gb": [max(1, disk) for disk in disks],
    }
    if size.basis != "configured":
        made["size"] = size.size.name
    if version not in images_of(kind):
        made["new_version"] = _newer(kind)
        notes.append(
            f"{key}: machine {server.name}: Azure has no image of {kind} {version}, so it gets {made['new_version']}; "
            "or name under `os_disks` what the migration wrote"
        )
    return made


def _newer(kind: str) -> str:
    """The version with an image that is supported the longest."""
    return max(images_of(kind), key=lambda version: end_of_support(kind, version) or date.min)


def _spoke(estate: Estate, domain: str) -> str:
    """The spoke that most applications of a domain have; the only one there is; else none."""
    used = Counter(app.spoke for app in estate.applications.values() if app.domain == domain and app.spoke)
    if used:
        return used.most_common(1)[0][0]
    spokes = list(estate.network.spokes)
    return spokes[0] if len(spokes) == 1 else ""


def _key(name: str) -> str:
    """A machine's short name as a key of the estate file."""
    plain = "-".join(re.findall(r"[a-z0-9]+", short_name(name)))
    return (plain if plain[:1].isalpha() else f"m-{plain}")[:40].rstrip("-")


def _plain(number: float) -> float | int:
    rounded = round(number, 1)
    return int(rounded) if rounded == int(rounded) else rounded
