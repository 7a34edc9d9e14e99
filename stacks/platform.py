"""The platform layer: management groups, subscriptions, logs, policies, security, backup, identity.

It stands in production and serves every environment.
"""

from __future__ import annotations

from typing import Any

import pulumi

from kade.estate import Estate
from kade.stacks.platform_identity import make_custom_roles, make_pipelines
from kade.stacks.platform_management import make_management
from kade.stacks.platform_policy import make_policy
from kade.stacks.platform_security import make_backup, make_encryption, make_vault
from kade.stacks.platform_subscriptions import make_groups, make_subscriptions


def run(estate: Estate, environment: str) -> None:
    """Make the layer, and export what later layers read. StackError for what the estate asks and this cannot do."""
    groups = make_groups(estate)
    roles = make_custom_roles(estate, groups)
    subscriptions, requests = make_subscriptions(estate, environment, groups, roles)
    management = make_management(estate, environment, subscriptions)
    policy = make_policy(estate, environment, groups, management)
    vault = make_vault(estate, environment, subscriptions, management)
    outputs: dict[str, Any] = {
        "managementGroups": groups.ids,
        "subscriptions": {key: made.subscription_id for key, made in subscriptions.items()},
        "subscriptionRequests": requests,
        "policyAssignments": policy.ids,
        "customRoles": roles.ids if roles is not None else {},
        "pipelines": make_pipelines(estate, environment, groups, subscriptions),
        "backupVaults": make_backup(estate, environment, subscriptions, management),
        "diskEncryption": make_encryption(estate, environment, subscriptions, vault),
        **vault,
        **management.outputs(),
    }
    for name, value in outputs.items():
        pulumi.export(name, value)
