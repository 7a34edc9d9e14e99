"""Meters of logs, alerts, keys, protection and backup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.cost.model import Meter, Seen, always, priced

_MINUTES: Final = 730 * 60  # in a month


always(
    "operationalinsights:Workspace",
    meters=[
        Meter(
            "logs taken in", "Log Analytics", sku="Analytics Logs", meter=".*Data Ingestion", per="month", usage=True
        ),
        Meter("logs kept", "Log Analytics", sku="Analytics Logs", meter=".*Data Retention", per="month", usage=True),
    ],
)


always(
    "securityinsights:SentinelOnboardingState",
    meters=[Meter("analysis by Sentinel", "Sentinel", meter=".*Analysis", per="month", usage=True)],
)


@priced("security:Pricing")
def defender(resource: Seen) -> Iterator[Meter]:
    """A plan of Defender, by what it protects; the free ones cost nothing."""
    if resource.at("pricingTier", "Free") == "Standard":
        plan = resource.at("pricingName", "")
        yield Meter(f"Defender for {plan}", "Microsoft Defender for Cloud", per="month", usage=True)


always(
    "keyvault:Vault",
    meters=[Meter("operations on keys and secrets", "Key Vault", meter="Operations", per="month", usage=True)],
)


always("keyvault:ManagedHsm", meters=[Meter("managed HSM", "Key Vault", ".*HSM.*", meter=".*(Standard B1|HSM Pool).*")])


@priced("recoveryservices:ProtectedItem")
def protected_item(resource: Seen) -> Iterator[Meter]:
    """A machine or share that is backed up, by the size of what is in it, and what its copies take."""
    kind = str(resource.at("properties.protectedItemType", ""))
    what = "Azure VM" if "Compute" in kind or "VirtualMachine" in kind else "Azure Files"
    meter = f"{what} Protected Instances?"
    yield Meter(f"backup of {what}", "Backup", "Backup", what, meter, per="month")
    yield Meter("copies kept", "Backup", "Backup", what, ".*Data Stored", per="month", usage=True)


always(
    "applicationinsights:Component",
    meters=[Meter("measurements taken in", "Log Analytics", meter=".*Data Ingestion", per="month", usage=True)],
)


@priced("applicationinsights:WebTest")
def web_test(resource: Seen) -> Iterator[Meter]:
    """A standard test, by how often it runs and from how many places."""
    if resource.at("webTestKind", resource.at("kind", "")) not in ("standard", "Standard"):
        return
    every, places = float(resource.at("frequency", 300)) / 60, len(resource.at("locations", [])) or 1
    runs = _MINUTES / every * places
    meter = "Standard Web Test Execution"
    yield Meter("availability test", "Application Insights", meter=meter, quantity=runs, per="month")


always(
    "monitor:MetricAlert",
    "monitor:ScheduledQueryRule",
    meters=[Meter("alert rule", "Azure Monitor", meter=".*(Metric|Log|Alert).*", per="month", usage=True)],
)


always(
    "monitor:AzureMonitorWorkspace",
    meters=[Meter("metrics taken in", "Azure Monitor", meter=".*Metrics.*", per="month", usage=True)],
)


always("automation:AutomationAccount", meters=[Meter("jobs by use", "Automation", meter=".*", per="month", usage=True)])
