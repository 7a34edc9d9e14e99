"""Azure Managed Grafana."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, not_applicable, rule
from kade.policies.security.zones import needs_zones

GRAFANA = "azure-native:dashboard:Grafana"


@rule(
    "kade-grafana-version",
    "Grafana is of a version that gets fixes",
    severity="medium",
    types=[GRAFANA],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Grafana.Version"],
    remediation="Set grafanaMajorVersion to 11 or newer.",
    absent="Azure takes its newest",
    passes=[{"properties": {"grafanaMajorVersion": "11"}}, {"properties": {}}],
    fails=[{"properties": {"grafanaMajorVersion": "10"}}],
)
def grafana_version(grafana: Resource) -> Result:
    if (version := grafana.number("grafanaMajorVersion", 11)) < 11:
        return f"grafanaMajorVersion is {version:g}"
    return None


@rule(
    "kade-grafana-zones",
    "Grafana is spread over availability zones",
    severity="low",
    types=[GRAFANA],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Grafana.AvailabilityZone"],
    remediation="Make a new workspace with zoneRedundancy Enabled; it cannot be changed afterwards.",
    absent="Azure keeps it in one zone",
    passes=[{"location": "westeurope", "properties": {"zoneRedundancy": "Enabled"}}],
    fails=[{"location": "westeurope", "properties": {"zoneRedundancy": "Disabled"}}, {"properties": {}}],
    not_applicable=[{"location": "westus", "properties": {}}, {"sku": {"name": "Essential"}, "properties": {}}],
)
def grafana_zones(grafana: Resource) -> Result:
    needs_zones(grafana)
    if grafana.is_("sku.name", "Essential"):
        not_applicable("the tier Essential knows no zones")
    if not grafana.flag("zoneRedundancy", default=False):
        return "zoneRedundancy is not Enabled"
    return None


@rule(
    "kade-grafana-no-keys",
    "Grafana gives out no keys",
    severity="medium",
    types=[GRAFANA],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(j)",
    remediation="Set apiKey to Disabled.",
    absent="Azure gives out none",
    passes=[{"properties": {"apiKey": "Disabled"}}, {"properties": {}}],
    fails=[{"properties": {"apiKey": "Enabled"}}],
)
def grafana_no_keys(grafana: Resource) -> Result:
    if grafana.is_("apiKey", "Enabled"):
        return "apiKey is Enabled"
    return None
