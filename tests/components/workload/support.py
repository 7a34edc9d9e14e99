"""Makes one component of a workload from plain dictionaries, as the component host does."""

from typing import Any

from tests.components.network.support import Run, run

PLACE: dict[str, Any] = {
    "names": {"organisation": "lindewaard", "environment": "prd", "region": "weu", "code": "lin"},
    "resource_group_name": "rg",
    "location": "westeurope",
    "workload": "zaken",
    "zones": ["1", "2", "3"],
    "endpoint_subnet_id": "/subnet",
    "workspace_id": "/workspace",
}
KEY = {
    "key_uri": "https://kv.vault.azure.net/keys/data",
    "vault_id": "/vault",
    "identity_id": "/identity",
    "identity_client_id": "client",
}
ADMINISTRATOR = {"name": "beheer", "object_id": "g", "tenant_id": "t"}


def data(classification: str, **more: Any) -> dict[str, Any]:
    """How data of a classification is kept, with a key at hand and the pair allowed."""
    found = {"classification": classification, "key": KEY, "pair_allowed": True, "readers": {"beheer": "g"}}
    return {**found, **more}


def make(kind: Any, name: str, **args: Any) -> Run:
    """What a component registers."""
    return run(lambda: kind(name, args))
