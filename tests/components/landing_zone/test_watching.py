"""Alerts on metrics, rules of Sentinel, and disks under a key of our own."""

import pytest

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.detection import Detection
from kade.components.landing_zone.disk_encryption import DiskEncryption
from kade.components.landing_zone.metric_alerts import MetricAlerts
from kade.facts import UnknownFactError
from kade.facts.azure_types import types_by_arm
from kade.facts.data import read
from kade.facts.monitoring import detection_rules, metric_rules, watched_together
from tests.components.landing_zone.support import make

BASE = {
    "names": {"organisation": "lindewaard", "environment": "prd", "region": "weu", "code": "lin"},
    "resource_group_name": "rg",
}
VAULTS = "Microsoft.KeyVault/vaults"


def alerts(**more):
    watched = {"kluizen": {"type": VAULTS, "scope": "/subscriptions/s", "region": "westeurope"}}
    return make(MetricAlerts, "beheer", **BASE, **{"watched": watched, "action_groups": {"1": ["/ag"]}, **more})


def test_alerts_are_made_for_a_severity_that_somebody_hears_of():
    made = alerts()
    assert {a.inputs["severity"] for a in made.of("MetricAlert")} == {1}
    availability = made.one("beheer-kluizen-availability").inputs
    assert availability["scopes"] == ["/subscriptions/s"]
    assert availability["targetResourceType"] == VAULTS
    assert availability["targetResourceRegion"] == "westeurope"
    (criterion,) = availability["criteria"]["allOf"]
    assert (criterion["metricName"], criterion["operator"], criterion["threshold"]) == ("Availability", "LessThan", 90)
    assert availability["actions"] == [{"actionGroupId": "/ag"}]
    assert len(alerts(action_groups={"3": ["/ag"]}).of("MetricAlert")) == 1  # latency
    assert alerts(action_groups={"0": []}).of("MetricAlert") == []


def test_a_threshold_can_differ():
    made = alerts(thresholds={f"{VAULTS}/availability": 99})
    (criterion,) = made.one("beheer-kluizen-availability").inputs["criteria"]["allOf"]
    assert criterion["threshold"] == 99


def test_a_type_that_one_rule_cannot_watch_needs_a_resource():
    firewall = {"type": "Microsoft.Network/azureFirewalls", "scope": "/subscriptions/s/fw"}
    made = alerts(watched={"hub": firewall}, action_groups={"0": ["/ag"], "1": ["/ag"]})
    assert {a.inputs["scopes"][0] for a in made.of("MetricAlert")} == {"/subscriptions/s/fw"}
    with pytest.raises(ArgumentError, match="one rule cannot watch all"):
        alerts(watched={"hub": {**firewall, "region": "westeurope"}})
    with pytest.raises(UnknownFactError, match="type with metric alerts"):
        alerts(watched={"x": {"type": "Microsoft.KeyVault/vault", "scope": "/s"}})


@pytest.mark.parametrize("type_", read("metric_alerts")["types"])
def test_every_type_with_alerts_is_one_of_azure_and_its_alerts_are_sound(type_):
    assert types_by_arm(type_)
    for rule in metric_rules(type_):
        assert rule.window >= rule.every
        assert rule.severity in range(5)
        assert rule.operator in ("LessThan", "GreaterThan")
    assert VAULTS in watched_together()


def detection(**more):
    return make(Detection, "zoeken", resource_group_name="rg", workspace_name="log", **more)


def test_sentinel_looks_with_every_rule_and_makes_incidents():
    made = detection()
    rules = made.of("ScheduledAlertRule")
    assert {r.name.removeprefix("zoeken-") for r in rules} == set(detection_rules())
    assert all(r.inputs["incidentConfiguration"] == {"createIncident": True} for r in rules)
    assert len({r.inputs["ruleId"] for r in made.resources if "ruleId" in r.inputs}) == len(rules) + 2
    assert made.one("zoeken-fusion").inputs["enabled"] is True
    left = detection(leave_out=["mass-deletion"])
    assert "zoeken-mass-deletion" not in {r.name for r in left.resources}
    with pytest.raises(ArgumentError, match="no rule 'mass'"):
        detection(leave_out=["mass"])


@pytest.mark.parametrize("rule", detection_rules().values(), ids=lambda rule: rule.key)
def test_a_rule_reads_the_activity_log_and_shows_who_did_it(rule):
    assert rule.query.startswith("AzureActivity\n")
    assert "Caller" in rule.query
    assert "CallerIpAddress" in rule.query
    assert rule.tactics
    assert rule.techniques


def test_disks_are_encrypted_by_an_identity_that_may_use_the_key_and_nothing_else():
    made = make(DiskEncryption, "schijven", **BASE, location="westeurope", vault_id="/v", key_uri="https://v/keys/k")
    (role,) = made.of("RoleAssignment")
    assert role.inputs["scope"] == "/v"
    assert role.inputs["roleDefinitionId"].endswith("e147488a-f6f5-4113-8e2d-b22465e65bf6")
    disks = made.one("schijven-set").inputs
    assert disks["activeKey"] == {"keyUrl": "https://v/keys/k", "sourceVault": {"id": "/v"}}
    assert disks["rotationToLatestKeyVersionEnabled"] is True
    assert disks["encryptionType"] == "EncryptionAtRestWithCustomerKey"
