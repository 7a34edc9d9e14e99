"""What every kind of service needs: where it stands, how its data is kept, who administers it, how large it is here."""

from __future__ import annotations

from math import ceil

import pulumi
from pulumi_azure_native import resources

from kade.components.services.watch import SEVERITIES
from kade.components.workload.data_key import DataKey, DataKeyArgs
from kade.components.workload.database import AdministratorArgs
from kade.components.workload.place import DataArgs, PlaceArgs
from kade.estate import Estate
from kade.estate.residency import classification_of
from kade.estate.service_places import endpoint_subnet, subnet_of
from kade.estate.services import Service
from kade.facts import pair_of
from kade.stacks.common import StackError, principal_of, tags_of, tenant_of
from kade.stacks.layer_context import LayerContext
from kade.stacks.protection import backup_class_for, classes_in, locations_for, protection_for

ENDPOINTS = (
    "key_vault", "storage_blob", "storage_dfs", "storage_file", "storage_queue", "sql", "postgresql", "app_service",
    "container_apps", "service_bus", "event_grid", "data_factory",
)  # fmt: skip


class ServiceContext(LayerContext):
    """One run of the layer for one service. ``service`` is typed by who asks: its kind decides the fields."""

    def __init__(self, estate: Estate, environment: str, key: str) -> None:
        super().__init__(estate, environment)
        self.key = key
        self.service: Service = estate.services[key]
        spoke = estate.network.spokes[self.service.spoke]
        self.subscription = spoke.subscriptions[environment]
        self.region = spoke.region or estate.regions.primary
        self.opts = self.options(self.subscription)
        self.tenant = tenant_of(estate, self.subscription)
        self.place = self._place()
        self.data = self._data()

    @property
    def owner(self) -> str:
        """The role that owns it."""
        return self.service.owner or self.estate.domains[self.service.domain].owner

    @property
    def severity(self) -> int:
        """The severity of its alerts; outside production nobody is called out of bed."""
        found = SEVERITIES[self.service.criticality]
        return found if self.environment == self.estate.production else max(found, 3)

    @property
    def alerted(self) -> list[pulumi.Output[str]]:
        """Who hears of its alerts."""
        return self.action_groups(self.severity)

    def scaled(self, number: int) -> int:
        """A number of instances, at the scale of the environment: one at least."""
        scale = self.estate.environments[self.environment].scale
        return number if scale == "full" else max(1, ceil(number / 2)) if scale == "reduced" else 1

    def takes(self, delegation: str) -> pulumi.Output[str]:
        """The subnet that a part of the service runs in. StackError without one."""
        name = subnet_of(self.estate, self.service, delegation)
        if name is None:
            raise StackError(
                f"services.{self.key}: spoke {self.service.spoke} has no subnet for it in {self.environment} "
                f"(delegation: {delegation or 'none'}); add one to network.spokes.{self.service.spoke}.subnets"
            )
        return self.subnet(self.service.spoke, name)

    def administrator(self) -> AdministratorArgs:
        """The group that administers its databases. StackError without one."""
        group = self.service.admins or self.estate.roles[self.owner].group
        if group is None:
            raise StackError(
                f"services.{self.key}: the role {self.owner!r} has no group; name one of identity.groups as admins"
            )
        return AdministratorArgs(group, principal_of(self.estate, group, f"services.{self.key}.admins"), self.tenant)

    def groups(self, names: list[str], field: str) -> dict[str, str]:
        """Object ids of groups, by name. StackError for one that has none."""
        return {name: principal_of(self.estate, name, f"services.{self.key}.{field}") for name in names}

    def _place(self) -> PlaceArgs:
        service, estate = self.service, self.estate
        names, tags = self.names(self.region), self._tags()
        group = resources.ResourceGroup(
            f"{self.key}-group",
            resource_group_name=names.of("resource_group", f"{self.key}-service"),
            location=self.region,
            tags=tags,
            opts=self.opts,
        )
        endpoints = endpoint_subnet(estate, service)
        return PlaceArgs(
            names=names,
            resource_group_name=group.name,
            location=self.region,
            workload=self.key,
            short=service.short(self.key),
            zones=self.zones(self.region),
            endpoint_subnet_id=self.subnet(service.spoke, endpoints) if endpoints else None,
            dns_zone_ids=self.dns_zones(self.region, ENDPOINTS),
            workspace_id=self.workspace(),
            tags=tags,
        )

    def _tags(self) -> dict[str, str]:
        """Those of its subscription, its own owner and cost centre, what it is, and the classification of its data."""
        tags, domain = self.estate.tags, self.estate.domains[self.service.domain]
        found = tags_of(self.estate, self.environment, self.subscription)
        if domain.cost_centre:
            found[tags.cost_centre] = domain.cost_centre
        held = classification_of(classes_in(self.estate, self.environment, self.service.data))
        return {**found, tags.owner: self.owner, tags.data_class: held, "service": self.service.title}

    def _data(self) -> DataArgs:
        """How its data is kept, with a key of its own where it asks for one."""
        estate, service = self.estate, self.service
        field = f"services.{self.key}.data"
        found = protection_for(estate, self.environment, service.data, self.region, field)
        held, pair = classes_in(estate, self.environment, service.data), pair_of(self.region)
        backup = backup_class_for(estate, self.environment, service.backup_class)
        kept = estate.backup.classes[backup] if backup else None
        settings = estate.security.key_vaults
        own = None
        if found.customer_managed_key:
            args = DataKeyArgs(
                place=self.place,
                tenant_id=self.tenant,
                premium=settings.sku == "premium",
                rotation_days=settings.rotation_days,
                retention_days=settings.purge_protection_days,
            )
            own = DataKey(f"{self.key}-key", args, self.opts).own_key
        return DataArgs(
            classification=found.classification,
            customer_managed_from=settings.customer_managed_from,
            pair_allowed=pair is not None and pair.name in locations_for(estate, held),
            key=own,
            readers=self.groups([service.admins], "admins") if service.admins else {},
            restore_days=kept.daily if kept else 0,
            weekly_copies=kept.weekly if kept else None,
            # What is in test is made again; what is in production goes only when somebody has accepted it.
            may_be_deleted=service.removal is not None or estate.environments[self.environment].data != "production",
        )
