"""What every part of the connectivity layer needs: the estate, its plan, names, tags, providers, other stacks."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_azure_native as azure_native
from pulumi_azure_native import resources

from kade.components.naming import Naming
from kade.components.network.plan import AddressPlan
from kade.estate import Estate
from kade.facts.locations import region as region_named
from kade.stacks.common import names_of, tags_of, tenant_of
from kade.stacks.connectivity_flow_logs import FlowLogs
from kade.stacks.references import References, found_in


class Context:
    """One run of the layer in one environment."""

    def __init__(self, estate: Estate, environment: str, plan: AddressPlan) -> None:
        self.estate = estate
        self.environment = environment
        self.plan = plan
        self._providers: dict[str, azure_native.Provider] = {}
        self._groups: dict[tuple[str, str, str], resources.ResourceGroup] = {}
        self._references = References(estate.name)
        self.flow_logs = FlowLogs(self)
        self.ddos_plan_id: pulumi.Input[str] | None = None
        """The plan that protects every network; set where production makes it, read from its stack elsewhere."""
        if not self.production and estate.network.ddos == "plan":
            self.ddos_plan_id = self.output("connectivity", "ddosPlanId")

    @property
    def production(self) -> bool:
        """Whether this is the environment that has the hubs."""
        return self.environment == self.estate.production

    def names(self, region: str) -> Naming:
        """Names for things in a region."""
        return names_of(self.estate, self.environment, region)

    def tags(self, subscription: str) -> dict[str, str]:
        """Tags for what is made in a subscription."""
        return tags_of(self.estate, self.environment, subscription)

    def zones(self, region: str) -> tuple[str, ...]:
        """The availability zones to use in a region; none where it has none, or the environment wants none."""
        wanted = self.estate.environments[self.environment].zones and region_named(region).zones
        return ("1", "2", "3") if wanted else ()

    def output(self, layer: str, name: str) -> pulumi.Output[Any]:
        """An output of a layer of production, as it stands or as it is not known yet."""
        return self._references.output(self.estate.production, layer, name)

    def workspace(self) -> pulumi.Output[str] | None:
        """The workspace that takes logs: an existing one by its id, or the one that the platform layer makes."""
        logging = self.estate.logging
        if not logging.diagnostics:
            return None
        if logging.workspace.ownership != "managed":
            return pulumi.Output.from_input(logging.workspace.id) if logging.workspace.id else None
        return self.output("platform", "workspaceId")

    def provider(self, subscription: str) -> azure_native.Provider:
        """The provider of one subscription; its id is in the estate, or comes from the platform layer that made it."""
        if subscription not in self._providers:
            id_: Any = self.estate.subscriptions[subscription].id
            if id_ is None:
                id_ = found_in(self.output("platform", "subscriptions"), subscription)
            self._providers[subscription] = azure_native.Provider(
                f"subscription-{subscription}", subscription_id=id_, tenant_id=tenant_of(self.estate, subscription)
            )
        return self._providers[subscription]

    def group(self, subscription: str, region: str, workload: str) -> resources.ResourceGroup:
        """The resource group for a workload in a subscription and region; one is made for each."""
        key = (subscription, region, workload)
        if key not in self._groups:
            self._groups[key] = resources.ResourceGroup(
                f"{workload}-{region}-group",
                resource_group_name=self.names(region).of("resource_group", workload),
                location=region,
                tags=self.tags(subscription),
                opts=pulumi.ResourceOptions(provider=self.provider(subscription)),
            )
        return self._groups[key]
