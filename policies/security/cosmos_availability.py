"""Cosmos DB accounts, MongoDB clusters and Cassandra clusters: zones, backup, and logins to clusters."""

from __future__ import annotations

from collections.abc import Iterator

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule, sift
from kade.policies.security.cosmos import ACCOUNT, capabilities
from kade.policies.security.database_firewall import is_closed
from kade.policies.security.zones import has_zones, needs_zones

MONGO = ["azure-native:cosmosdb:MongoCluster", "azure-native:mongocluster:MongoCluster"]
CASSANDRA = "azure-native:cosmosdb:CassandraDataCenter"


@rule(
    "kade-cosmos-zone-redundant",
    "Cosmos DB accounts survive the loss of an availability zone",
    severity="low",
    types=[ACCOUNT],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Cosmos.AvailabilityZone"],
    remediation="Set isZoneRedundant of each of the locations to true; a location that exists has to be added anew.",
    absent="Azure keeps a location in one zone",
    passes=[
        {"locations": [{"locationName": "West Europe", "isZoneRedundant": True}]},
        {"locations": [{"locationName": "France South"}]},
    ],
    fails=[{"locations": [{"locationName": "westeurope"}, {"locationName": "northeurope", "isZoneRedundant": True}]}],
)
def zone_redundant(account: Resource) -> Iterator[str]:
    def in_one_zone(place: Node) -> bool:
        return not place.flag("isZoneRedundant", default=False) and has_zones(place.text("locationName"))

    for place in sift(account.items("locations"), in_one_zone):
        yield f"isZoneRedundant of {place.text('locationName')} is not true"


@rule(
    "kade-cosmos-continuous-backup",
    "Cosmos DB accounts can be restored to any moment of the last week",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.13.01", "8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Cosmos.ContinuousBackup"],
    remediation="Set backupPolicy.type to Continuous, with the tier Continuous7Days or Continuous30Days.",
    absent="Azure makes a copy each four hours, keeps two, and restores only on request",
    passes=[{"backupPolicy": {"type": "Continuous", "continuousModeProperties": {"tier": "Continuous7Days"}}}],
    fails=[{"backupPolicy": {"type": "Periodic"}}, {}],
    not_applicable=[{"capabilities": [{"name": "EnableCassandra"}]}],
)
def continuous_backup(account: Resource) -> Result:
    if "enablecassandra" in capabilities(account):
        not_applicable("the API for Cassandra has no continuous backup")
    if not account.is_("backupPolicy.type", "Continuous"):
        return "backupPolicy.type is not Continuous"
    return None


@rule(
    "kade-cosmos-service-level",
    "Cosmos DB accounts have a service level",
    severity="low",
    types=[ACCOUNT],
    measures=["8.13.02", "5.22.01"],
    nis2="21(2)(c)",
    psrule=["Azure.Cosmos.SLA"],
    remediation="Make the account with enableFreeTier false.",
    absent="Azure makes an account that is paid for",
    passes=[{"enableFreeTier": False}, {}],
    fails=[{"enableFreeTier": True}],
)
def service_level(account: Resource) -> Result:
    if account.flag("enableFreeTier", default=False):
        return "enableFreeTier is true: the free tier is for trying out"
    return None


@rule(
    "kade-cosmos-mongo-entra-login",
    "MongoDB clusters accept identities of Entra ID",
    severity="high",
    types=MONGO,
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Cosmos.MongoEntraID"],
    remediation="Add MicrosoftEntraID to authConfig.allowedModes, and take NativeAuth out when nobody needs it.",
    absent="Azure accepts MongoDB's own logins only",
    passes=[Example({"properties": {"authConfig": {"allowedModes": ["MicrosoftEntraID"]}}}, type=MONGO[1])],
    fails=[{"authConfig": {"allowedModes": ["NativeAuth"]}}, {}],
)
def mongo_entra_login(cluster: Resource) -> Result:
    if "microsoftentraid" not in cluster.words("authConfig.allowedModes"):
        return "authConfig.allowedModes has no MicrosoftEntraID"
    return None


@rule(
    "kade-cosmos-mongo-zone-redundant",
    "MongoDB clusters survive the loss of an availability zone",
    severity="low",
    types=MONGO,
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Cosmos.MongoAvailabilityZone"],
    remediation="Set highAvailability.targetMode to ZoneRedundantPreferred.",
    absent="Azure runs one copy",
    passes=[Example({"properties": {"highAvailability": {"targetMode": "ZoneRedundantPreferred"}}}, type=MONGO[1])],
    fails=[{"highAvailability": {"targetMode": "SameZone"}}, {"location": "westeurope"}],
    not_applicable=[{"location": "ukwest"}],
)
def mongo_zone_redundant(cluster: Resource) -> Result:
    if cluster.is_("highAvailability.targetMode", "ZoneRedundantPreferred"):
        return None
    needs_zones(cluster)
    return f"highAvailability.targetMode is {cluster.text('highAvailability.targetMode', 'not set')}"


@rule(
    "kade-cosmos-mongo-no-public-access",
    "MongoDB clusters cannot be reached from the internet",
    severity="high",
    types=MONGO,
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access, from the addresses in the firewall rules",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, Example({"properties": {}}, type=MONGO[1])],
)
def mongo_no_public_access(cluster: Resource) -> Result:
    if not is_closed(cluster):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-cosmos-cassandra-zone-redundant",
    "Datacenters of managed Cassandra survive the loss of an availability zone",
    severity="low",
    types=[CASSANDRA],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.MICassandra.AvailabilityZone"],
    remediation="Set properties.availabilityZone to true, at creation.",
    absent="Azure spreads the nodes over no zones",
    passes=[{"properties": {"availabilityZone": True, "dataCenterLocation": "westeurope"}}],
    fails=[{"properties": {"availabilityZone": False, "dataCenterLocation": "westeurope"}}, {"properties": {}}],
    not_applicable=[{"properties": {"dataCenterLocation": "norwaywest"}}],
)
def cassandra_zone_redundant(center: Resource) -> Result:
    if center.flag("availabilityZone", default=False):
        return None
    place = center.text("dataCenterLocation")
    if place and not has_zones(place):
        not_applicable(f"no availability zones are known in {place}")
    return "properties.availabilityZone is not true"
