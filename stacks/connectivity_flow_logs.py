"""Where the flow logs of an environment's networks go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from kade.components.network.flow_log_storage import FlowLogStorage, FlowLogStorageArgs
from kade.components.network.flow_logs import FlowLogArgs
from kade.facts.locations import region as region_named
from kade.stacks.references import found_in

if TYPE_CHECKING:
    from kade.stacks.connectivity_context import Context


class FlowLogs:
    """Storage by region: production makes it, the other environments read its id."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.ids: dict[str, pulumi.Output[str]] = {}

    def args(self, region: str) -> FlowLogArgs | None:
        """The flow log of a network in a region; None where the estate wants none, or has nowhere to analyse it."""
        context = self._context
        estate = context.estate
        workspace = context.workspace()
        if not estate.network.flow_logs or workspace is None:
            return None
        if region not in self.ids:
            self.ids[region] = self._storage(region)
        return FlowLogArgs(
            storage_id=self.ids[region],
            workspace_id=workspace,
            workspace_region=estate.regions.primary,
            watcher_name=f"NetworkWatcher_{region}",
            retention_days=min(estate.logging.retention["network"].total_days, 365),
        )

    def _storage(self, region: str) -> pulumi.Output[str]:
        context = self._context
        if not context.production:
            return found_in(context.output("connectivity", "flowLogStorage"), region)
        subscription = context.estate.network.subscription
        args = FlowLogStorageArgs(
            names=context.names(region),
            resource_group_name=context.group(subscription, region, "network").name,
            location=region,
            sku="Standard_ZRS" if region_named(region).zones else "Standard_LRS",
            tags=context.tags(subscription),
        )
        opts = pulumi.ResourceOptions(provider=context.provider(subscription))
        return FlowLogStorage(f"flow-logs-{region}", args, opts).id
