"""The zones that are made are those of services that the estate has, also by what the policy is told."""

import pytest

from kade.facts.private_link import services
from kade.stacks import platform
from kade.stacks.connectivity_dns import existing_zone_ids, wanted_services
from kade.stacks.connectivity_services import PLATFORM, used_services
from tests.components.network.support import run


def test_what_the_estates_use_is_known_to_the_facts(lindewaard, duinrand):
    for estate in (lindewaard, duinrand):
        used = used_services(estate)
        assert set(used) <= set(services())
        assert len(used) == len(set(used))
        assert set(PLATFORM) <= set(used)


def test_services_follow_from_what_the_file_has(lindewaard, duinrand):
    assert {"app_service", "postgresql", "storage_queue"} <= set(used_services(duinrand))
    assert not {"kubernetes", "service_bus", "virtual_desktop", "data_factory"} & set(used_services(duinrand))
    assert {"kubernetes", "service_bus", "virtual_desktop", "data_factory", "sql"} <= set(used_services(lindewaard))


def test_each_part_of_the_file_counts(lindewaard):
    bare = lindewaard.model_copy(update={"services": {}, "applications": {}, "workplace": None})
    assert used_services(bare) == list(PLATFORM)
    for part in ("services", "applications", "workplace"):
        with_it = bare.model_copy(update={part: getattr(lindewaard, part)})
        assert set(used_services(with_it)) > set(PLATFORM), part


def test_named_services_come_besides_and_all_means_all(lindewaard, duinrand):
    assert wanted_services(lindewaard) is None
    dns = duinrand.network.private_dns.model_copy(update={"services": ["purview"]})
    more = duinrand.model_copy(update={"network": duinrand.network.model_copy(update={"private_dns": dns})})
    assert wanted_services(more) == [*used_services(duinrand), "purview"]


def test_zones_that_stand_already_are_known_by_their_ids(duinrand):
    group = "/subscriptions/s/resourceGroups/rg-dns"
    item = duinrand.network.private_dns.model_copy(update={"ownership": "existing", "id": group})
    network = duinrand.network.model_copy(update={"private_dns": item})
    found = existing_zone_ids(duinrand.model_copy(update={"network": network}))
    zone = "privatelink.vaultcore.azure.net"
    assert found[zone] == f"{group}/providers/Microsoft.Network/privateDnsZones/{zone}"
    assert existing_zone_ids(duinrand) == {}


@pytest.mark.parametrize("name", ["lindewaard", "duinrand"])
def test_the_policy_points_at_zones_that_are_made(request, name):
    """Resource group and zone: the policy's identity writes nowhere else."""
    estate, made = request.getfixturevalue(name), request.getfixturevalue(f"{name}_made")
    group = made.one("private-dns-westeurope-group").inputs["resourceGroupName"]
    zones = {(group, zone.inputs["privateZoneName"]) for zone in made.of("PrivateZone")}
    policy = run(lambda: platform.run(estate, "prd")).one("policy-initiative-Deploy-Private-DNS")
    values = [v["value"] for m in policy.inputs["policyDefinitions"] for k, v in m["parameters"].items() if "Zone" in k]
    found = {(value.split("/")[4], value.rsplit("/", 1)[-1]) for value in values}
    assert found
    assert found <= zones
