"""What every part of the workplace layer needs: where it is, groups, tags, and how data on it is kept."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import resources

from kade.components.workload.backup import FileBackupArgs, VaultArgs
from kade.components.workload.place import DataArgs, OwnKeyArgs, PlaceArgs
from kade.components.workplace.entra_access import entra_package
from kade.estate import Estate
from kade.estate.personas import Persona
from kade.estate.residency import classification_of
from kade.stacks.common import principal_of, tags_of
from kade.stacks.layer_context import LayerContext
from kade.stacks.protection import backup_class_for, classes_in, protection_for
from kade.stacks.references import found_in
from kade.stacks.workplace_sizes import workplace_of

ENDPOINTS = ("virtual_desktop", "storage_file", "key_vault")


class Context(LayerContext):
    """One run of the layer in one environment."""

    def __init__(self, estate: Estate, environment: str) -> None:
        super().__init__(estate, environment)
        self.workplace = workplace_of(estate)
        self.spoke = estate.network.spokes[self.workplace.spoke]
        self.subscription = self.spoke.subscriptions[environment]
        self.region = self.workplace.region or self.spoke.region or estate.regions.primary
        self.metadata_region = self.workplace.metadata_region or self.region
        self.opts = self.options(self.subscription)
        self._groups: dict[str, resources.ResourceGroup] = {}
        self._principals: dict[str, pulumi.Input[str]] = {}

    def group(self, workload: str) -> resources.ResourceGroup:
        """The resource group for a part of the workplace; one is made for each."""
        if workload not in self._groups:
            self._groups[workload] = resources.ResourceGroup(
                f"{workload}-group",
                resource_group_name=self.names(self.region).of("resource_group", workload),
                location=self.region,
                tags=tags_of(self.estate, self.environment, self.subscription),
                opts=self.opts,
            )
        return self._groups[workload]

    def place(self, group: str, workload: str, short: str = "", data: str = "") -> PlaceArgs:
        """Where a part of the workplace is."""
        tags = tags_of(self.estate, self.environment, self.subscription)
        return PlaceArgs(
            names=self.names(self.region),
            resource_group_name=self.group(group).name,
            location=self.region,
            workload=workload,
            short=short,
            zones=self.zones(self.region),
            endpoint_subnet_id=self.subnet(self.workplace.spoke, self.workplace.endpoint_subnet),
            dns_zone_ids=self.dns_zones(self.region, ENDPOINTS),
            workspace_id=self.workspace(),
            tags={**tags, self.estate.tags.data_class: data} if data else tags,
        )

    def subscription_scope(self) -> pulumi.Input[str]:
        """The subscription as a scope; its id is in the estate, or comes from the platform layer that made it."""
        known = self.estate.subscriptions[self.subscription].id
        if known is not None:
            return f"/subscriptions/{known}"
        made = self.output("platform", "subscriptions", production=True)
        return made.apply(lambda subscriptions: f"/subscriptions/{subscriptions[self.subscription]}")

    def agent_identity(self) -> pulumi.Output[str]:
        """The identity with which agents sign in."""
        return self.output("platform", "agentIdentityId", production=True)

    def principal(self, group: str, field: str) -> pulumi.Input[str]:
        """The object id of a group; one that is ours to make in Entra, and has none yet, is made here."""
        item = self.estate.identity.groups[group]
        if item.object_id or item.ownership != "managed" or not self.estate.identity.entra_managed:
            return principal_of(self.estate, group, field)
        if group not in self._principals:
            made = entra_package(field).Group(
                f"entra-{group}", display_name=f"{self.estate.name}-{group}", description=item.title or None,
                security_enabled=True,
            )  # fmt: skip
            self._principals[group] = made.object_id
        return self._principals[group]

    def classification(self, persona: Persona) -> str:
        """What the data of a persona asks in this environment."""
        return classification_of(classes_in(self.estate, self.environment, persona.data))

    def own_key_wanted(self, key: str, persona: Persona) -> bool:
        """Whether its data is encrypted with a key of ours. StackError where it may not be in this region."""
        field = f"workplace.personas.{key}.data"
        return protection_for(self.estate, self.environment, persona.data, self.region, field).customer_managed_key

    def data(self, persona: Persona, key: OwnKeyArgs | None) -> DataArgs:
        """How the data of a persona is kept."""
        return DataArgs(
            classification=self.classification(persona),
            customer_managed_from=self.estate.security.key_vaults.customer_managed_from,
            key=key,
        )

    def backup(self) -> FileBackupArgs | None:
        """Where copies of profiles go, and how long they are kept; None where the estate wants none."""
        name = backup_class_for(self.estate, self.environment, self.workplace.profiles.backup_class)
        if name is None or self.workplace.profiles.backup_class is None:
            return None
        kept = self.estate.backup.classes[name]
        made = self.output("platform", "backupVaults", production=True)
        where = VaultArgs(
            found_in(made, self.subscription, "recoveryVaultName"), found_in(made, self.subscription, "resourceGroup")
        )
        return FileBackupArgs(where, kept.at, kept.daily, kept.monthly)
