"""A store of blobs for a service: the account of the table of protection, its containers, an end for what is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor, storage

from kade.components.arguments import ArgumentError
from kade.components.network.diagnostics import send_logs
from kade.components.protection import Protection
from kade.components.workload.place import DataArgs, PlaceArgs, held
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import lock, make_account

GB = 1024**3


@dataclass(frozen=True)
class End:
    """When blobs are deleted."""

    prefixes: Sequence[str]
    """Beginnings of their names, with the container in front: ``raw/personal/``."""
    days: int
    """Days after their last change, 1 at least."""


@dataclass(frozen=True)
class BlobStore:
    """What was made."""

    account: storage.StorageAccount
    containers: Mapping[str, storage.BlobContainer]


def make_blob_store(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    data: DataArgs,
    found: Protection,
    *,
    part: str,
    containers: Sequence[str],
    ends: Mapping[str, End] | None = None,
    lake: bool = False,
    sftp: bool = False,
) -> BlobStore:
    """Make it; ``part`` is one or two letters for the account's name, ``ends`` are by a short key.

    Raises `ArgumentError` for an end of no days.
    """
    for key, end in (ends or {}).items():
        if end.days < 1:
            raise ArgumentError(f"{name}: {key} ends after {end.days} days; 1 at least")
    here = pulumi.ResourceOptions(parent=parent)
    account = make_account(parent, name, place, data, found, part=part, lake=lake, sftp=sftp)
    common = {"resource_group_name": place.resource_group_name, "account_name": account.name}
    kept = storage.DeleteRetentionPolicyArgs(enabled=True, days=found.soft_delete_days)
    service = storage.BlobServiceProperties(
        f"{name}-blobs",
        **common,
        blob_services_name="default",
        delete_retention_policy=kept,
        container_delete_retention_policy=kept,
        opts=here,
    )
    made = {
        key: storage.BlobContainer(
            f"{name}-{key}",
            **common,
            container_name=key,
            public_access=storage.PublicAccess.NONE,
            opts=held(parent, data, service),
        )
        for key in containers
    }
    if ends:
        storage.ManagementPolicy(
            f"{name}-ends",
            **common,
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(rules=[_rule(key, end) for key, end in ends.items()]),
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[service]),
        )
    private_endpoint(parent, name, place, f"{part}-blob", account.id, "storage_blob")
    if lake:
        private_endpoint(parent, f"{name}-dfs", place, f"{part}-dfs", account.id, "storage_dfs")
    send_logs(parent, f"{name}-logs", pulumi.Output.concat(account.id, "/blobServices/default"), place.workspace_id)
    lock(parent, name, account.id, found, data)
    return BlobStore(account, made)


def warn_when_larger(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    account: storage.StorageAccount,
    gigabytes: int,
    action_group_ids: Sequence[pulumi.Input[str]],
) -> monitor.MetricAlert:
    """An alert, without haste, when an account holds more than was foreseen."""
    more = monitor.MetricCriteriaArgs(
        name="omvang",
        criterion_type="StaticThresholdCriterion",
        metric_name="UsedCapacity",
        metric_namespace="Microsoft.Storage/storageAccounts",
        operator="GreaterThan",
        threshold=gigabytes * GB,
        time_aggregation="Average",
    )
    return monitor.MetricAlert(
        f"{name}-size",
        resource_group_name=place.resource_group_name,
        rule_name=f"{place.workload} is groter dan voorzien",
        location="global",
        description=f"More than the {gigabytes} GB that were foreseen",
        severity=3,
        enabled=True,
        auto_mitigate=True,
        scopes=[account.id],
        evaluation_frequency="PT1H",
        window_size="PT1H",
        criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
            odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", all_of=[more]
        ),
        actions=[monitor.MetricAlertActionArgs(action_group_id=group) for group in action_group_ids],
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _rule(key: str, end: End) -> storage.ManagementPolicyRuleArgs:
    delete = storage.DateAfterModificationArgs(days_after_modification_greater_than=end.days)
    return storage.ManagementPolicyRuleArgs(
        name=f"einde-{key}",
        type="Lifecycle",
        enabled=True,
        definition=storage.ManagementPolicyDefinitionArgs(
            filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"], prefix_match=list(end.prefixes)),
            actions=storage.ManagementPolicyActionArgs(base_blob=storage.ManagementPolicyBaseBlobArgs(delete=delete)),
        ),
    )
