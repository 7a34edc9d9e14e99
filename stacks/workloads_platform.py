"""What an application becomes on Azure's own services: databases, a share, a web application, containers, functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi

from kade.components.workload.cluster_place import ClusterPlace, ClusterPlaceArgs
from kade.components.workload.container_apps import ContainerApps, ContainerAppsArgs, ContainerArgs
from kade.components.workload.database import AdministratorArgs, DatabaseArgs
from kade.components.workload.file_share import FileShare, FileShareArgs
from kade.components.workload.functions import Functions, FunctionsArgs
from kade.components.workload.managed_instance import ManagedInstance, ManagedInstanceArgs
from kade.components.workload.mysql import MySql, MySqlArgs
from kade.components.workload.place import DataArgs, PlaceArgs
from kade.components.workload.postgresql import PostgreSql, PostgreSqlArgs
from kade.components.workload.sql import AzureSql, AzureSqlArgs
from kade.components.workload.web_app import WebApp, WebAppArgs
from kade.estate.applications import Application
from kade.stacks.references import found_in
from kade.stacks.workloads_context import Context, delegated_subnet, inbound_subnet
from kade.stacks.workloads_machines import file_backup


def make_data(
    context: Context, key: str, app: Application, place: PlaceArgs, data: DataArgs, opts: pulumi.ResourceOptions
) -> dict[str, Any]:
    """Databases by target and a share; returns where each is: hosts of databases by key, the share."""
    group, principal = context.admins(key, app)
    administrator = AdministratorArgs(
        context.estate.identity.groups[group].title or group, principal, context.tenant(app)
    )
    common: dict[str, Any] = {"place": place, "data": data, "administrator": administrator}
    cores = 4 if context.full else 2
    hosts: dict[str, pulumi.Input[str]] = {}

    def of(target: str) -> dict[str, DatabaseArgs]:
        found = {name: item for name, item in app.databases.items() if item.target == target}
        return {name: DatabaseArgs(item.size_gb, item.tier or "") for name, item in found.items()}

    if wanted := of("postgresql"):
        postgres = PostgreSql(f"{key}-postgresql", PostgreSqlArgs(**common, databases=wanted, cores=cores), opts)
        hosts |= dict.fromkeys(wanted, postgres.host)
    if wanted := of("mysql"):
        mysql = MySql(f"{key}-mysql", MySqlArgs(**common, databases=wanted, cores=cores), opts)
        hosts |= dict.fromkeys(wanted, mysql.host)
    if wanted := of("azure_sql"):
        emails = context.estate.security.contact.emails
        sql_args = AzureSqlArgs(**common, databases=wanted, cores=cores, alert_emails=emails)
        hosts |= dict.fromkeys(wanted, AzureSql(f"{key}-sql", sql_args, opts).host)
    if wanted := of("sql_managed_instance"):
        subnet = delegated_subnet(context.estate, key, app, "Microsoft.Sql/managedInstances")
        instance_args = ManagedInstanceArgs(**common, databases=wanted, subnet_id=context.of_spoke(app, subnet))
        hosts |= dict.fromkeys(wanted, ManagedInstance(f"{key}-instance", instance_args, opts).host)
    found: dict[str, Any] = {"databases": hosts} if hosts else {}
    if app.files is not None:
        share_args = FileShareArgs(
            place=place,
            data=data,
            size_gb=app.files.size_gb,
            protocol=app.files.protocol,
            premium=app.files.tier == "premium",
            backup=file_backup(context, app),
        )
        share = FileShare(f"{key}-files", share_args, opts)
        found["share"] = pulumi.Output.concat(share.account_name, "/", share.share_name)
    return found


def make_code(
    context: Context,
    key: str,
    app: Application,
    place: PlaceArgs,
    data: DataArgs,
    stores: dict[str, Any],
    opts: pulumi.ResourceOptions,
) -> dict[str, Any]:
    """A web application, containers and functions, which are told where the databases are."""
    found: dict[str, Any] = {}
    settings = _settings(context, app, stores)
    if app.web is not None:
        subnet = delegated_subnet(context.estate, key, app, "Microsoft.Web/serverFarms")
        web_args = WebAppArgs(
            place=replace(place, endpoint_subnet_id=context.of_spoke(app, inbound_subnet(context.estate, app))),
            data=data,
            subnet_id=context.of_spoke(app, subnet),
            runtime=app.web.runtime,
            instances=_scaled(context, app.web.instances),
            settings=settings,
        )
        made = WebApp(f"{key}-web", web_args, opts)
        found["web"] = made.host
        if app.web.hostname:  # a zone of the municipality's own, in which its administrator makes the record
            found["names"] = {app.web.hostname: made.host}
    if app.containers and app.cluster is not None:
        found["namespace"] = _on_cluster(context, key, app, place)
    elif app.containers:
        subnet = delegated_subnet(context.estate, key, app, "Microsoft.App/environments")
        containers = {
            name: ContainerArgs(item.image, item.cores, item.memory_gb, item.port, settings, reachable=True)
            for name, item in app.containers.items()
        }
        apps_args = ContainerAppsArgs(
            place=place,
            data=data,
            subnet_id=context.of_spoke(app, subnet),
            containers=containers,
            minimum_replicas=_scaled(context, 2),
            maximum_replicas=6 if context.full else 2,
        )
        found["containers"] = ContainerApps(f"{key}-containers", apps_args, opts).hosts
    for name, item in app.functions.items():
        subnet = delegated_subnet(context.estate, key, app, "Microsoft.App/environments")
        function_args = FunctionsArgs(
            place=place,
            data=data,
            subnet_id=context.of_spoke(app, subnet),
            runtime=item.runtime,
            key=name,
            memory_mb=item.memory_mb,
            maximum_instances=item.maximum_instances,
            settings=settings,
        )
        found.setdefault("functions", {})[name] = Functions(f"{key}-functions-{name}", function_args, opts).host
    return found


def _settings(context: Context, app: Application, stores: dict[str, Any]) -> dict[str, pulumi.Input[str]]:
    """Where databases are, its own and those of others, by key: ``DATABASE_ZAKEN_HOST``."""
    found = {f"DATABASE_{_shout(name)}_HOST": host for name, host in stores.get("databases", {}).items()}
    for name in app.shared_databases:
        owner, _, database = name.partition("/")
        if context.estate.applications[owner].databases[database].target != "on_server":
            host = found_in(context.of_owner(owner, "databases"), database)
            found[f"DATABASE_{_shout(owner)}_{_shout(database)}_HOST"] = host
    return found


def _on_cluster(context: Context, key: str, app: Application, place: PlaceArgs) -> pulumi.Output[str]:
    """Room for its containers on a cluster of a service, with a half on top for what starts beside what stops."""

    def of(name: str) -> pulumi.Output[str]:
        return context.output("services", name, part=str(app.cluster))

    containers = app.containers.values()
    args = ClusterPlaceArgs(
        place=place,
        cluster_name=of("clusterName"),
        cluster_resource_group_name=of("clusterResourceGroup"),
        oidc_issuer_url=of("oidcIssuerUrl"),
        cores=sum(item.cores for item in containers) * 1.5,
        memory_gb=sum(item.memory_gb for item in containers) * 1.5,
    )
    cluster_app = context.estate.services[str(app.cluster)]
    subscription = context.estate.network.spokes[cluster_app.spoke].subscriptions[context.environment]
    return ClusterPlace(f"{key}-cluster", args, context.options(subscription)).namespace


def _scaled(context: Context, wanted: int) -> int:
    """Instances here: all of them, or one where the environment is smaller."""
    return wanted if context.full else 1


def _shout(key: str) -> str:
    return key.replace("-", "_").upper()
