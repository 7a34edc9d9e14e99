"""Plain rules as azure-native's argument classes."""

from collections.abc import Sequence

from pulumi_azure_native import network

from kade.components.network.rules import (
    ApplicationRule,
    NatRule,
    NetworkRule,
    Route,
    Rule,
    RuleCollection,
    SecurityRule,
)


def security_rule(rule: SecurityRule) -> network.SecurityRuleArgs:
    """A security group's rule; one address or port goes into the singular property, several into the plural one."""
    source, sources = _one_or_many(rule.sources)
    destination, destinations = _one_or_many(rule.destinations)
    port, ports = _one_or_many(rule.ports)
    return network.SecurityRuleArgs(
        name=rule.name,
        priority=rule.priority,
        direction=rule.direction,
        access=rule.access,
        protocol=rule.protocol,
        source_port_range="*",
        source_address_prefix=source,
        source_address_prefixes=sources,
        destination_address_prefix=destination,
        destination_address_prefixes=destinations,
        destination_port_range=port,
        destination_port_ranges=ports,
        description=rule.description or None,
    )


def route(made: Route) -> network.RouteArgs:
    """A route table's route."""
    return network.RouteArgs(
        name=made.name,
        address_prefix=made.prefix,
        next_hop_type=made.type,
        next_hop_ip_address=made.next_hop or None,
    )


def collection(
    made: RuleCollection,
) -> network.FirewallPolicyFilterRuleCollectionArgs | network.FirewallPolicyNatRuleCollectionArgs:
    """A firewall policy's rule collection."""
    rules = [_rule(r) for r in made.rules]
    if made.action == "DNAT":
        return network.FirewallPolicyNatRuleCollectionArgs(
            rule_collection_type="FirewallPolicyNatRuleCollection",
            name=made.name,
            priority=made.priority,
            action=network.FirewallPolicyNatRuleCollectionActionArgs(type="DNAT"),
            rules=rules,
        )
    return network.FirewallPolicyFilterRuleCollectionArgs(
        rule_collection_type="FirewallPolicyFilterRuleCollection",
        name=made.name,
        priority=made.priority,
        action=network.FirewallPolicyFilterRuleCollectionActionArgs(type=made.action),
        rules=rules,
    )


def _rule(rule: Rule) -> network.NetworkRuleArgs | network.ApplicationRuleArgs | network.NatRuleArgs:
    description = rule.description or None
    if isinstance(rule, NetworkRule):
        return network.NetworkRuleArgs(
            rule_type="NetworkRule",
            name=rule.name,
            description=description,
            source_addresses=list(rule.sources),
            ip_protocols=list(rule.protocols),
            destination_addresses=list(rule.destinations) or None,
            destination_fqdns=list(rule.fqdns) or None,
            destination_ports=list(rule.ports),
        )
    if isinstance(rule, ApplicationRule):
        return network.ApplicationRuleArgs(
            rule_type="ApplicationRule",
            name=rule.name,
            description=description,
            source_addresses=list(rule.sources),
            protocols=[
                network.FirewallPolicyRuleApplicationProtocolArgs(protocol_type=kind, port=port)
                for kind, port in rule.protocols
            ],
            target_fqdns=list(rule.fqdns) or None,
            fqdn_tags=list(rule.fqdn_tags) or None,
        )
    return _nat_rule(rule, description)


def _nat_rule(rule: NatRule, description: str | None) -> network.NatRuleArgs:
    return network.NatRuleArgs(
        rule_type="NatRule",
        name=rule.name,
        description=description,
        source_addresses=list(rule.sources),
        destination_addresses=list(rule.destinations),
        ip_protocols=list(rule.protocols),
        destination_ports=list(rule.ports),
        translated_address=rule.translated_address,
        translated_port=rule.translated_port,
    )


def _one_or_many(values: Sequence[str]) -> tuple[str | None, list[str] | None]:
    return (values[0], None) if len(values) == 1 else (None, list(values))
