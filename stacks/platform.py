"""The platform layer: management groups, subscriptions, logs, policies, security, backup, identity.

It stands in production and serves every environment.
"""

from __future__ import annotations

from typing import Any

import pulumi

from kade.estate import Estate
from kade.stacks.platform_management import make_management
from kade.stacks.platform_policy import make_policy
from kade.stacks.platform_subscriptions import make_groups, make_subscriptions


def run(estate: Estate, environment: str) -> None:
    """Make the layer, and export what later layers read. ValueError for what the estate asks and this cannot do."""
    groups = make_groups(estate)
    subscriptions, requests = make_subscriptions(estate, environment, groups)
    management = make_management(estate, environment, subscriptions)
    policy = make_policy(estate, environment, groups, management)
    outputs: dict[str, Any] = {
        "managementGroups": groups.ids,
        "subscriptions": {key: made.subscription_id for key, made in subscriptions.items()},
        "subscriptionRequests": requests,
        "policyAssignments": policy.ids,
        **management.outputs(),
    }
    for name, value in outputs.items():
        pulumi.export(name, value)
