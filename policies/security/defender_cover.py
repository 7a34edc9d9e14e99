"""Whether a plan of Defender covers a resource by its subscription. No rules of its own."""

from __future__ import annotations

from kade.policies.kit import Resource

PRICING = "azure-native:security:Pricing"


def covered_by_plan(resource: Resource, plan: str) -> bool:
    """Whether the same run holds the plan (``SqlServers``), switched on, for the subscription of the resource.

    Where an id of either is not known yet they are taken to share a subscription: they stand in one stack.
    """
    plans = resource.stack.resources(PRICING) if resource.stack else []
    return any(
        plan.lower() in (p.word("pricingName"), p.name.lower())
        and p.is_("pricingTier", "Standard")
        and _subscription(p) in ("", _subscription(resource) or _subscription(p))
        for p in plans
    )


def _subscription(resource: Resource) -> str:
    parts = resource.id.lower().split("/")
    return parts[2] if parts[1:2] == ["subscriptions"] and len(parts) > 2 else ""
