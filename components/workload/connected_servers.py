"""Servers that stay on site and are seen from Azure: where they are listed, who may connect them, when they are
patched.

The servers themselves are connected by their administrator (``azcmagent connect``): Azure knows them only from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import hybridcompute, maintenance, resources

from kade.components.arguments import normalise
from kade.components.landing_zone.roles import assign_role
from kade.components.naming import Naming
from kade.components.workload.maintenance_window import WindowArgs, make_window


@dataclass
class ConnectedServersArgs:
    """Arguments of `ConnectedServers`."""

    names: Naming
    workload: str
    location: str
    operators: Mapping[str, str] = field(default_factory=dict)
    """Groups that may connect servers, by a short key: object ids."""
    window: WindowArgs | None = None
    """When updates are installed on every server that is connected here; they are not without one."""
    os_types: Sequence[str] = ("Windows", "Linux")
    """Which of them are patched."""
    tags: Mapping[str, str] = field(default_factory=dict)


class ConnectedServers(pulumi.ComponentResource):
    """A resource group for servers of Azure Arc, closed to the internet: who may connect them, and their patches."""

    resource_group_name: pulumi.Output[str]
    scope_id: pulumi.Output[str]
    """The private link scope, which a server is connected with."""

    def __init__(
        self,
        name: str,
        args: ConnectedServersArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ConnectedServersArgs, args)
        super().__init__("kade:index:ConnectedServers", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.group = resources.ResourceGroup(
            f"{name}-group",
            resource_group_name=args.names.of("resource_group", f"{args.workload}-arc"),
            location=args.location,
            tags=args.tags,
            opts=here,
        )
        self.scope = hybridcompute.PrivateLinkScope(
            f"{name}-scope",
            resource_group_name=self.group.name,
            scope_name=f"arc-{args.workload}",
            location=args.location,
            properties=hybridcompute.HybridComputePrivateLinkScopePropertiesArgs(public_network_access="Disabled"),
            tags=args.tags,
            opts=here,
        )
        self.operators = [
            assign_role(
                f"{name}-{key}",
                scope=self.group.id,
                role="Azure Connected Machine Onboarding",
                principal_id=principal,
                principal_type="Group",
                description="Connects servers that stay on site",
                opts=here,
            )
            for key, principal in args.operators.items()
        ]
        self.patches = None
        if args.window is not None:
            window = make_window(self, name, args.names, args.workload, self.group.name, args.location, args.window)
            self.patches = maintenance.ConfigurationAssignmentsForResourceGroup(
                f"{name}-patches",
                resource_group_name=self.group.name,
                configuration_assignment_name="updates",
                location=args.location,
                maintenance_configuration_id=window.id,
                filter=maintenance.ConfigurationAssignmentFilterPropertiesArgs(
                    resource_types=["Microsoft.HybridCompute/machines"], os_types=list(args.os_types)
                ),
                opts=here,
            )
        self.resource_group_name = self.group.name
        self.scope_id = self.scope.id
        self.register_outputs({"resourceGroupName": self.resource_group_name, "scopeId": self.scope_id})
