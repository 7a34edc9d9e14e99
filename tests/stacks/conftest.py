"""What the tests of the connectivity layer share: the layer of the example estates, run once."""

from typing import Any

import pytest

from kade.estate import load
from kade.stacks import connectivity, services
from tests.components.network.support import run

PLATFORM: dict[str, Any] = {"workspaceId": "/subscriptions/s/workspace", "subscriptions": {}}
HUBS: dict[str, Any] = {
    "hubs": {"weu": {"id": "/hub", "name": "vnet-hub", "resourceGroup": "rg-hub"}},
    "flowLogStorage": {"westeurope": "/flow"},
    "privateDnsGroup": "rg-dns",
    "ddosPlanId": "/plan",
}


def layer(estate, environment):
    """What the layer of one environment registers."""
    return run(lambda: connectivity.run(estate, environment), {"platform": PLATFORM, "connectivity": HUBS})


@pytest.fixture(scope="session")
def lindewaard():
    """The large example."""
    return load("estates/lindewaard")


@pytest.fixture(scope="session")
def duinrand():
    """The small example."""
    return load("estates/duinrand")


@pytest.fixture(scope="session")
def lindewaard_made(lindewaard):
    """The large example's layer in production."""
    return layer(lindewaard, "prd")


@pytest.fixture(scope="session")
def duinrand_made(duinrand):
    """The small example's layer in production."""
    return layer(duinrand, "prd")


@pytest.fixture(scope="session")
def lindewaard_ingress(lindewaard):
    """The large example's way in from the internet, a stack of the services layer."""
    spokes = {
        key: {"subnetIds": {name: f"/{key}/{name}" for name in spoke.subnets}}
        for key, spoke in lindewaard.network.spokes.items()
    }
    outputs: dict[str, Any] = {f"services-{name}": {"host": f"{name}.internal"} for name in lindewaard.services}
    outputs |= {"platform": PLATFORM, "connectivity": {"spokes": spokes, "privateDnsZones": {}}}
    return run(lambda: services.run(lindewaard, "prd", "digitaal-loket"), outputs)
