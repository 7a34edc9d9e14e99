"""Runs stacks of the services layer against mocks: what other layers export is made up from the estate."""

from dataclasses import dataclass, field

from kade.facts.private_link import private_link_zones
from kade.stacks import services
from tests.components.network.support import Registered, Run, run


def outputs_of(estate, environment):
    """What the layers below export, with ids that tell what they are of."""
    spokes = {
        key: {
            "id": f"/vnet/{key}",
            "subnetIds": {name: f"/vnet/{key}/subnets/{name}" for name in item.subnets},
        }
        for key, item in estate.network.spokes.items()
        if environment in item.subscriptions
    }
    zones = {zone.name: f"/zone/{zone.name}" for zone in private_link_zones(estate.regions.primary)}
    hubs = {key: {"id": f"/hub/{key}"} for key in estate.network.hubs}
    platform = {
        "workspaceId": "/workspace",
        "actionGroups": {key: f"/group/{key}" for key in estate.logging.action_groups},
        "subscriptions": {key: f"id-{key}" for key in estate.subscriptions},
    }
    found = {"platform": platform, "connectivity": {"spokes": spokes, "hubs": hubs, "privateDnsZones": zones}}
    for key in estate.services:
        found[f"services-{key}"] = {
            "host": f"{key}.internal",
            "clusterName": "aks",
            "clusterResourceGroup": "rg-aks",
            "oidcIssuerUrl": "https://issuer",
        }
    return found


@dataclass
class Layer:
    """Every stack of the layer in one environment, by its part."""

    stacks: dict[str, Run] = field(default_factory=dict)

    def all(self, kind: str) -> list[Registered]:
        """Resources of a kind in every stack."""
        return [r for made in self.stacks.values() for r in made.of(kind)]


def run_layer(estate, environment, parts=None):
    """Run the stacks of an environment, or some of them."""
    seen = estate.for_environment(environment)
    known = [stack.part for stack in estate.stacks(environment) if stack.layer == "services"]
    outputs = outputs_of(seen, environment)
    wanted = known if parts is None else parts
    return Layer({part: run(lambda part=part: services.run(seen, environment, part), outputs) for part in wanted})
