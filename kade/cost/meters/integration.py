"""Meters of what connects systems."""

from __future__ import annotations

from collections.abc import Iterator

from kade.cost.model import Meter, Seen, always, priced


@priced("apimanagement:ApiManagementService")
def api_management(resource: Seen) -> Iterator[Meter]:
    """API Management by its units, for each hour."""
    tier, units = resource.at("sku.name", "Developer"), float(resource.at("sku.capacity", 1))
    words = tier.replace("V2", " v2")
    yield Meter(f"API Management {tier}", "API Management", sku=words, meter=f"{words} Units?", quantity=units)


@priced("servicebus:Namespace")
def service_bus(resource: Seen) -> Iterator[Meter]:
    """Premium by its messaging units, Standard by a base and what is sent."""
    tier = resource.at("sku.name", "Standard")
    if tier == "Premium":
        units = float(resource.at("sku.capacity", 1))
        yield Meter("Service Bus Premium", "Service Bus", sku=tier, meter=".*Messaging Unit", quantity=units)
    elif tier == "Standard":
        yield Meter("Service Bus Standard", "Service Bus", sku=tier, meter=".*Base Unit")
    yield Meter("messages", "Service Bus", sku=tier, meter=".*Messaging Operations", per="month", usage=True)


always(
    "eventgrid:Topic",
    "eventgrid:SystemTopic",
    "eventgrid:Domain",
    meters=[Meter("events", "Event Grid", meter=".*Event Operations", per="month", usage=True)],
)


@priced("containerregistry:Registry")
def registry(resource: Seen) -> Iterator[Meter]:
    """A registry, for each day."""
    sku = resource.at("sku.name", "Basic")
    meter = f"{sku} Registry Unit"
    yield Meter(f"registry {sku}", "Container Registry", "Container Registry", sku, meter, per="day")


always(
    "datafactory:Factory",
    meters=[Meter("pipelines by use", "Azure Data Factory v2", meter=".*Orchestration.*", per="month", usage=True)],
)


always("logic:Workflow", meters=[Meter("workflow by use", "Logic Apps", per="month", usage=True)])
