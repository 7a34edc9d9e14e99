"""Another classification changes encryption, access, backup and location as the table says."""

import pytest

from kade.components.arguments import ArgumentError
from kade.components.workload.archive import Archive
from kade.components.workload.file_share import FileShare
from kade.components.workload.machines import Machines
from kade.components.workload.postgresql import PostgreSql
from kade.components.workload.sql import AzureSql
from tests.components.workload.support import ADMINISTRATOR, PLACE, data, make

VAULT = {"vault": {"name": "rsv", "resource_group_name": "rg-backup"}}


def share(classification, **more):
    return make(FileShare, "f", place=PLACE, data=data(classification, **more), size_gb=100, backup=VAULT)


def database(classification, **more):
    wanted = {"zaken": {"size_gb": 50}}
    return make(
        PostgreSql, "d", place=PLACE, data=data(classification, **more), databases=wanted, administrator=ADMINISTRATOR
    )


# Classification: own key, encrypted twice, days back, weeks, standing access, redundancy, copies to, lock.
TABLE = {
    "public": (False, False, 7, 0, True, "GZRS", "AAD", False),
    "internal": (False, False, 14, 4, True, "GZRS", "AAD", False),
    "confidential": (False, True, 30, 12, False, "ZRS", "PrivateLink", True),
    "restricted": (True, True, 35, 12, False, "ZRS", "PrivateLink", True),
}


@pytest.mark.parametrize("classification", TABLE)
def test_a_share_is_kept_as_its_classification_asks(classification):
    own, twice, days, weeks, standing, redundancy, copies, locked = TABLE[classification]
    made = share(classification)
    account = made.one("f-account").inputs
    assert (account["encryption"]["keySource"] == "Microsoft.Keyvault") is own
    assert account["encryption"]["requireInfrastructureEncryption"] is twice
    assert account["sku"]["name"] == f"Standard_{redundancy}"
    assert account["allowedCopyScope"] == copies
    assert account["publicNetworkAccess"] == "Disabled"
    assert account["allowSharedKeyAccess"] is False
    kept = made.one("f-backup-policy").inputs["properties"]["retentionPolicy"]
    assert kept["dailySchedule"]["retentionDuration"]["count"] == max(30, days)
    assert kept.get("weeklySchedule", {}).get("retentionDuration", {}).get("count", 0) == weeks
    assert len(made.of("RoleAssignment")) == standing
    assert len(made.of("PimRoleEligibilitySchedule")) == (not standing)
    assert len(made.of("ManagementLockByScope")) == locked


@pytest.mark.parametrize("classification", TABLE)
def test_a_database_is_kept_as_its_classification_asks(classification):
    own, _, days, _, _, redundancy, _, locked = TABLE[classification]
    made = database(classification)
    server = made.one("d-server").inputs
    assert ("dataEncryption" in server) is own
    assert server["backup"]["backupRetentionDays"] == days
    assert server["backup"]["geoRedundantBackup"] == ("Enabled" if redundancy == "GZRS" else "Disabled")
    assert len(made.of("ManagementLockByScope")) == locked


def test_copies_stay_where_the_pair_is_not_allowed():
    assert share("public", pair_allowed=False).one("f-account").inputs["sku"]["name"] == "Standard_ZRS"
    backup = database("public", pair_allowed=False).one("d-server").inputs["backup"]
    assert backup["geoRedundantBackup"] == "Disabled"


@pytest.mark.parametrize(("classification", "weeks", "reads"), [("public", 0, False), ("confidential", 12, True)])
def test_sql_keeps_copies_and_logs_reading_by_classification(classification, weeks, reads):
    made = make(
        AzureSql,
        "s",
        place=PLACE,
        data=data(classification),
        databases={"zaken": {"size_gb": 5}},
        administrator=ADMINISTRATOR,
    )
    copies = made.of("LongTermRetentionPolicy")
    assert [c.inputs["weeklyRetention"] for c in copies] == ([f"P{weeks}W"] if weeks else [])
    assert ("BATCH_COMPLETED_GROUP" in made.one("s-audit").inputs["auditActionsAndGroups"]) is reads


@pytest.mark.parametrize(("classification", "own"), [("confidential", False), ("restricted", True)])
def test_disks_have_a_key_of_our_own_where_it_is_asked(classification, own):
    machines = {"app": {"os": "windows", "version": "2022", "subnet_id": "/s", "disks_gb": [128, 64]}}
    made = make(Machines, "m", place=PLACE, data=data(classification), machines=machines)
    disk = made.one("m-app-disk-1").inputs
    assert len(made.of("DiskEncryptionSet")) == own
    assert ("diskEncryptionSetId" in disk["encryption"]) is own
    assert made.one("m-app").inputs["securityProfile"]["encryptionAtHost"] is True


def test_a_key_has_to_be_given_where_it_is_asked():
    with pytest.raises(ArgumentError, match=r"restricted is encrypted with a key of our own; give data\.key"):
        share("restricted", key=None)
    with pytest.raises(ArgumentError, match="did you mean public"):
        share("publc")


def test_who_does_not_say_gets_the_heaviest_protection():
    with pytest.raises(ArgumentError, match="data that is restricted"):
        make(FileShare, "f", place=PLACE, data={}, size_gb=100)


def test_an_archive_has_no_lock_whatever_its_classification():
    args = {"selection_category": "11.1", "then": "destroy", "on": "2043-12-31"}
    made = make(Archive, "a", place=PLACE, data=data("restricted"), **args)
    assert made.of("ManagementLockByScope") == []
    assert made.one("a-container").inputs["metadata"]["selectiecategorie"] == "11.1"
    with pytest.raises(ArgumentError, match="it is destroy or transfer"):
        make(Archive, "a", place=PLACE, data=data("public"), **{**args, "then": "keep"})
