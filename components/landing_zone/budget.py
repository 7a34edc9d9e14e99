"""A monthly budget of a subscription, with its messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pulumi
from pulumi_azure_native import consumption

from kade.components.arguments import ArgumentError


@dataclass
class BudgetArgs:
    """A monthly amount, and who hears when it runs out."""

    monthly: float
    """The amount a month, in the currency of the subscription."""
    contacts: Sequence[str]
    """Addresses, one at least."""
    alerts: Sequence[int] = (80, 100)
    """Percentages of the amount that has been spent, at which a message is sent; at most four."""
    forecast: int = 100
    """The percentage of the amount that is expected, at which a message is sent; 0 for none."""
    start: str = ""
    """The first month (``2026-12-01``). Default: the month in which the budget is made, and it then stays."""


def make_budget(
    name: str, scope: pulumi.Input[str], args: BudgetArgs, opts: pulumi.ResourceOptions
) -> consumption.Budget:
    """A budget on a scope (``/subscriptions/…``). Raises `ArgumentError` where Azure would refuse it."""
    alerts = sorted(set(args.alerts))
    if not args.contacts:
        raise ArgumentError(f"{name}: a budget needs somebody who hears of it; give `contacts`")
    if len(alerts) + bool(args.forecast) > 5 or not all(0 < a <= 1000 for a in alerts):
        raise ArgumentError(f"{name}: a budget has at most five alerts, each from 1 to 1000 percent; found {alerts}")
    notifications = {f"actual-{a}": _notification(args, a, "Actual") for a in alerts}
    if args.forecast:
        notifications[f"forecast-{args.forecast}"] = _notification(args, args.forecast, "Forecasted")
    start = args.start or datetime.now(tz=UTC).strftime("%Y-%m-01")
    # Azure takes no start in the past and lets none be changed: the month of the making is kept.
    keep = pulumi.ResourceOptions(ignore_changes=[] if args.start else ["timePeriod"])
    return consumption.Budget(
        name,
        scope=scope,
        budget_name="monthly",
        amount=args.monthly,
        category=consumption.CategoryType.COST,
        time_grain=consumption.TimeGrainType.MONTHLY,
        time_period=consumption.BudgetTimePeriodArgs(start_date=f"{start}T00:00:00Z"),
        notifications=notifications,
        opts=pulumi.ResourceOptions.merge(opts, keep),
    )


def _notification(args: BudgetArgs, threshold: int, kind: str) -> consumption.NotificationArgs:
    return consumption.NotificationArgs(
        enabled=True,
        operator=consumption.OperatorType.GREATER_THAN_OR_EQUAL_TO,
        threshold=threshold,
        threshold_type=kind,
        contact_emails=list(args.contacts),
        locale="nl-nl",
    )
