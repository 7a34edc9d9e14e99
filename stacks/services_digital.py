"""A digital service of the estate: from its record to the component."""

from __future__ import annotations

from typing import Any

from kade.components.services.digital_service import DigitalService
from kade.components.services.digital_service_args import DigitalServiceArgs, ServiceDatabaseArgs
from kade.components.services.sign_in import SignInArgs, security_txt
from kade.estate.service_places import delegations_of, inbound_subnet
from kade.estate.services import DigitalService as Record
from kade.stacks.common import StackError
from kade.stacks.services_context import ServiceContext


def make_digital_service(context: ServiceContext, record: Record) -> dict[str, Any]:
    """Make it; what the gateway's stack reads of it."""
    inbound = inbound_subnet(context.estate, record)
    if inbound is None:
        raise StackError(f"services.{context.key}: spoke {record.spoke} has no subnet where the gateway reaches it")
    (delegation,) = delegations_of(record)
    standing = context.scaled(record.instances)
    args = DigitalServiceArgs(
        place=context.place,
        data=context.data,
        tenant_id=context.tenant,
        hostname=record.hostname,
        runtime=record.runtime,
        subnet_id=context.takes(delegation),
        inbound_subnet_id=context.subnet(record.spoke, inbound),
        platform=record.platform,
        instances=standing,
        maximum_instances=max(standing, context.scaled(record.maximum_instances)),
        slot=record.slots,
        health_path=record.health_path,
        sign_in=_sign_in(record),
        database=_database(record),
        administrator=context.administrator() if record.database is not None else None,
        alert_emails=context.estate.security.contact.emails,
        queue=record.queue,
        files_gb=record.files_gb,
        security_txt=_security_txt(record),
        # Outside production there is no gateway in front of it, so nobody outside can ask for it.
        published=record.published and _is_published(context, record),
        criticality=record.criticality,
        hours=record.hours if context.environment == context.estate.production else "office",
        action_group_ids=context.alerted,
    )
    made = DigitalService(context.key, args, context.opts)
    return {"host": made.host, "vaultId": made.vault_id, "vaultUri": made.vault.uri}


def _is_published(context: ServiceContext, record: Record) -> bool:
    """Whether its way in stands in this environment."""
    way = context.estate.network.ingress[record.ingress]
    return context.environment in context.estate.network.spokes[way.spoke].subscriptions


def _sign_in(record: Record) -> SignInArgs | None:
    how = record.sign_in
    if how.broker is None or not (how.digid or how.eherkenning or how.eidas):
        return None
    return SignInArgs(how.broker, how.digid, how.eherkenning, how.eidas, how.level)


def _database(record: Record) -> ServiceDatabaseArgs | None:
    item = record.database
    if item is None:
        return None
    return ServiceDatabaseArgs(item.size_gb, item.engine, item.tier, item.high_availability)


def _security_txt(record: Record) -> str:
    item = record.security_txt
    if item is None:
        return ""
    return security_txt(item.contact, item.expires.isoformat(), record.hostname, item.policy)
