"""Defender for Cloud on one subscription: its plans, and whom Microsoft writes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import security

from kade.facts.monitoring import defender_plan


@dataclass
class SecurityContactArgs:
    """Whom Microsoft warns of an incident: teams, not persons."""

    emails: Sequence[str]
    phone: str | None = None
    minimum_severity: str = "Medium"
    """The least severity of an alert: High, Medium or Low."""


def make_plans(
    name: str, scope: pulumi.Input[str], plans: Mapping[str, bool], opts: pulumi.ResourceOptions
) -> dict[str, security.Pricing]:
    """Turn plans on and off (`kade.facts.monitoring.defender_plans`). ``scope`` is ``/subscriptions/…``.

    One after the other: Azure answers 409 where two plans of a subscription change at once. A plan that is off is
    made too, as free, so that a preview shows when somebody turned it on by hand. Raises `UnknownFactError`.
    """
    made: dict[str, security.Pricing] = {}
    before: list[pulumi.Resource] = []
    for key, wanted in plans.items():
        plan = defender_plan(key)
        made[key] = security.Pricing(
            f"{name}-{key}",
            scope_id=pulumi.Output.from_input(scope).apply(lambda s: s.lstrip("/")),
            pricing_name=plan.name,
            pricing_tier=security.PricingTier.STANDARD if wanted else security.PricingTier.FREE,
            sub_plan=plan.sub_plan or None if wanted else None,
            extensions=[security.ExtensionArgs(name=e, is_enabled=security.IsEnabled.TRUE) for e in plan.extensions]
            if wanted and plan.extensions
            else None,
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=before)),
        )
        before = [made[key]]
    return made


def make_contact(name: str, args: SecurityContactArgs, opts: pulumi.ResourceOptions) -> security.SecurityContact:
    """The contact of the subscription of the provider; Azure knows one, which is called default."""
    alert = security.NotificationsSourceAlertArgs(source_type="Alert", minimal_severity=args.minimum_severity)
    return security.SecurityContact(
        name,
        security_contact_name="default",
        emails=";".join(args.emails),
        phone=args.phone,
        is_enabled=True,
        notifications_by_role=security.SecurityContactPropertiesNotificationsByRoleArgs(
            state="On", roles=["Owner", "ServiceAdmin"]
        ),
        notifications_sources=[alert],
        opts=opts,
    )
