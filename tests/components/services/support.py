"""Where the components of the tests stand."""

from typing import Any

from kade.components.naming import Naming
from kade.components.workload.database import AdministratorArgs
from kade.components.workload.place import DataArgs, OwnKeyArgs, PlaceArgs

CONFIDENTIAL = DataArgs("confidential")
PUBLIC = DataArgs("public", pair_allowed=True)
OWN_KEY = OwnKeyArgs("https://kv.vault.azure.net/keys/data", "/vault", "/identity", "client")
RESTRICTED = DataArgs("restricted", key=OWN_KEY)
ADMINS = AdministratorArgs("beheerders", "group-id", "tenant-id")


def place(workload, **more):
    given: dict[str, Any] = {
        "names": Naming("voorbeeld", "prd", "weu", code="vb"),
        "resource_group_name": "rg",
        "location": "westeurope",
        "workload": workload,
        "zones": ["1", "2", "3"],
        "endpoint_subnet_id": "/subnet/data",
        "workspace_id": "/workspace",
        **more,
    }
    return PlaceArgs(**given)
