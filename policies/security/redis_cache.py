"""Azure Cache for Redis: access, logins and encryption."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import (
    ANY,
    LAST,
    is_closed,
    let_in,
    open_to_internet,
    rules_of,
    too_many_addresses,
    too_many_rules,
)

CACHE = "azure-native:redis:Redis"
FIREWALLS = ("azure-native:redis:FirewallRule", "azure-native:redis:RedisFirewallRule")


_let_in = partial(let_in, FIREWALLS[0])


def firewall_of(cache: Resource) -> list[Resource]:
    """The firewall rules of a cache; in a subnet they do not decide who may connect."""
    if cache.refers("subnetId"):
        not_applicable("the cache stands in a subnet, whose security group decides")
    return rules_of(cache, *FIREWALLS)


@rule(
    "kade-redis-minimum-tls",
    "Redis caches refuse TLS below 1.2",
    severity="high",
    types=[CACHE],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.Redis.MinTLS"],
    remediation="Set minimumTlsVersion to 1.2.",
    why="NCSC counts TLS 1.0 and 1.1 as insufficient; one old client may then lower the connection of all.",
    absent="a cache made before 1.2 became the default keeps accepting TLS 1.0, so absent counts as that",
    passes=[{"minimumTlsVersion": "1.2"}],
    fails=[{"minimumTlsVersion": "1.0"}, {}],
    remediate=lambda _: {"minimumTlsVersion": "1.2"},
)
def minimum_tls(cache: Resource) -> Result:
    if cache.tls("minimumTlsVersion", default=1.0) < 1.2:
        return f"minimumTlsVersion is {cache.text('minimumTlsVersion', 'absent, which may allow TLS 1.0')}"
    return None


@rule(
    "kade-redis-encrypted-connections",
    "Redis caches accept encrypted connections only",
    severity="high",
    types=[CACHE],
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    psrule=["Azure.Redis.NonSslPort"],
    remediation="Set enableNonSslPort to false.",
    absent="Azure closes the port for connections without TLS",
    passes=[{"enableNonSslPort": False}, {}],
    fails=[{"enableNonSslPort": True}],
    remediate=lambda _: {"enableNonSslPort": False},
)
def encrypted_connections(cache: Resource) -> Result:
    if cache.flag("enableNonSslPort", default=False):
        return "enableNonSslPort is true"
    return None


@rule(
    "kade-redis-no-public-access",
    "Redis caches cannot be reached from the internet",
    severity="high",
    types=[CACHE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Redis.PublicNetworkAccess"],
    checkov=["CKV_AZURE_89"],
    remediation="Set publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
    not_applicable=[{"subnetId": "/subscriptions/s/resourceGroups/g/providers/p/virtualNetworks/v/subnets/redis"}],
)
def no_public_access(cache: Resource) -> Result:
    if cache.refers("subnetId"):
        not_applicable("the cache stands in a subnet, and has no public endpoint")
    if not is_closed(cache):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-redis-entra-login",
    "Redis caches accept identities of Entra ID",
    severity="high",
    types=[CACHE],
    measures=["5.16.02", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Redis.EntraID"],
    remediation="Set redisConfiguration.aadEnabled to true, and give applications an AccessPolicyAssignment.",
    absent="Azure accepts keys only",
    passes=[{"redisConfiguration": {"aadEnabled": "true"}}, {"redisConfiguration": {"aad-enabled": "True"}}],
    fails=[{"redisConfiguration": {"aadEnabled": "false"}}, {}],
)
def entra_login(cache: Resource) -> Result:
    settings = cache.node("redisConfiguration")
    if not settings.flag(
        "aadEnabled", default=settings.flag("aad-enabled", default=False)
    ):  # Azure's own name has a dash
        return "redisConfiguration.aadEnabled is not true"
    return None


@rule(
    "kade-redis-no-keys",
    "Redis caches accept no keys",
    severity="medium",
    types=[CACHE],
    measures=["5.16.02", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Redis.LocalAuth"],
    remediation="Set disableAccessKeyAuthentication to true once applications use their managed identity.",
    why="A key gives everything in the cache to whoever holds it, without a trace of who that is.",
    absent="Azure accepts keys",
    passes=[{"disableAccessKeyAuthentication": True}],
    fails=[{"disableAccessKeyAuthentication": False}, {}],
)
def no_keys(cache: Resource) -> Result:
    if not cache.flag("disableAccessKeyAuthentication", default=False):
        return "disableAccessKeyAuthentication is not true"
    return None


@rule(
    "kade-redis-login-required",
    "Redis caches ask who connects",
    severity="critical",
    types=[CACHE],
    measures=["5.15.01", "5.17.01"],
    nis2="21(2)(i)",
    remediation="Take redisConfiguration.authnotrequired out.",
    absent="Azure asks for a key or a token",
    passes=[{"redisConfiguration": {"authnotrequired": "false"}}, {}],
    fails=[{"redisConfiguration": {"authnotrequired": "true"}}],
)
def login_required(cache: Resource) -> Result:
    if cache.flag("redisConfiguration.authnotrequired", default=False):
        return "redisConfiguration.authnotrequired is true, so nobody has to log in"
    return None


@rule(
    "kade-redis-not-open-to-internet",
    "No firewall rule of a Redis cache lets the whole internet in",
    severity="critical",
    types=[CACHE, *FIREWALLS],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Remove the firewall rule, and name the addresses that may connect or use a private endpoint.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")]), {}],
    fails=[
        _let_in(ANY, LAST),
        Example({}, children=[_let_in(ANY, LAST, "all")]),
    ],
    not_applicable=[{"publicNetworkAccess": "Disabled"}],
)
def not_open_to_internet(cache: Resource) -> Iterator[str]:
    yield from open_to_internet(firewall_of(cache))


@rule(
    "kade-redis-firewall-addresses",
    "Firewall rules of Redis caches let few public addresses in",
    severity="medium",
    types=[CACHE],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Redis.FirewallIPRange"],
    remediation="Narrow the firewall rules to the addresses that need the cache, or use a private endpoint.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.15")])],
    fails=[Example({}, children=[_let_in("185.3.2.0", "185.3.2.255")])],
    not_applicable=[{"publicNetworkAccess": "Disabled"}],
)
def firewall_addresses(cache: Resource) -> Result:
    return too_many_addresses(firewall_of(cache))


@rule(
    "kade-redis-firewall-rules",
    "A Redis cache has at most ten firewall rules",
    severity="low",
    types=[CACHE],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Redis.FirewallRuleCount"],
    remediation="Remove the firewall rules that nobody uses any more.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")])],
    fails=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10", f"home-{i}") for i in range(11)])],
    not_applicable=[{"publicNetworkAccess": "Disabled"}],
)
def firewall_rules(cache: Resource) -> Result:
    return too_many_rules(firewall_of(cache))
