"""Names of resources: one pattern, the Cloud Adoption Framework's abbreviations, and Azure's rule for each type.

Abbreviations: Microsoft Learn, Cloud Adoption Framework, "Abbreviation recommendations for Azure resources" (read
2026-11-25); what is not on that page is marked. A literal name always wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kade.facts.azure_names import NameRule, name_rule

DEFAULT_PATTERN = "{type}-{organisation}-{workload}-{environment}-{region}-{instance}"

ABBREVIATIONS: dict[str, str] = {
    "action_group": "ag",
    "application_gateway": "agw",
    "bastion": "bas",
    "connection": "con",
    "ddos_plan": "ddos",  # ours
    "dns_forwarding_ruleset": "dnsfrs",
    "dns_resolver": "dnspr",
    "express_route_circuit": "erc",
    "firewall": "afw",
    "firewall_policy": "afwp",
    "flow_log": "fl",  # ours
    "key_vault": "kv",
    "local_network_gateway": "lgw",
    "log_analytics_workspace": "log",
    "nat_gateway": "ng",
    "network_security_group": "nsg",
    "peering": "peer",
    "private_endpoint": "pep",
    "public_ip": "pip",
    "recovery_services_vault": "rsv",
    "resource_group": "rg",
    "route_table": "rt",
    "storage_account": "st",
    "subnet": "snet",
    "user_assigned_identity": "id",
    "virtual_machine": "vm",
    "virtual_network": "vnet",
    "virtual_network_gateway": "vgw",
    "web_application_firewall_policy": "waf",
}


class NamingError(ValueError):
    """A name that Azure would refuse, or a type without an abbreviation: what it is, and the remedy."""


@dataclass(frozen=True)
class Naming:
    """Makes names of a pattern's parts. ``region`` is the short code that stands in names (``weu``).

    ``code`` stands for the organisation in names with little room, which take no hyphens. ``types`` holds abbreviations
    that differ; ``literal`` holds names by ``<kind>/<workload>``, which win.
    """

    organisation: str
    environment: str
    region: str
    pattern: str = DEFAULT_PATTERN
    instance: str = "001"
    code: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    literal: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str, workload: str, instance: str = "") -> str:
        """The name of a resource of that kind (`kade.facts.azure_names`) for a workload.

        Raises `NamingError` where the result is too long for its type or has a character that it does not take.
        """
        rule = name_rule(kind)
        name = self.literal.get(f"{kind}/{workload}") or self._made(rule, kind, workload, instance or self.instance)
        if wrong := rule.broken(name):
            raise NamingError(f"{wrong}; give a shorter workload, or a literal name for {kind}/{workload}")
        return name

    def _made(self, rule: NameRule, kind: str, workload: str, instance: str) -> str:
        abbreviation = self.types.get(kind) or ABBREVIATIONS.get(kind)
        if abbreviation is None:
            raise NamingError(f"there is no abbreviation for {kind}; give one in `types`, or a literal name")
        hyphens = re.fullmatch(rule.pattern, "a-a") is not None
        parts = {
            "type": abbreviation,
            "organisation": self.organisation if hyphens else self.code or self.organisation,
            "workload": workload,
            "environment": self.environment,
            "region": self.region,
            "instance": instance,
        }
        name = self.pattern
        for part, value in parts.items():
            name = name.replace("{" + part + "}", value)
        name = re.sub(r"-{2,}", "-", name).strip("-")
        return name if hyphens else name.replace("-", "").lower()
