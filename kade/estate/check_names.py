"""Names and ids that would collide, and names that Azure or Pulumi refuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.checks import Check, Finding, PathKey
from kade.estate.stacks import MAXIMUM

if TYPE_CHECKING:
    from kade.estate.model import Estate


def duplicates(estate: Estate) -> Iterator[Finding]:
    """A subscription id, a resource id or a literal name that is given twice."""
    ids: dict[str, list[PathKey]] = defaultdict(list)
    names: dict[str, list[PathKey]] = defaultdict(list)
    for key, item in estate.subscriptions.items():
        if item.id:
            ids[item.id.lower()].append(("subscriptions", key, "id"))
        if item.name:
            names[f"subscription {item.name.lower()}"].append(("subscriptions", key, "name"))
    for kind, items in (("hubs", estate.network.hubs), ("spokes", estate.network.spokes)):
        for key, owned in items.items():
            if owned.id:
                ids[owned.id.lower()].append(("network", kind, key, "id"))
            if owned.name:
                names[f"network {owned.name.lower()}"].append(("network", kind, key, "name"))
    for key, group in estate.management_groups.groups.items():
        if group.id:
            ids[group.id.lower()].append(("management_groups", "groups", key, "id"))
    for key, zone in estate.network.public_dns.items():
        names[f"domain {zone.domain}"].append(("network", "public_dns", key, "domain"))
    for found, what in ((ids, "id"), (names, "name")):
        for value, paths in found.items():
            for path in paths[1:]:
                first = ".".join(str(p) for p in paths[0])
                yield Finding(
                    path, f"this {what} is given twice, first at {first}", value.split(" ", 1)[-1], "Each has its own."
                )


def production(estate: Estate) -> Iterator[Finding]:
    """Exactly one environment is production."""
    found = [key for key, env in estate.environments.items() if env.production]
    if not found:
        yield Finding(("environments",), "no environment is production", remedy="Add `production: true` to one.")
    for key in found[1:]:
        yield Finding(
            ("environments", key, "production"), f"{found[0]!r} is production already", remedy="Only one can be."
        )


def stack_names(estate: Estate) -> Iterator[Finding]:
    """Pulumi allows a hundred characters in a stack's name, and no two stacks have one name."""
    for env in estate.environments:
        for stack in estate.stacks(env):
            if len(stack.name) > MAXIMUM:
                part: PathKey = (stack.layer if stack.layer == "services" else "applications", stack.part)
                yield Finding(
                    part if stack.part else ("name",),
                    f"the stack's name would have {len(stack.name)} characters, {MAXIMUM} at most",
                    stack.name,
                    "Shorten the key.",
                )


def hubs(estate: Estate) -> Iterator[Finding]:
    """One hub a region, and features that their firewall's size has."""
    seen: dict[str, str] = {}
    for key, hub in estate.network.hubs.items():
        at: PathKey = ("network", "hubs", key)
        if hub.region in seen:
            yield Finding(
                (*at, "region"), f"hub {seen[hub.region]!r} is in {hub.region} already", remedy="One hub a region."
            )
        seen.setdefault(hub.region, key)
        if hub.ownership == "existing" and hub.id is None:
            yield Finding(at, "an existing hub needs its id", remedy="Add `id:`.")
        wall = hub.firewall
        if wall is None:
            continue
        if wall.sku != "Premium" and wall.intrusion_detection != "Off":
            yield Finding(
                (*at, "firewall", "intrusion_detection"),
                "only a Premium firewall inspects traffic",
                remedy="Set `sku: Premium`, or leave it off.",
            )
        if wall.sku == "Basic" and wall.threat_intelligence == "Deny":
            yield Finding(
                (*at, "firewall", "threat_intelligence"), "a Basic firewall can alert only", remedy="Set `Alert`."
            )
        if wall.sku == "Basic" and wall.dns_proxy and hub.ownership == "managed":
            yield Finding(
                (*at, "firewall", "dns_proxy"),
                "a Basic firewall does not answer names",
                remedy="Set `dns_proxy: false`.",
            )
        if hub.ownership != "managed" and wall.private_ip is None:
            yield Finding(
                (*at, "firewall"),
                "the firewall of a hub that is not ours needs its inside address",
                remedy="Add `private_ip:`, or `firewall: null`.",
            )


def rings(estate: Estate) -> Iterator[Finding]:
    """Applications that share each other's servers or databases in a ring cannot be deployed one after the other."""
    for env in estate.environments:
        groups = estate.workloads(env)
        stack_of = {key: stack for stack, apps in groups.items() for key in apps}
        needs: dict[str, dict[str, str]] = {stack: {} for stack in groups}
        for stack, apps in groups.items():
            for key, app in apps.items():
                for name in (*app.shared_servers, *app.shared_databases):
                    owner = stack_of.get(name.partition("/")[0])
                    if owner is not None and owner != stack:
                        needs[stack].setdefault(owner, key)
        while ready := [stack for stack, owners in needs.items() if not owners]:
            needs = {
                s: {o: k for o, k in owners.items() if o not in ready} for s, owners in needs.items() if s not in ready
            }
        if needs:
            key = next(iter(next(iter(needs.values())).values()))
            yield Finding(
                ("applications", key),
                f"these share each other's servers or databases in a ring: {', '.join(sorted(needs))}",
                remedy="Give them one `stack`.",
            )
            return


CHECKS: tuple[Check, ...] = (production, duplicates, hubs)
LAST: tuple[Check, ...] = (stack_names, rings)
