"""What a stack of a service needs of its estate, whatever its kind: names, providers, and what other layers made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_azure_native as azure_native

from kade.components.naming import Naming
from kade.estate import Estate
from kade.facts.private_link import private_link_zones
from kade.stacks.common import StackError, asked_of_partner, names_of, tenant_of
from kade.stacks.connectivity_dns import wanted_services
from kade.stacks.protection import zones_in
from kade.stacks.references import References, found_in


class LayerContext:
    """One run of a layer in one environment."""

    def __init__(self, estate: Estate, environment: str) -> None:
        self.estate = estate
        self.environment = environment
        self._providers: dict[str, azure_native.Provider] = {}
        self._references = References(estate.name)

    def names(self, region: str) -> Naming:
        """Names for things in a region."""
        return names_of(self.estate, self.environment, region)

    def zones(self, region: str) -> tuple[str, ...]:
        """The availability zones to use; none where the region has none, or the environment wants none."""
        return ("1", "2", "3") if zones_in(self.estate, self.environment, region) else ()

    def output(self, layer: str, name: str, *, part: str = "", production: bool = False) -> pulumi.Output[Any]:
        """An output of a stack of this environment, or of production."""
        return self._references.output(self.estate.production if production else self.environment, layer, name, part)

    def workspace(self) -> pulumi.Output[str] | None:
        """The workspace that takes logs: an existing one by its id, or the one that the platform layer makes."""
        logging = self.estate.logging
        if not logging.diagnostics:
            return None
        if logging.workspace.ownership != "managed":
            return pulumi.Output.from_input(logging.workspace.id) if logging.workspace.id else None
        return self.output("platform", "workspaceId", production=True)

    def action_groups(self, severity: int) -> list[pulumi.Output[str]]:
        """Who hears of an alert of that severity (0 is critical, 4 is not)."""
        logging = self.estate.logging
        if not logging.alerts:
            return []
        made = self.output("platform", "actionGroups", production=True)
        wanted = [key for key, group in logging.action_groups.items() if severity in group.severity]
        return [found_in(made, key) for key in wanted]

    def options(self, subscription: str) -> pulumi.ResourceOptions:
        """Options with the provider of a subscription. StackError where it is not there and is not ours to make."""
        if subscription not in self._providers:
            if asked_of_partner(self.estate, subscription):
                raise StackError(
                    f"subscriptions.{subscription}: it is not there yet, so nothing can be made in it. "
                    "The platform layer's preview prints the request for the partner; put its id into the estate file"
                )
            id_: Any = self.estate.subscriptions[subscription].id
            if id_ is None:
                id_ = found_in(self.output("platform", "subscriptions", production=True), subscription)
            self._providers[subscription] = azure_native.Provider(
                f"subscription-{subscription}", subscription_id=id_, tenant_id=tenant_of(self.estate, subscription)
            )
        return pulumi.ResourceOptions(provider=self._providers[subscription])

    def subnet(self, spoke: str, name: str) -> pulumi.Output[str]:
        """The id of a subnet of a spoke."""
        record = self.estate.network.spokes[spoke]
        if record.ownership != "managed":
            return pulumi.Output.from_input(f"{record.id}/subnets/{record.subnets[name].name or name}")
        return found_in(self.output("connectivity", "spokes"), spoke, "subnetIds", name)

    def dns_zones(self, region: str, services: tuple[str, ...]) -> Mapping[str, pulumi.Input[str]]:
        """The private DNS zones of some services that are ours to write in, by name."""
        if self.estate.network.private_dns.ownership != "managed":
            return {}
        wanted = wanted_services(self.estate)
        names = [private_link_zones(region, [s])[-1].name for s in services if wanted is None or s in wanted]
        made = self.output("connectivity", "privateDnsZones", production=True)
        return {name: found_in(made, name) for name in names}
