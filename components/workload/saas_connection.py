"""A service that is bought: the way out to its names, and nothing else of it stands with us."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import ArgumentError, normalise
from kade.components.network.azure_rules import collection
from kade.components.network.rules import ApplicationRule, RuleCollection

PRIORITIES = (30000, 50000)
"""Rule collection groups of bought services: after those of the flow matrix, before what denies the rest (60000)."""


@dataclass
class SaasServiceArgs:
    """One bought service."""

    key: str
    """A short key."""
    endpoints: Sequence[str]
    """Names that are reached, over HTTPS only."""
    title: str = ""
    """What it is, shown with its rule."""


@dataclass
class SaasConnectionArgs:
    """Arguments of `SaasConnection`."""

    policy_name: pulumi.Input[str]
    """The firewall policy."""
    resource_group_name: pulumi.Input[str]
    """Its resource group."""
    group_name: str
    """The name of the rule collection group."""
    priority: int
    """Its priority, other than that of any other group of the policy."""
    sources: Sequence[str]
    """Address ranges that may go out to them."""
    services: Sequence[SaasServiceArgs]
    """The services."""


class SaasConnection(pulumi.ComponentResource):
    """A group of firewall rules by name, one for each service."""

    group_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: SaasConnectionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(SaasConnectionArgs, args)
        low, high = PRIORITIES
        if not low <= args.priority < high:
            raise ArgumentError(f"{name}: priority is {args.priority}; for bought services it is {low} to {high - 1}")
        if not args.services:
            raise ArgumentError(f"{name}: no services; leave the component out")
        super().__init__("kade:index:SaasConnection", name, None, opts)
        rules = [
            ApplicationRule(
                name=item.key,
                sources=list(args.sources),
                fqdns=list(item.endpoints),
                protocols=[("Https", 443)],
                description=item.title,
            )
            for item in args.services
        ]
        self.group = network.FirewallPolicyRuleCollectionGroup(
            f"{name}-rules",
            resource_group_name=args.resource_group_name,
            firewall_policy_name=args.policy_name,
            rule_collection_group_name=args.group_name,
            priority=args.priority,
            rule_collections=[collection(RuleCollection("diensten", 1000, "Allow", rules))],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.group_id = self.group.id
        self.register_outputs({"groupId": self.group_id})
