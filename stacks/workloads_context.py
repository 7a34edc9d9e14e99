"""What every part of the workloads layer needs: the estate, names, tags, providers, and what other stacks made."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import resources

from kade.components.protection import Protection
from kade.components.workload.place import DataArgs, OwnKeyArgs, PlaceArgs
from kade.estate import Estate
from kade.estate.applications import Application, short_name
from kade.estate.check_workloads import holds_stores
from kade.estate.residency import Classification, classification_of
from kade.facts import pair_of
from kade.stacks.common import StackError, principal_of, tags_of, tenant_of
from kade.stacks.layer_context import LayerContext
from kade.stacks.protection import backup_class_for, classes_in, locations_for, protection_for
from kade.stacks.references import found_in

ENDPOINTS = ("key_vault", "storage_blob", "storage_file", "sql", "postgresql", "mysql", "app_service")


class Context(LayerContext):
    """One run of the layer: one stack of applications in one environment."""

    def __init__(self, estate: Estate, environment: str, part: str) -> None:
        super().__init__(estate, environment)
        self.part = part
        self.applications = estate.workloads(environment)[part]
        self.made: dict[str, dict[str, Any]] = {key: {} for key in self.applications}

    @property
    def full(self) -> bool:
        """Whether everything has its full size here."""
        return self.estate.environments[self.environment].scale == "full"

    def region(self, app: Application) -> str:
        """The region of an application: that of its spoke."""
        spoke = self.estate.network.spokes[app.spoke] if app.spoke else None
        return (spoke.region if spoke else None) or self.estate.regions.primary

    def subscription(self, app: Application) -> str:
        """The subscription that an application is in: its spoke's, or for what has none the one of its domain."""
        estate = self.estate
        if app.spoke:
            return estate.network.spokes[app.spoke].subscriptions[self.environment]
        for name, item in estate.subscriptions.items():
            if item.domain == app.domain and item.environment == self.environment and not item.decommissioned:
                return name
        return estate.logging.subscription

    def owner(self, app: Application) -> str:
        """The role that owns it."""
        return app.owner or self.estate.domains[app.domain].owner

    def tags(self, key: str, app: Application) -> dict[str, str]:
        """Tags of what an application has: those of its subscription, its own owner and cost centre, its data."""
        tags = self.estate.tags
        found = tags_of(self.estate, self.environment, self.subscription(app))
        domain = self.estate.domains[app.domain]
        if domain.cost_centre:
            found[tags.cost_centre] = domain.cost_centre
        return {**found, tags.owner: self.owner(app), tags.data_class: self.classification(app), "application": key}

    def classification(self, app: Application) -> Classification:
        """What its data asks in this environment, which may hold pseudonyms or made-up data in place of it."""
        return classification_of(classes_in(self.estate, self.environment, app.data))

    def backup_class(self, app: Application) -> str:
        """The class of its backup: the environment's, its own, or the first of the estate."""
        found = backup_class_for(self.estate, self.environment, app.backup_class)
        return found or next(iter(self.estate.backup.classes))

    def admins(self, key: str, app: Application) -> tuple[str, str]:
        """The group that works with the data of an application: its name and object id."""
        group = app.admins or self.estate.roles[self.owner(app)].group
        if group is None:
            raise StackError(
                f"applications.{key}: the role {self.owner(app)!r} has no group; name one of identity.groups as admins"
            )
        return group, principal_of(self.estate, group, f"applications.{key}.admins")

    def tenant(self, app: Application) -> str:
        """The tenant of its subscription."""
        return tenant_of(self.estate, self.subscription(app))

    def protection(self, key: str, app: Application) -> Protection:
        """What its data asks here. StackError where the residency rule does not allow its region."""
        return protection_for(self.estate, self.environment, app.data, self.region(app), f"applications.{key}.data")

    def of_owner(self, owner: str, what: str) -> pulumi.Output[dict[str, Any]]:
        """What another application has of a kind (``databases``, ``machines``), by key: of this stack or one before."""
        if owner in self.applications:
            return pulumi.Output.from_input(self.made[owner].get(what, {}))
        stack = self.estate.applications[owner].stack or owner
        return found_in(self.output("workloads", "applications", part=stack), owner, what)

    def of_spoke(self, app: Application, name: str) -> pulumi.Output[str]:
        """The id of a subnet of the application's spoke."""
        return self.subnet(str(app.spoke), name)

    def place(self, key: str, app: Application, opts: pulumi.ResourceOptions) -> PlaceArgs:
        """Where an application stands: a resource group of its own, in its spoke's region."""
        region = self.region(app)
        names, tags = self.names(region), self.tags(key, app)
        group = resources.ResourceGroup(
            f"{key}-group",
            resource_group_name=names.of("resource_group", key),
            location=region,
            tags=tags,
            opts=opts,
        )
        return PlaceArgs(
            names=names,
            resource_group_name=group.name,
            location=region,
            workload=key,
            short=short_name(key, app),
            zones=self.zones(region),
            endpoint_subnet_id=self.of_spoke(app, endpoint_subnet(self.estate, str(app.spoke))) if app.spoke else None,
            dns_zone_ids=self.dns_zones(region, ENDPOINTS),
            workspace_id=self.workspace(),
            tags=tags,
        )

    def data(self, key: str, app: Application, own: OwnKeyArgs | None) -> DataArgs:
        """How the data of an application is kept."""
        pair = pair_of(self.region(app))
        held = classes_in(self.estate, self.environment, app.data)
        readers = dict([self.admins(key, app)]) if holds_stores(app) else {}
        return DataArgs(
            classification=self.classification(app),
            customer_managed_from=self.estate.security.key_vaults.customer_managed_from,
            pair_allowed=pair is not None and pair.name in locations_for(self.estate, held),
            key=own,
            readers=readers,
            may_be_deleted=app.removal is not None,
        )


def endpoint_subnet(estate: Estate, spoke: str) -> str:
    """The subnet of a spoke whose segment takes private endpoints. StackError without one."""
    for name, subnet in estate.network.spokes[spoke].subnets.items():
        if estate.network.segments[subnet.segment or name].private_endpoints and subnet.delegation is None:
            return name
    raise StackError(
        f"network.spokes.{spoke}: no subnet is of a segment with private_endpoints, so stores cannot be reached there"
    )


def delegated_subnet(estate: Estate, key: str, app: Application, service: str) -> str:
    """The subnet that a service takes: the one that is named, or the first of the spoke. StackError without one."""
    subnets = estate.network.spokes[str(app.spoke)].subnets
    for name, subnet in {**({app.subnet: subnets[app.subnet]} if app.subnet else {}), **subnets}.items():
        if subnet.delegation == service:
            return name
    raise StackError(
        f"applications.{key}: needs a subnet of spoke {app.spoke} that is delegated to {service}; add one, /27 at least"
    )


def inbound_subnet(estate: Estate, app: Application) -> str:
    """Where users reach a web application: a subnet of level 2 without delegation. StackError without one."""
    segments = estate.network.segments
    for name, subnet in estate.network.spokes[str(app.spoke)].subnets.items():
        if segments[subnet.segment or name].level == 2 and subnet.delegation is None:
            return name
    raise StackError(
        f"network.spokes.{app.spoke}: no subnet of a segment of level 2 without delegation, at which users reach it"
    )
