"""A data platform of the estate: from its record to the component."""

from __future__ import annotations

from typing import Any

from kade.components.services.data_lake import ReadersArgs
from kade.components.services.data_platform import DataPlatform, DataPlatformArgs
from kade.components.workload.database import DatabaseArgs
from kade.estate.services import DataPlatform as Record
from kade.stacks.common import principal_of
from kade.stacks.services_context import ServiceContext


def make_data_platform(context: ServiceContext, record: Record) -> dict[str, Any]:
    """Make it; where its lake is."""
    settings = context.estate.security.key_vaults
    args = DataPlatformArgs(
        place=context.place,
        data=context.data,
        tenant_id=context.tenant,
        zones=record.zones,
        readers={zone: ReadersArgs(context.groups(names, "readers")) for zone, names in record.readers.items()},
        retention_days=record.retention_days,
        size_gb=record.storage_gb,
        factory=record.factory,
        pseudonymise=record.pseudonymise,
        keeper=principal_of(context.estate, record.keeper, f"services.{context.key}.keeper") if record.keeper else "",
        database=DatabaseArgs(record.database.size_gb, record.database.tier) if record.database else None,
        database_standby=record.database is None or record.database.high_availability,
        administrator=context.administrator() if record.database else None,
        vault_premium=settings.sku == "premium",
        vault_retention_days=settings.purge_protection_days,
        action_group_ids=context.alerted,
    )
    made = DataPlatform(context.key, args, context.opts)
    return {"lakeId": made.lake_id, "lakeName": made.lake_name}
