"""The services layer: a stack for each service, and one for each way in from the internet, after what is behind it."""

from __future__ import annotations

from typing import Any

import pulumi

from kade.estate import Estate
from kade.estate.services import DataPlatform, DigitalService, InformationExchange
from kade.stacks.services_context import ServiceContext
from kade.stacks.services_data import make_data_platform
from kade.stacks.services_digital import make_digital_service
from kade.stacks.services_exchange import make_exchange
from kade.stacks.services_ingress import make_ingress
from kade.stacks.services_kubernetes import make_kubernetes


def run(estate: Estate, environment: str, part: str) -> None:
    """Make one service or one way in, and export what other stacks read of it.

    StackError for what the estate asks and this cannot do.
    """
    exported = make_ingress(estate, environment, part) if part in estate.network.ingress else None
    for name, value in (exported or _service(ServiceContext(estate, environment, part))).items():
        pulumi.export(name, value)


def _service(context: ServiceContext) -> dict[str, Any]:
    record = context.service
    if isinstance(record, DigitalService):
        made = make_digital_service(context, record)
    elif isinstance(record, InformationExchange):
        made = make_exchange(context, record)
    elif isinstance(record, DataPlatform):
        made = make_data_platform(context, record)
    else:
        made = make_kubernetes(context, record)
    return {
        "resourceGroup": context.place.resource_group_name,
        "classification": context.data.classification,
        "dependsOn": record.depends_on,
        **made,
    }
