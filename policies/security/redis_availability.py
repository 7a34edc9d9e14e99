"""Redis caches of both kinds: zones, tiers, versions and what Azure ends; and encryption of Redis Enterprise."""

from __future__ import annotations

import re

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import is_closed
from kade.policies.security.redis_cache import CACHE
from kade.policies.security.zones import needs_zones

ENTERPRISE = "azure-native:redisenterprise:RedisEnterprise"
DATABASE = "azure-native:redisenterprise:Database"


def is_managed_redis(cluster: Resource) -> bool:
    """Whether a cluster is Azure Managed Redis, and not the Enterprise tiers that it replaces."""
    return not cluster.word("sku.name", "enterprise").startswith("enterprise")


@rule(
    "kade-redis-ending-service",
    "Redis stands on Azure Managed Redis, since Azure ends the older caches",
    severity="low",
    types=[CACHE, ENTERPRISE],
    measures=["5.22.01", "8.32.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Redis.MigrateAMR", "Azure.RedisEnterprise.MigrateAMR"],
    remediation="Plan a move to Azure Managed Redis: a RedisEnterprise with a sku.name as Balanced_B5.",
    why="Azure ends the Enterprise tiers on 31 March 2027 and Basic, Standard and Premium on 30 September 2028.",
    passes=[Example({"sku": {"name": "Balanced_B5"}}, type=ENTERPRISE)],
    fails=[{"sku": {"name": "Premium"}}, Example({"sku": {"name": "Enterprise_E10"}}, type=ENTERPRISE)],
)
def ending_service(cache: Resource) -> Result:
    if cache.type == CACHE:
        return "Azure ends Azure Cache for Redis on 30 September 2028"
    if not is_managed_redis(cache):
        return f"Azure ends sku.name {cache.text('sku.name', 'Enterprise')} on 31 March 2027"
    return None


@rule(
    "kade-redis-zones",
    "Premium Redis caches survive the loss of an availability zone",
    severity="low",
    types=[CACHE],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Redis.AvailabilityZone"],
    remediation="Set zones to at least two zones, or zonalAllocationPolicy to Automatic.",
    absent="Azure chooses, and does not tell where",
    passes=[
        {"sku": {"name": "Premium"}, "zones": ["1", "2", "3"]},
        {"sku": {"name": "Premium"}, "zonalAllocationPolicy": "Automatic"},
    ],
    fails=[{"sku": {"name": "Premium"}}, {"sku": {"name": "Premium"}, "zones": ["1"]}],
    not_applicable=[{"sku": {"name": "Standard"}}, {"sku": {"name": "Premium"}, "location": "ukwest"}],
)
def zones(cache: Resource) -> Result:
    if not cache.is_("sku.name", "Premium"):
        not_applicable("only Premium has zones to choose")
    if cache.is_("zonalAllocationPolicy", "Automatic") or len(cache.words("zones")) > 1:
        return None
    needs_zones(cache)
    return "zones has fewer than two"


@rule(
    "kade-redis-tier",
    "Redis caches have a tier with a replica and a service level",
    severity="low",
    types=[CACHE],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Redis.MinSKU"],
    remediation="Set sku.name to Standard with a capacity of at least 1, or to Premium.",
    why="Basic has one node without a replica, and C0 shares a processor with others.",
    passes=[{"sku": {"name": "Standard", "family": "C", "capacity": 1}}, {"sku": {"name": "Premium", "capacity": 1}}],
    fails=[{"sku": {"name": "Basic", "capacity": 1}}, {"sku": {"name": "Standard", "capacity": 0}}],
)
def tier(cache: Resource) -> Result:
    name = cache.text("sku.name")
    if name.lower() not in ("standard", "premium"):
        return f"sku.name is {name or 'not set'}"
    if name.lower() == "standard" and cache.number("sku.capacity", 0) < 1:
        return "sku.capacity is 0, which shares a processor with others"
    return None


