"""The estate's management groups and subscriptions, as arguments of the components."""

from __future__ import annotations

from typing import Any

import pulumi

from kade.components.landing_zone.access import AccessArgs
from kade.components.landing_zone.budget import BudgetArgs
from kade.components.landing_zone.custom_roles import CustomRoles
from kade.components.landing_zone.defender import SecurityContactArgs
from kade.components.landing_zone.management_groups import ManagementGroupArgs, ManagementGroups, ManagementGroupsArgs
from kade.components.landing_zone.subscription import NewSubscriptionArgs, Subscription, SubscriptionArgs
from kade.estate import Estate
from kade.estate.governance import Budget
from kade.estate.governance import Subscription as Item
from kade.stacks.common import StackError, asked_of_partner, names_of, principal_of, tags_of, tenant_of
from kade.stacks.platform_identity import role_of
from kade.stacks.platform_policy import top_groups

DECOMMISSIONED = "decommissioned"


def make_groups(estate: Estate) -> ManagementGroups:
    """The hierarchy, below the estate's `root_parent`. StackError where that is missing and needed."""
    known = estate.groups()
    tops = [key for key in top_groups(estate) if known[key].parent is None]
    rights = next(iter(estate.tenants.values())).root_rights
    if tops and not rights and not estate.management_groups.root_parent:
        raise StackError(
            f"management_groups.root_parent: {known[tops[0]].id} would be made below the tenant's root, and "
            "`root_rights` of the tenant is false; name the existing group that the hierarchy starts below"
        )
    groups = {
        key: ManagementGroupArgs(
            id=group.id, display_name=group.display_name, parent=group.parent, existing=not group.managed
        )
        for key, group in known.items()
    }
    args = ManagementGroupsArgs(groups=groups, root_parent=estate.management_groups.root_parent)
    return ManagementGroups("groups", args)


def make_subscriptions(
    estate: Estate, environment: str, groups: ManagementGroups, roles: CustomRoles | None
) -> tuple[dict[str, Subscription], list[dict[str, Any]]]:
    """Every subscription that is ours to govern, and what is to be asked of the partner (billing `csp`)."""
    made: dict[str, Subscription] = {}
    requests: list[dict[str, Any]] = []
    for key, item in estate.subscriptions.items():
        if item.ownership == "external":
            continue
        if asked_of_partner(estate, key):
            requests.append(_request(estate, environment, key, item))
            continue
        group = DECOMMISSIONED if item.decommissioned else item.management_group
        waits: list[pulumi.Resource] = [groups.groups[group]] if group in groups.groups else []
        if roles is not None and any(a.role in roles.roles for a in item.access.values()):
            waits.append(roles)
        arguments = _arguments(estate, environment, key, item, group)
        made[key] = Subscription(f"subscription-{key}", arguments, pulumi.ResourceOptions(depends_on=waits))
    if fresh := [key for key, item in estate.subscriptions.items() if key in made and item.id is None]:
        pulumi.log.warn(
            f"{', '.join(fresh)}: a new subscription has no resource providers, and Pulumi cannot register them: "
            f"deploy its placement first (--target), run the commands of `kade doctor {estate.name}`, then the rest"
        )
    for request in requests:
        lines = "\n".join(f"  {name}: {value}" for name, value in request.items())
        pulumi.log.warn(f"A subscription has to be asked for, then put its id into the estate file:\n{lines}")
    return made, requests


def _arguments(estate: Estate, environment: str, key: str, item: Item, group: str) -> SubscriptionArgs:
    field = f"subscriptions.{key}"
    known = estate.groups()
    if group not in known:
        raise StackError(f"{field}: the estate has no management group {group!r}; it has {', '.join(known)}")
    if item.tenant and item.tenant != next(iter(estate.tenants)):
        raise StackError(
            f"{field}.tenant: a subscription of another tenant cannot stand in this hierarchy; make it `external`, or "
            "give it an estate of its own"
        )
    live = not item.decommissioned
    contact = estate.security.contact
    return SubscriptionArgs(
        management_group=known[group].id,
        subscription_id=item.id,
        new=_new(estate, environment, key, item) if item.id is None else None,
        tenant_id=tenant_of(estate, key),
        budget=_budget(estate, item, item.budget) if item.budget is not None else None,
        defender={**estate.security.defender, **item.defender} if live else {},
        contact=SecurityContactArgs(contact.emails, contact.phone, contact.minimum_severity) if live else None,
        access={
            name: AccessArgs(
                principal_id=principal_of(estate, access.group, f"{field}.access.{name}.group"),
                role=role_of(estate, access.role),
                eligible=access.eligible,
                reason=f"{access.role} for {estate.identity.groups[access.group].title or access.group}",
            )
            for name, access in (item.access.items() if live else ())
        },
        tags=tags_of(estate, environment, key),
        lock=item.lock,
    )


def _new(estate: Estate, environment: str, key: str, item: Item) -> NewSubscriptionArgs:
    if not estate.billing.scope:
        raise StackError(f"subscriptions.{key} is to be made, and billing.scope does not say under which agreement")
    title = item.name or _title(estate, environment, key)
    return NewSubscriptionArgs(alias=title.replace(" ", "-"), display_name=title, billing_scope=estate.billing.scope)


def _title(estate: Estate, environment: str, key: str) -> str:
    return names_of(estate, environment, estate.regions.primary).of("subscription_alias", key)


def _request(estate: Estate, environment: str, key: str, item: Item) -> dict[str, Any]:
    """What the partner has to know, and nothing else."""
    return {
        "key": key,
        "name": item.name or _title(estate, environment, key),
        "for": item.title or key,
        "tenant": tenant_of(estate, key),
        "partner": estate.participants[estate.billing.partner].display_name if estate.billing.partner else "",
        "offer": "Azure plan",
        "monthly": item.budget.monthly if item.budget is not None else None,
        "currency": estate.billing.currency,
    }


def _budget(estate: Estate, item: Item, budget: Budget) -> BudgetArgs:
    owner = estate.roles[item.owner].contact
    first = next(iter(estate.logging.action_groups.values()), None)
    contacts = budget.contacts or ([owner] if owner else first.emails if first else estate.security.contact.emails)
    return BudgetArgs(monthly=budget.monthly, contacts=contacts, alerts=budget.alerts)
