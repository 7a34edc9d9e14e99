"""Rules read back from the properties of resources, as they would go to Azure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kade.components.network.rules import (
    ApplicationRule,
    NatRule,
    NetworkRule,
    Route,
    Rule,
    RuleCollection,
    RuleCollectionGroup,
    SecurityRule,
)

NOT_KNOWN = "not known"
Properties = Mapping[str, Any]


def read_security_rules(group: Properties) -> list[SecurityRule]:
    """The rules of a network security group."""
    return [
        SecurityRule(
            rule["name"],
            int(rule["priority"]),
            rule["direction"],
            rule["access"],
            rule["protocol"],
            _one_and_many(rule, "sourceAddressPrefix", "sourceAddressPrefixes"),
            _one_and_many(rule, "destinationAddressPrefix", "destinationAddressPrefixes"),
            _one_and_many(rule, "destinationPortRange", "destinationPortRanges"),
            rule.get("description") or "",
        )
        for rule in group.get("securityRules") or []
    ]


def read_routes(table: Properties) -> list[Route]:
    """The routes of a route table."""
    return [
        Route(r["name"], r["addressPrefix"], r["nextHopType"], _texts([r.get("nextHopIpAddress") or ""])[0])
        for r in table.get("routes") or []
    ]


def read_group(group: Properties) -> RuleCollectionGroup:
    """A rule collection group of a firewall policy."""
    collections = [
        RuleCollection(c["name"], int(c["priority"]), c["action"]["type"], [_rule(r) for r in c.get("rules") or []])
        for c in group.get("ruleCollections") or []
    ]
    return RuleCollectionGroup(
        group.get("name") or group["ruleCollectionGroupName"], int(group["priority"]), collections
    )


def _rule(rule: Properties) -> Rule:
    name, description = rule["name"], rule.get("description") or ""
    sources = _texts(rule.get("sourceAddresses"))
    if rule["ruleType"] == "NetworkRule":
        return NetworkRule(
            name,
            sources,
            _texts(rule["ipProtocols"]),
            _texts(rule["destinationPorts"]),
            _texts(rule.get("destinationAddresses")),
            _texts(rule.get("destinationFqdns")),
            description,
        )
    if rule["ruleType"] == "ApplicationRule":
        protocols = tuple((p["protocolType"], int(p["port"])) for p in rule["protocols"])
        fqdns, tags = _texts(rule.get("targetFqdns")), _texts(rule.get("fqdnTags"))
        return ApplicationRule(name, sources, protocols, fqdns, tags, description)
    return NatRule(
        name,
        sources,
        _texts(rule["destinationAddresses"]),
        _texts(rule["ipProtocols"]),
        _texts(rule["destinationPorts"]),
        *_texts([rule["translatedAddress"], rule["translatedPort"]]),
        description,
    )


def _one_and_many(rule: Properties, one: str, many: str) -> tuple[str, ...]:
    single = rule.get(one)
    return _texts([*([single] if single is not None else []), *(rule.get(many) or [])])


def _texts(values: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(v if isinstance(v, str) else NOT_KNOWN for v in values or [])