@rule(
    "kade-redis-version",
    "Redis caches run Redis 6 or later",
    severity="medium",
    types=[CACHE],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Redis.Version"],
    remediation="Set redisVersion to 6 or latest.",
    absent="Azure runs the latest version",
    passes=[{"redisVersion": "latest"}, {"redisVersion": "6.0"}, {"redisVersion": "6"}, {}],
    fails=[{"redisVersion": "4.0.14"}],
)
def version(cache: Resource) -> Result:
    text = cache.text("redisVersion", "latest")
    major = re.match(r"\d+", text)
    if major and int(major[0]) < 6:
        return f"redisVersion is {text}"
    return None


@rule(
    "kade-redis-enterprise-minimum-tls",
    "Redis Enterprise and Managed Redis refuse TLS below 1.2",
    severity="high",
    types=[ENTERPRISE],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.RedisEnterprise.MinTLS"],
    remediation="Set minimumTlsVersion to 1.2.",
    absent="not told by Azure's documentation, so it counts as TLS 1.0",
    passes=[{"minimumTlsVersion": "1.2"}],
    fails=[{"minimumTlsVersion": "1.1"}, {}],
    remediate=lambda _: {"minimumTlsVersion": "1.2"},
)
def enterprise_minimum_tls(cluster: Resource) -> Result:
    if cluster.tls("minimumTlsVersion", default=1.0) < 1.2:
        return f"minimumTlsVersion is {cluster.text('minimumTlsVersion', 'absent, which may allow TLS 1.0')}"
    return None


@rule(
    "kade-redis-enterprise-zones",
    "Redis Enterprise and Managed Redis survive the loss of an availability zone",
    severity="low",
    types=[ENTERPRISE],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.RedisEnterprise.Zones"],
    remediation="Set zones to 1, 2 and 3 (Enterprise), or highAvailability to Enabled (Managed Redis).",
    absent="Azure keeps Enterprise in one zone, and spreads Managed Redis by itself",
    passes=[
        {"sku": {"name": "Enterprise_E10"}, "zones": ["1", "2", "3"]},
        {"sku": {"name": "Balanced_B5"}},
    ],
    fails=[{"sku": {"name": "Enterprise_E10"}}, {"sku": {"name": "Balanced_B5"}, "highAvailability": "Disabled"}],
    not_applicable=[{"sku": {"name": "Enterprise_E10"}, "location": "ukwest"}],
)
def enterprise_zones(cluster: Resource) -> Result:
    if is_managed_redis(cluster):
        on = cluster.flag("highAvailability", default=True)
        return None if on else "highAvailability is Disabled"
    if len(cluster.words("zones")) > 2:
        return None
    needs_zones(cluster)
    return "zones has fewer than three"


@rule(
    "kade-redis-enterprise-no-public-access",
    "Managed Redis cannot be reached from the internet",
    severity="high",
    types=[ENTERPRISE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access",
    passes=[{"sku": {"name": "Balanced_B5"}, "publicNetworkAccess": "Disabled"}],
    fails=[{"sku": {"name": "Balanced_B5"}, "publicNetworkAccess": "Enabled"}, {"sku": {"name": "Balanced_B5"}}],
    not_applicable=[{"sku": {"name": "Enterprise_E10"}}],
)
def enterprise_no_public_access(cluster: Resource) -> Result:
    if not is_managed_redis(cluster):
        not_applicable("the Enterprise tiers have no such switch; a private endpoint closes them")
    if not is_closed(cluster):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-redis-enterprise-encrypted-connections",
    "Databases of Redis Enterprise and Managed Redis accept encrypted connections only",
    severity="high",
    types=[DATABASE],
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    remediation="Set clientProtocol to Encrypted.",
    absent="Azure asks for TLS",
    passes=[{"clientProtocol": "Encrypted"}, {}],
    fails=[{"clientProtocol": "Plaintext"}],
)
def enterprise_encrypted_connections(database: Resource) -> Result:
    if database.is_("clientProtocol", "Plaintext"):
        return "clientProtocol is Plaintext"
    return None
