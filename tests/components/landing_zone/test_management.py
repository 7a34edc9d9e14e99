"""Workspaces, collection, receivers and alerts."""

import pytest

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.alerts import AlertReceivers, HealthAlerts
from kade.components.landing_zone.collection import Collection
from kade.components.landing_zone.log_workspace import LogWorkspace
from tests.components.landing_zone.support import make

BASE = {
    "names": {"organisation": "lindewaard", "environment": "prd", "region": "weu", "code": "lin"},
    "resource_group_name": "rg",
}
KEPT = {"network": {"interactive_days": 90, "total_days": 365}}


def workspace(**more):
    return make(LogWorkspace, "logs", **BASE, location="westeurope", **more)


def test_a_workspace_takes_entra_identities_only_and_keeps_by_purpose():
    made = workspace(retention=KEPT, daily_quota_gb=20)
    inputs = made.one("logs-workspace").inputs
    assert inputs["workspaceName"] == "log-lindewaard-logs-prd-weu-001"
    assert inputs["features"]["disableLocalAuth"] is True
    assert inputs["workspaceCapping"] == {"dailyQuotaGb": 20}
    tables = {
        t.inputs["tableName"]: (t.inputs["retentionInDays"], t.inputs["totalRetentionInDays"]) for t in made.of("Table")
    }
    assert tables["AZFWNetworkRule"] == (90, 365)


def test_tables_of_sentinel_are_there_with_sentinel_only():
    security = {"security": {"interactive_days": 180, "total_days": 1096}}
    without, with_ = (workspace(retention=security, sentinel=s) for s in (False, True))
    assert "SecurityEvent" not in {t.inputs["tableName"] for t in without.of("Table")}
    assert "SecurityEvent" in {t.inputs["tableName"] for t in with_.of("Table")}
    assert len(with_.of("SentinelOnboardingState")) == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"default_days": 7}, "30 to 730"),
        ({"retention": {"network": {"interactive_days": 90, "total_days": 30}}}, "30 days in all is less than the 90"),
        ({"sentinel": True, "daily_quota_gb": 5}, "would blind Sentinel"),
    ],
)
def test_what_azure_would_refuse_or_nobody_should_want(more, message):
    with pytest.raises(ArgumentError, match=message):
        workspace(**more)


def test_what_machines_send():
    made = make(Collection, "machines", **BASE, location="westeurope", workspace_id="/w", security_events=True)
    rule = made.one("machines-rule").inputs
    sources = {s for flow in rule["dataFlows"] for s in flow["streams"]}
    collected = {s for kind in rule["dataSources"].values() for source in kind for s in source["streams"]}
    assert sources == collected
    assert "Microsoft-SecurityEvent" in sources
    assert made.one("machines-identity").inputs["resourceName"] == "id-lindewaard-monitor-agent-prd-weu-001"


def test_teams_that_hear_of_it():
    made = make(AlertReceivers, "who", **BASE, groups={"platform": ["platform@lindewaard.example"]})
    assert made.one("who-platform").inputs["emailReceivers"][0]["emailAddress"] == "platform@lindewaard.example"
    with pytest.raises(ArgumentError, match="same first 12"):
        make(AlertReceivers, "who", **BASE, groups={"beveiliging-soc": ["a@b.nl"], "beveiliging-ciso": ["a@b.nl"]})
    with pytest.raises(ArgumentError, match="no address"):
        make(AlertReceivers, "who", **BASE, groups={"niemand": []})


def test_a_subscription_is_watched():
    made = make(HealthAlerts, "beheer", **BASE, scope="/subscriptions/s", action_group_ids=["/ag"])
    assert {a.name for a in made.of("ActivityLogAlert")} == {
        "beheer-service-health",
        "beheer-resource-health",
        "beheer-operations",
    }
    done = made.one("beheer-operations").inputs["condition"]["allOf"][-1]["anyOf"]
    assert "Microsoft.Authorization/locks/delete" in {leaf["equals"] for leaf in done}
