"""Information exchange of the estate: API Management, FSC, notifications, Digikoppeling, files."""

from __future__ import annotations

from typing import Any

import pulumi

from kade.components.services.api_management import ApiManagement, ApiManagementArgs
from kade.components.services.certificate_vault import CertificateVault, CertificateVaultArgs
from kade.components.services.digikoppeling import Digikoppeling, DigikoppelingArgs
from kade.components.services.file_exchange import FileExchange, FileExchangeArgs
from kade.components.services.fsc import Fsc, FscArgs
from kade.components.services.fsc_place import FscPlace, FscPlaceArgs
from kade.components.services.messaging import Messaging, MessagingArgs
from kade.estate.service_places import API_MANAGEMENT, CONTAINER_APPS
from kade.estate.services import ApiManagement as ApiRecord
from kade.estate.services import Digikoppeling as DigikoppelingRecord
from kade.estate.services import FileTransfer, InformationExchange
from kade.estate.services import Fsc as FscRecord
from kade.estate.services import Messaging as MessagingRecord
from kade.stacks.common import StackError
from kade.stacks.references import found_in
from kade.stacks.services_context import ServiceContext


def make_exchange(context: ServiceContext, record: InformationExchange) -> dict[str, Any]:
    """Make the parts that a service has; what others read of each."""
    found: dict[str, Any] = {}
    if record.api_management is not None:
        found |= _api_management(context, record, record.api_management)
    if record.fsc is not None:
        found |= _fsc(context, record, record.fsc)
    if record.messaging is not None:
        found |= _messaging(context, record.messaging)
    if record.digikoppeling is not None:
        found |= _digikoppeling(context, record, record.digikoppeling)
    if record.file_transfer is not None:
        found |= _files(context, record.file_transfer)
    return found


def _api_management(context: ServiceContext, record: InformationExchange, item: ApiRecord) -> dict[str, Any]:
    organisation = context.estate.organisation
    if item.sku != "PremiumV2":
        pulumi.log.warn(
            f"services.{context.key}.api_management: {item.sku} is managed from outside its subnet: it needs a "
            f"flow from azure:ApiManagement on 3443, and a route of that tag to the internet"
        )
    hubs = context.output("connectivity", "hubs", production=True)
    ours = [key for key, hub in context.estate.network.hubs.items() if hub.ownership == "managed"]
    args = ApiManagementArgs(
        place=context.place,
        subnet_id=context.takes(API_MANAGEMENT if item.sku == "PremiumV2" else ""),
        tenant_id=context.tenant,
        publisher_name=organisation.display_name,
        publisher_email=item.publisher_email,
        audience=item.audience or f"api://{context.estate.name}-{context.key}-{context.environment}",
        products=item.products,
        sku=item.sku,
        mutual_tls=item.mutual_tls,
        name_networks={f"hub-{key}": found_in(hubs, key, "id") for key in ours},
        request_log_days=record.request_log_days,
        log_readers=context.groups([record.admins], "admins") if record.admins else {},
    )
    made = ApiManagement(f"{context.key}-api", args, context.opts)
    vault = CertificateVaultArgs(
        place=context.place,
        tenant_id=context.tenant,
        readers={"api": made.principal_id},
        alert_days=record.certificate_alert_days,
        action_group_ids=context.alerted,
    )
    CertificateVault(f"{context.key}-vault", vault, context.opts)
    return {"apiHost": made.host, "apiId": made.id, "requestLogId": made.requests.id}


def _fsc(context: ServiceContext, record: InformationExchange, item: FscRecord) -> dict[str, Any]:
    if item.runs_on == "kubernetes":
        return _fsc_place(context, record, item)
    args = FscArgs(
        place=context.place,
        data=context.data,
        subnet_id=context.takes(CONTAINER_APPS),
        tenant_id=context.tenant,
        group=item.group,
        directory=item.directory,
        trust_anchor=item.trust_anchor,
        peer_id=item.peer_id,
        images=item.images,
        administrator=context.administrator(),
        certificate_alert_days=record.certificate_alert_days,
        action_group_ids=context.alerted,
        replicas=context.scaled(2),
    )
    return {"fscPorts": Fsc(f"{context.key}-fsc", args, context.opts).ports}


def _fsc_place(context: ServiceContext, record: InformationExchange, item: FscRecord) -> dict[str, Any]:
    """Its place in the cluster of this environment; what runs there is deployed by its own pipeline."""
    cluster = cluster_of(context)
    args = FscPlaceArgs(
        place=context.place,
        data=context.data,
        tenant_id=context.tenant,
        administrator=context.administrator(),
        cluster_name=context.output("services", "clusterName", part=cluster),
        cluster_resource_group_name=context.output("services", "clusterResourceGroup", part=cluster),
        oidc_issuer_url=context.output("services", "oidcIssuerUrl", part=cluster),
        certificate_alert_days=record.certificate_alert_days,
        action_group_ids=context.alerted,
    )
    made = FscPlace(f"{context.key}-fsc", args, context.opts)
    pulumi.log.info(f"services.{context.key}.fsc: deploy {', '.join(item.images.values())} into the cluster {cluster}")
    return {"fscNamespace": made.namespace, "fscIdentityClientId": made.identity_client_id}


def cluster_of(context: ServiceContext) -> str:
    """The cluster of this environment. StackError without one."""
    for key, other in context.estate.services.items():
        if other.kind == "kubernetes" and context.environment in context.estate.environments_of(other):
            return key
    raise StackError(
        f"services.{context.key}.fsc.runs_on: there is no cluster in {context.environment}; add a service of kind "
        f"kubernetes there, or take container_apps"
    )


def _messaging(context: ServiceContext, item: MessagingRecord) -> dict[str, Any]:
    args = MessagingArgs(context.place, context.data, item.topics, event_grid=item.event_grid, sku=item.sku)
    made = Messaging(f"{context.key}-messages", args, context.opts)
    return {"messagingHost": made.host}


def _digikoppeling(context: ServiceContext, record: InformationExchange, item: DigikoppelingRecord) -> dict[str, Any]:
    partners = context.estate.network.partners
    args = DigikoppelingArgs(
        place=context.place,
        data=context.data,
        tenant_id=context.tenant,
        oin=item.oin,
        profiles=item.profiles,
        adapter=item.adapter or "",
        subnet_id=context.takes(CONTAINER_APPS) if item.adapter else None,
        settings={"DIGIKOPPELING_PARTNERS": ",".join(partners[key].title for key in item.partners)},
        certificate_alert_days=record.certificate_alert_days,
        action_group_ids=context.alerted,
        replicas=context.scaled(2),
    )
    return {"digikoppelingVaultId": Digikoppeling(f"{context.key}-adapter", args, context.opts).vault_id}


def _files(context: ServiceContext, item: FileTransfer) -> dict[str, Any]:
    args = FileExchangeArgs(context.place, context.data, item.partners, item.sftp, item.keep_days)
    return {"filesAccount": FileExchange(f"{context.key}-files", args, context.opts).account_name}
