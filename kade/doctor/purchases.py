"""Licences and what is paid by use, with what of the estate takes each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kade.doctor.needs import LICENCE, PLAN, Need
from kade.estate import Estate
from kade.facts.needs import defender_cost, licence, service_cost


def licences(estate: Estate) -> Iterator[Need]:
    """What has to be bought before a part works."""
    eligible = sorted(
        {
            access.group
            for item in estate.subscriptions.values()
            if item.ownership != "external" and not item.decommissioned
            for access in item.access.values()
            if access.eligible
        }
    )
    if eligible:
        yield _licence("entra_p2", f"members of {', '.join(eligible)}", "roles that are eligible, just in time")
    workplace = estate.workplace
    if workplace is None:
        return
    if workplace.conditional_access is not None:
        yield _licence("entra_p1", "everybody who signs in", "conditional access")
    personas = ", ".join(workplace.personas)
    yield _licence("desktop", f"users of {personas}", "Windows on virtual desktops")


def _licence(key: str, whom: str, why: str) -> Need:
    item = licence(key)
    return Need(LICENCE, item.title, whom, why, item.granted_by, item.cost)


def by_use(estate: Estate) -> Iterator[Need]:
    """What costs by how much of it there is; no prices, since these change and differ by agreement."""
    given = "nobody has to: whoever deploys turns it on"
    plans: Counter[str] = Counter()
    for item in estate.subscriptions.values():
        if item.ownership != "external" and not item.decommissioned:
            plans.update(name for name, on in {**estate.security.defender, **item.defender}.items() if on)
    for name, number in sorted(plans.items()):
        where = f"{number} subscription{'s' if number != 1 else ''}"
        yield Need(PLAN, f"Defender for Cloud: {name}", where, "security.defender", given, defender_cost(name))
    wanted = {
        "workspace": (True, "logging"),
        "sentinel": (estate.logging.sentinel, "logging.sentinel"),
        "metric_alerts": (estate.logging.alerts, "logging.alerts"),
        "ddos_plan": (estate.network.ddos == "plan", "network.ddos"),
        "ddos_ip": (estate.network.ddos == "ip", "network.ddos"),
    }
    for key, (on, field) in wanted.items():
        if on:
            title, cost = service_cost(key)
            yield Need(PLAN, title, "the estate", field, given, cost)
