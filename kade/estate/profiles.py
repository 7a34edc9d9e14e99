"""Defaults by profile: filled in before the file is checked, and only where the file says nothing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

# A star stands for every item of ours in the file. A default never makes an item, never overrules null, and leaves
# alone what exists already or belongs to somebody else.
PROFILES: dict[str, dict[str, Any]] = {
    "klein": {
        "management_groups": {"hierarchy": "small"},
        "network": {
            "ddos": "none",
            "private_dns": {"zones": "used"},
            "hubs": {"*": {"firewall": {"sku": "Basic", "dns_proxy": False}}},
        },
        "logging": {"sentinel": False},
    },
    "volledig": {
        "management_groups": {"hierarchy": "standard"},
        "policy": {"initiatives": ["nl_bio_cloud_theme", "iso_27002", "nis2", "mcsb"]},
        "network": {
            "ddos": "ip",
            "private_dns": {"zones": "all"},
            "hubs": {
                "*": {
                    "firewall": {
                        "sku": "Premium",
                        "intrusion_detection": "Deny",
                        "threat_intelligence": "Deny",
                        "default_rules": ["microsoft365", "azure", "updates", "time", "dns", "certificates"],
                    },
                    "bastion": {"sku": "Standard"},
                }
            },
        },
        "logging": {"sentinel": True},
        "security": {
            "defender": {
                "CloudPosture": True,
                "Servers": True,
                "StorageAccounts": True,
                "SqlServers": True,
                "OpenSourceDatabases": True,
                "AppServices": True,
                "KeyVaults": True,
                "Containers": True,
                "Arm": True,
                "Api": True,
            }
        },
    },
}


NEVER_MADE = frozenset({"network", "logging", "security"})


def _fill(given: dict[str, Any], defaults: dict[str, Any]) -> None:
    for key, default in defaults.items():
        if key == "*":
            for item in given.values():
                if isinstance(item, dict) and item.get("ownership", "managed") == "managed":
                    _fill(item, default)
        elif isinstance(default, dict) and isinstance(given.get(key), dict):
            _fill(given[key], default)
        elif key not in given and key not in NEVER_MADE and key != "hubs":
            given[key] = deepcopy(default)


def with_defaults(data: dict[str, Any]) -> dict[str, Any]:
    """A copy of an estate file's content with its profile's defaults filled in."""
    filled = deepcopy(data)
    profile = filled.get("profile")
    if isinstance(profile, str):  # the model says what is wrong with anything else
        _fill(filled, PROFILES.get(profile, {}))
    return filled
