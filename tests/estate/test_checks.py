"""What no single field can tell."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.estate import Problem
from kade.estate.check_addresses import overlaps

Refused = Callable[..., list[Problem]]


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("owner: platform}\nsub", "owner: platfrom}\nsub", "domains.wonen.owner", "there is no role 'platfrom'"),
        (
            "logging: {subscription: platform",
            "logging: {subscription: plat",
            "logging.subscription",
            "no subscription 'plat'",
        ),
        ("to: data", "to: dta", "network.flows.lezen.to", "there is no segment 'dta'"),
        ("from: backend", "from: 'partner:rijk'", "network.flows.lezen.from", "there is no partner 'rijk'"),
        ("{prd: werk}", "{prd: wrk}", "network.spokes.werk.subscriptions.prd", "there is no subscription 'wrk'"),
        ("{prd: werk}", "{pro: werk}", "network.spokes.werk.subscriptions.pro", "there is no environment 'pro'"),
        ("data: {size: 26}}", "dta: {size: 26}}", "network.spokes.werk.subnets.dta", "there is no segment 'dta'"),
        (
            "management_group: corp",
            "management_group: crop",
            "subscriptions.werk.management_group",
            "no management group 'crop'",
        ),
        ("spoke: werk", "spoke: wrek", "applications.kaart.spoke", "there is no spoke 'wrek'"),
        (
            "    strategy: rehost",
            "    depends_on: [kaartt]\n    strategy: rehost",
            "depends_on[0]",
            "no application 'kaartt'",
        ),
        (
            "    strategy: rehost",
            "    depends_on: [kaart]\n    strategy: rehost",
            "depends_on[0]",
            "cannot depend on itself",
        ),
        ("000000000003", "000000000002", "subscriptions.werk.id", "first at subscriptions.platform.id"),
        ("production: true, ", "", "environments", "no environment is production"),
        (
            "tst: {title: Test",
            "tst: {production: true, title: Test",
            "environments.tst.production",
            "'prd' is production already",
        ),
        ("192.168.0.0/24", "10.1.7.0/24", "network.sites.huis.ranges[0]", "overlaps supernet 10.1.0.0/16 (westeurope)"),
        ("[10.1.0.0/16]", "[10.1.0.0/16, 10.1.8.0/22]", "supernets.westeurope[1]", "overlaps supernet 10.1.0.0/16"),
        (
            "weu: {region: westeurope}",
            "weu: {region: northeurope}",
            "hubs.weu.region",
            "there is no supernet for northeurope",
        ),
        (
            "      subnets:",
            "      size: 26\n      subnets:",
            "network.spokes.werk.subnets",
            "need 128 addresses, and a /26 has 64",
        ),
        (
            "      subnets:",
            "      prefixes: {prd: 10.9.0.0/24}\n      subnets:",
            "prefixes.prd",
            "is in none of the supernets",
        ),
        (
            "weu: {region: westeurope}",
            "weu: {region: westeurope, firewall: {intrusion_detection: Deny}}",
            "intrusion_detection",
            "only a Premium firewall",
        ),
        (
            "weu: {region: westeurope}",
            "weu: {region: westeurope, firewall: {dns_proxy: true}}",
            "dns_proxy",
            "does not answer names",
        ),
        ("primary: westeurope", "primary: uksouth", "regions.primary", "uksouth is outside the residency rule"),
        (
            "backup:\n",
            "residency: {mode: nl}\nbackup:\n  redundancy: geo\n",
            "backup.redundancy",
            "geo copies go to northeurope",
        ),
        (
            "logging:",
            "management_groups: {groups: {een: {parent: twee}, twee: {parent: een}}}\nlogging:",
            "management_groups.groups.een.parent",
            "een below twee below een is a ring",
        ),
        (
            "logging:",
            "management_groups: {groups: {eigen: {parent: corp, archetype: corpp}}}\nlogging:",
            "groups.eigen.archetype",
            "there is no archetype 'corpp'",
        ),
        (
            "  hubs:",
            "  private_dns: {services: [keyvault]}\n  hubs:",
            "network.private_dns.services[0]",
            "there is no private link service 'keyvault'",
        ),
        (
            "strategy: rehost",
            "strategy: relocate",
            "applications.kaart.strategy",
            "relocate (moving whole virtual machine hosts)",
        ),
        (
            "domain: dorp.onmicrosoft.com}",
            "domain: dorp.onmicrosoft.com, participants: [buur]}",
            "tenants.dorp.participants",
            "a tenant of our own is shared with nobody",
        ),
        ("strategy: rehost", "strategy: retire", "applications.kaart", "strategy retire needs `archive`"),
        ("    spoke: werk\n", "", "applications.kaart", "needs a spoke to run in"),
        (
            "subscription: platform\n  addresses",
            "subscription: platform\n  partners: {rijk: {title: Rijk, kind: ggi, connection: site}}\n  addresses",
            "network.partners.rijk",
            "needs the site",
        ),
        ("management_group: corp, ", "management_group: corp, ownership: managed, ", "", ""),
    ],
)
def test_a_cross_check(write, refused: Refused, old: str, new: str, field: str, message: str) -> None:
    if not message:  # the same change without its id cannot be made by this billing
        (problem,) = refused((old, new), ("id: 00000000-0000-4000-8000-000000000003, ", ""))
        assert problem.message == "a subscription cannot be made: billing is `existing`"
        return
    problems = refused((old, new))
    found = [p for p in problems if field in p.field and message in p.message]
    assert found, [str(p) for p in problems]
    assert found[0].line > 0


TUNNEL = (
    "weu: {region: westeurope}",
    "weu: {region: westeurope, vpn: {sku: VpnGw2AZ, connections: {huis: {to: 'site:huis', shared_key: 'config:vpn'}}}}",
)


def test_an_overlap_passes_with_a_translation(write) -> None:
    from kade.estate import load

    overlap = "ranges: [10.1.7.0/24], translations: [{real: 10.1.7.0/24, seen_as: 100.64.7.0/24}]"
    estate = load(write(("ranges: [192.168.0.0/24]", f"{overlap}, public_addresses: [192.0.2.9]"), TUNNEL))
    assert estate.network.sites["huis"].translations[0].seen_as == "100.64.7.0/24"


def test_a_translation_of_another_size(refused: Refused) -> None:
    overlap = "ranges: [10.1.7.0/24], translations: [{real: 10.1.7.0/24, seen_as: 100.64.7.0/25}]"
    (problem,) = refused(("ranges: [192.168.0.0/24]", f"{overlap}, public_addresses: [192.0.2.9]"), TUNNEL)
    assert problem.message == "100.64.7.0/25 is not of the size of 10.1.7.0/24"


def test_a_dependency_on_a_retired_application(refused: Refused) -> None:
    old = (
        "  oud:\n    title: Oud\n    domain: wonen\n    data: [public]\n    strategy: retire\n"
        "    archive: {selection_category: '1.1', then: nothing}\n"
    )
    (problem,) = refused(("    strategy: rehost", "    depends_on: [oud]\n    strategy: rehost"), add=old)
    assert problem.field == "applications.kaart.depends_on[0]"
    assert problem.message == "oud is retired, and this still depends on it"


def test_a_database_larger_than_its_tier(refused: Refused) -> None:
    database = (
        "    databases: {kaart: {engine: sqlserver, size_gb: 3, target: azure_sql, tier: Basic}}\n    strategy: rehost"
    )
    (problem,) = refused(("    strategy: rehost", database))
    assert problem.field == "applications.kaart.databases.kaart.size_gb"
    assert problem.message == "3 GB does not fit in Basic, which holds 2 GB"
    assert problem.remedy.startswith("Take Standard or GeneralPurpose")


def test_sharing_in_a_ring(refused: Refused) -> None:
    other = (
        "  brug:\n    title: Brug\n    domain: wonen\n    data: [public]\n    strategy: rehost\n    spoke: werk\n"
        "    shared_servers: [kaart/app]\n    servers:\n"
        "      b: {os: windows, version: '2022', cores: 2, memory_gb: 4, disks_gb: [64]}\n"
    )
    (problem,) = refused(("    strategy: rehost", "    shared_servers: [brug/b]\n    strategy: rehost"), add=other)
    assert "in a ring: brug, kaart" in problem.message


def test_a_stack_name_that_is_too_long(refused: Refused) -> None:
    env, key = "p" * 40, "k" * 20
    (problem,) = refused(
        ("name: dorp", f"name: {'d' * 40}"),
        ("prd: {title", f"{env}: {{title"),
        ("{prd: werk}", f"{{{env}: werk}}"),
        ("environment: prd", f"environment: {env}"),
        ("  kaart:\n", f"  {key}:\n"),
    )
    assert problem.message == "the stack's name would have 112 characters, 100 at most"
    assert problem.field == f"applications.{key}"


ranges = st.builds(
    lambda address, length: ip_network((address & (2**32 - 2 ** (32 - length)), length)),
    st.integers(0, 2**32 - 1),
    st.integers(4, 30),
)


@given(ranges, ranges)
def test_ranges_overlap_when_they_share_an_address(one, other) -> None:
    shares = one[0] in other or other[0] in one
    assert overlaps(one, other) == overlaps(other, one) == shares
