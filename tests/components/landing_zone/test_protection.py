"""Key vaults, backup, roles of our own and pipelines."""

import pytest

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.backup import BackupVaults
from kade.components.landing_zone.custom_roles import CustomRoles, custom_role_id
from kade.components.landing_zone.key_vault import KeyVault
from kade.components.landing_zone.pipeline_identity import PipelineIdentity
from kade.facts.roles import administrative_roles, role_id
from tests.components.landing_zone.support import make

BASE = {
    "names": {"organisation": "lindewaard", "environment": "prd", "region": "weu", "code": "lin"},
    "resource_group_name": "rg",
    "location": "westeurope",
}
TOP = "/providers/Microsoft.Management/managementGroups/lin"
SUBSCRIPTION = "/subscriptions/0b8f6e0a-52d1-4c44-9d0c-1a5e7a3c9001"


def test_a_vault_is_closed_and_its_keys_renew_themselves():
    made = make(KeyVault, "kluis", **BASE, tenant_id="t", keys={"data": {"rotation_days": 365}})
    vault = made.one("kluis-vault").inputs
    assert vault["vaultName"] == "kvlinplatformprdweu001"
    assert vault["properties"]["publicNetworkAccess"] == "Disabled"
    assert vault["properties"]["enablePurgeProtection"] is True
    assert vault["properties"]["enableRbacAuthorization"] is True
    key = made.one("kluis-key-data").inputs["properties"]
    assert (key["kty"], key["keySize"]) == ("RSA-HSM", 3072)
    renew, warn = key["rotationPolicy"]["lifetimeActions"]
    assert renew["trigger"] == {"timeAfterCreate": "P365D"}
    assert warn["trigger"] == {"timeBeforeExpiry": "P30D"}
    with pytest.raises(ArgumentError, match="after 28 days at least, not 7"):
        make(KeyVault, "kluis", **BASE, tenant_id="t", keys={"data": {"rotation_days": 7}})


CLASSES = {
    "kritiek": {"rpo_hours": 4, "daily": 35, "weekly": 12, "monthly": 12, "yearly": 1},
    "test": {"rpo_hours": 168, "daily": 7},
}


def test_backup_cannot_be_emptied_by_one_person():
    made = make(BackupVaults, "backup", **BASE, classes=CLASSES, resource_guard_id="/guard")
    settings = made.one("backup-recovery").inputs["properties"]
    assert settings["securitySettings"]["immutabilitySettings"] == {"state": "Unlocked"}
    assert settings["securitySettings"]["softDeleteSettings"]["softDeleteState"] == "AlwaysON"
    assert settings["redundancySettings"]["standardTierStorageRedundancy"] == "ZoneRedundant"
    assert len(made.of("ResourceGuardProxy")) == len(made.of("DppResourceGuardProxy")) == 1


def test_a_class_becomes_a_policy():
    made = make(BackupVaults, "backup", **BASE, classes=CLASSES)
    often = made.one("backup-policy-kritiek").inputs["properties"]
    assert often["schedulePolicy"]["hourlySchedule"]["interval"] == 4
    assert often["retentionPolicy"]["yearlySchedule"]["retentionDuration"] == {"count": 1, "durationType": "Years"}
    seldom = made.one("backup-policy-test").inputs["properties"]
    assert seldom["schedulePolicy"]["scheduleRunFrequency"] == "Daily"
    assert set(seldom["retentionPolicy"]) == {"retentionPolicyType", "dailySchedule"}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"classes": {"a": {"rpo_hours": 1}}}, "allows 1 hours of loss; backup of machines goes down to 4"),
        ({"classes": {}, "redundancy": "world"}, "it is one of local, zone, geo"),
        ({"classes": {}, "soft_delete_days": 7}, "Azure takes 14 to 180"),
    ],
)
def test_backup_that_azure_does_not_have(more, message):
    with pytest.raises(ArgumentError, match=message):
        make(BackupVaults, "backup", **BASE, **more)


def test_a_role_of_our_own_has_an_id_that_is_known_beforehand():
    roles = {"storing": {"title": "Storingsdienst", "description": "Herstart", "actions": ["Microsoft.Compute/*/read"]}}
    made = make(CustomRoles, "roles", scope=TOP, roles=roles).one("roles-storing").inputs
    assert custom_role_id(TOP, "storing").endswith(made["roleDefinitionId"])
    assert made["assignableScopes"] == [TOP]
    roles["storing"]["actions"] = ["*"]
    with pytest.raises(ArgumentError, match="could give every right"):
        make(CustomRoles, "roles", scope=TOP, roles=roles)


def pipeline(**more):
    args = {"workload": "platform", "provider": "github", "repository": "lindewaard/kade", **more}
    return make(PipelineIdentity, "platform", **BASE, **args)


def test_reviewers_let_a_plan_through_and_the_branch_applies():
    made = pipeline()
    assert made.one("platform-plan-credential").inputs["subject"] == "repo:lindewaard/kade:environment:plan"
    assert made.one("platform-apply-credential").inputs["subject"] == "repo:lindewaard/kade:ref:refs/heads/main"


def test_azure_devops_trusts_a_service_connection_for_each():
    made = pipeline(provider="azure_devops", repository="lindewaard/infra/kade", organisation_id="6d0c1f7e")
    assert made.one("platform-apply-credential").inputs["issuer"] == "https://vstoken.dev.azure.com/6d0c1f7e"
    assert made.one("platform-plan-credential").inputs["subject"] == "sc://lindewaard/infra/kade-plan"
    with pytest.raises(ArgumentError, match="give `organisation_id`"):
        pipeline(provider="azure_devops", repository="lindewaard/infra/kade")
    with pytest.raises(ArgumentError, match="organisation/repository"):
        pipeline(repository="kade")


def test_the_plan_reads_and_who_applies_gives_no_role_that_gives_rights():
    roles = {SUBSCRIPTION: ["Contributor", "Role Based Access Control Administrator"]}
    given = pipeline(read_scopes=[TOP], write_scopes=roles).of("RoleAssignment")
    assert [r.name for r in given if "-plan-" in r.name] == ["platform-plan-reader-0"]
    (admin,) = [r for r in given if r.name.endswith("administrator")]
    assert all(role_id(role) in admin.inputs["condition"] for role in administrative_roles())
    assert admin.inputs["conditionVersion"] == "2.0"
    assert [r.name for r in given if "condition" in r.inputs] == [admin.name]
    with pytest.raises(ArgumentError, match="no pipeline is Owner"):
        pipeline(write_scopes={SUBSCRIPTION: ["Owner"]})
