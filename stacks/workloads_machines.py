"""Machines of an application: from the estate to the component, with their window for updates and their backup."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import migrate

from kade.components.workload.backup import FileBackupArgs, MachineBackupArgs, VaultArgs
from kade.components.workload.machines import DomainArgs, MachineArgs, Machines, MachinesArgs
from kade.components.workload.maintenance_window import WindowArgs
from kade.components.workload.place import DataArgs, PlaceArgs
from kade.estate.applications import Application, Server
from kade.stacks.references import found_in
from kade.stacks.workloads_context import Context

STOPS = "19:00"  # where an environment runs in working hours only


def make_machines(
    context: Context, key: str, app: Application, place: PlaceArgs, data: DataArgs, opts: pulumi.ResourceOptions
) -> pulumi.Output[Any]:
    """Make the machines of an application; returns their ids by name."""
    estate, config = context.estate, pulumi.Config("kade")
    windows = any(item.os == "windows" and not item.os_disks for item in app.servers.values())
    password = config.get_secret("machine-password")
    if windows and password is None:
        pulumi.log.warn(
            f"{key}: Azure refuses a new Windows machine without a password for its local administrator: "
            f"`pulumi config set --secret kade:machine-password`"
        )
    args = MachinesArgs(
        place=place,
        data=data,
        machines={name: _machine(context, app, item) for name, item in app.servers.items()},
        admin_password=password,
        ssh_public_key=estate.identity.ssh_public_key or "",
        domain=_domain(context, key, app),
        backup=_backup(context, app),
        window=window_of(context),
        collection_rule_id=context.output("platform", "collectionRuleId", production=True),
        agent_identity_id=context.output("platform", "agentIdentityId", production=True),
        stop_at=STOPS if estate.environments[context.environment].runs == "working_hours" else "",
    )
    return Machines(f"{key}-machines", args, opts).machine_ids


def make_migration_project(context: Context, key: str, place: PlaceArgs, opts: pulumi.ResourceOptions) -> None:
    """The project of Azure Migrate through which its machines come over; only production is migrated."""
    if context.environment != context.estate.production:
        return
    migrate.MigrateProject(
        f"{key}-migration",
        resource_group_name=place.resource_group_name,
        migrate_project_name=place.name("migrate_project"),
        location=place.location,
        properties=migrate.MigrateProjectPropertiesArgs(
            registered_tools=["ServerDiscovery", "ServerAssessment", "ServerMigration"]
        ),
        tags=migrate.MigrateProjectTagsArgs(additional_properties=key),
        opts=opts,
    )


def _machine(context: Context, app: Application, item: Server) -> MachineArgs:
    half = 1 if context.full else 2
    return MachineArgs(
        os=item.os,
        version=item.new_version or item.version,
        subnet_id=context.of_spoke(app, item.subnet),
        cores=max(2, item.cores // half),
        memory_gb=item.memory_gb / half,
        disks_gb=item.disks_gb,
        size=item.size or "",
        count=item.count if context.estate.environments[context.environment].scale != "minimal" else 1,
        computer_name=item.name or "",
        os_disk_ids=item.os_disks if context.environment == context.estate.production else (),
        join_domain=item.domain_joined,
    )


def _domain(context: Context, key: str, app: Application) -> DomainArgs | None:
    directory = context.estate.identity.active_directory
    if directory is None or not any(item.domain_joined for item in app.servers.values()):
        return None
    password = pulumi.Config("kade").get_secret("domain-join-password")
    if password is None:
        pulumi.log.warn(
            f"{key}: its machines do not join {directory.domain}, for there is no password of the account that joins "
            f"them: `pulumi config set --secret kade:domain-join-password`"
        )
    return DomainArgs(directory.domain, f"{directory.join_account}@{directory.domain}", password)


def _backup(context: Context, app: Application) -> MachineBackupArgs | None:
    """The vault of the subscription and the policy of the class."""
    vault, wanted = vault_of(context, app), context.backup_class(app)
    policy = context.output("platform", "backupVaults", production=True).apply(
        lambda made: made[context.subscription(app)]["policyIds"][wanted]
    )
    return MachineBackupArgs(vault, policy)


def file_backup(context: Context, app: Application) -> FileBackupArgs:
    """The vault of the subscription, and how long the class keeps copies."""
    item = context.estate.backup.classes[context.backup_class(app)]
    return FileBackupArgs(vault_of(context, app), item.at, item.daily, item.monthly)


def vault_of(context: Context, app: Application) -> VaultArgs:
    """The Recovery Services vault of the application's subscription."""
    made, subscription = context.output("platform", "backupVaults", production=True), context.subscription(app)
    return VaultArgs(found_in(made, subscription, "recoveryVaultName"), found_in(made, subscription, "resourceGroup"))


def window_of(context: Context) -> WindowArgs | None:
    """The first window of the estate that holds in this environment; None without one."""
    for name, item in context.estate.maintenance.items():
        if not item.environments or context.environment in item.environments:
            return WindowArgs(item.day, item.start, item.hours, item.week, name)
    return None
