"""What to look at before data goes to a cloud, by the municipality's own policy (`residency` in the estate)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kade.estate import Estate

# BRP and BSN are classes of their own, not special categories (AVG article 9; UAVG article 46 for the BSN).
WEIGHTY = {
    "brp": "persons' registration (BRP)",
    "bsn": "citizen service number (UAVG article 46: only where a law says so)",
    "special": "special categories (AVG article 9)",
    "medical": "health data (AVG article 9)",
    "vital": "steering of installations",
}


def flags(estate: Estate, key: str) -> tuple[str, ...]:
    """What the policy says of each weighty class in an application, and where a service is kept outside of it."""
    app, residency = estate.applications[key], estate.residency
    source = residency.policy or "no policy is named under `residency.policy`"
    found = [
        f"{WEIGHTY[data]}: may be in {residency.classes.get(data, residency.mode)} ({source})"
        for data in app.data
        if data in WEIGHTY
    ]
    countries = app.saas.hosted_in if app.saas else []
    strict = [data for data in app.data if residency.classes.get(data, residency.mode) == "nl"]
    abroad = [country for country in countries if country != "NL"]
    if strict and abroad:
        found.append(f"the supplier keeps data in {', '.join(abroad)}, and {', '.join(strict)} may only be in nl")
    if app.saas and not countries:
        found.append("where the supplier keeps the data is not recorded (`saas.hosted_in`)")
    return tuple(found)
