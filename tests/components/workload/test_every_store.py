"""What holds data, of whatever kind: each classification gives the key, the lock, the people and the place it asks."""

import json
from typing import Any

import pytest

from kade.components.services.data_lake import DataLake
from kade.components.services.file_exchange import FileExchange
from kade.components.services.messaging import Messaging
from kade.components.services.uploads import Uploads
from kade.components.workload.archive import Archive
from kade.components.workload.file_share import FileShare
from kade.components.workload.functions import Functions
from kade.components.workload.managed_instance import ManagedInstance
from kade.components.workload.mysql import MySql
from kade.components.workload.postgresql import PostgreSql
from kade.components.workload.sql import AzureSql
from kade.components.workplace.profiles import Profiles
from tests.components.workload.support import ADMINISTRATOR, PLACE, data, make

DATABASES: dict[str, Any] = {"databases": {"zaken": {"size_gb": 50}}, "administrator": ADMINISTRATOR}
STORES: dict[Any, dict[str, Any]] = {
    Archive: {"selection_category": "11.1", "then": "destroy", "on": "2043-12-31"},
    AzureSql: DATABASES,
    DataLake: {"zones": ["raw"]},
    FileExchange: {"partners": ["buur"]},
    FileShare: {"size_gb": 100},
    Functions: {"subnet_id": "/s", "runtime": "python|3.12"},
    ManagedInstance: {**DATABASES, "subnet_id": "/s"},
    Messaging: {"topics": ["zaken"]},
    MySql: DATABASES,
    PostgreSql: DATABASES,
    Profiles: {"people": 10, "group_ids": ["g"], "administrators": "a"},
    Uploads: {"files_gb": 10},
}
NEVER_LOCKED = (Archive, Functions)  # a lock can block erasure; the other holds code and no data
ONE_REGION = (Messaging, Profiles)  # messages are not copied, and premium shares have no pair
OWN_PEOPLE = (Profiles,)  # people open their own profile every day
ELSEWHERE = ("GZRS", '"Geo"', '"geoRedundantBackup": "Enabled"')


@pytest.mark.parametrize("kind", STORES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("classification", ["public", "internal", "confidential", "restricted"])
def test_a_store_is_kept_as_its_classification_asks(kind, classification):
    made = make(kind, "x", place=PLACE, data=data(classification), **STORES[kind])
    text = json.dumps([resource.inputs for resource in made.resources])
    heavy = classification in ("confidential", "restricted")
    assert ("vault.azure.net" in text) is (classification == "restricted")
    assert len(made.of("ManagementLockByScope")) == (heavy and kind not in NEVER_LOCKED)
    assert any(mark in text for mark in ELSEWHERE) is (not heavy and kind not in ONE_REGION)
    for account in made.of("StorageAccount"):
        assert account.inputs["encryption"]["requireInfrastructureEncryption"] is heavy
        assert account.inputs["allowedCopyScope"] == ("PrivateLink" if heavy else "AAD")
    standing = [r for r in made.of("RoleAssignment") if r.inputs["principalType"] == "Group"]
    assert kind in OWN_PEOPLE or not (standing and heavy)
