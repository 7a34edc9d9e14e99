"""What the components make besides protection, and what they refuse."""

import pytest

from kade.components.arguments import ArgumentError
from kade.components.workload.cluster_place import ClusterPlace
from kade.components.workload.connected_servers import ConnectedServers
from kade.components.workload.container_apps import ContainerApps
from kade.components.workload.file_share import FileShare
from kade.components.workload.functions import Functions
from kade.components.workload.machines import Machines
from kade.components.workload.managed_instance import ManagedInstance
from kade.components.workload.mysql import MySql
from kade.components.workload.postgresql import PostgreSql
from kade.components.workload.saas_connection import SaasConnection
from kade.components.workload.sql import AzureSql
from kade.components.workload.web_app import WebApp
from tests.components.workload.support import ADMINISTRATOR, PLACE, data, make

SAAS = {"policy_name": "p", "resource_group_name": "rg", "group_name": "g", "sources": ["10.0.0.0/8"]}
WINDOWS = {"os": "windows", "version": "2022", "subnet_id": "/s"}


def machines(item, **more):
    return make(Machines, "m", place=PLACE, data=data("internal"), machines={"app": item}, **more)


def server(kind, databases, **more):
    return make(kind, "d", place=PLACE, data=data("internal"), databases=databases, administrator=ADMINISTRATOR, **more)


def test_machines_are_spread_over_zones_and_sized_by_need():
    made = machines({**WINDOWS, "count": 4, "cores": 8, "memory_gb": 64})
    found = [made.one(f"m-app-{number}").inputs for number in range(1, 5)]
    assert [m["zones"][0] for m in found] == ["1", "2", "3", "1"]
    assert {m["hardwareProfile"]["vmSize"] for m in found} == {"Standard_E8s_v5"}
    names = [m["osProfile"]["computerName"] for m in found]
    assert names == ["zakenapp01", "zakenapp02", "zakenapp03", "zakenapp04"]


def test_a_machine_joins_the_directory_and_stops_at_night():
    domain = {"name": "ad.example", "user": "join@ad.example", "password": "geheim"}
    made = machines(
        {**WINDOWS, "join_domain": True},
        domain=domain,
        stop_at="19:00",
        collection_rule_id="/rule",
        backup={"vault": {"name": "rsv", "resource_group_name": "rg"}, "policy_id": "/policy"},
    )
    join = made.one("m-app-domain").inputs
    assert join["settings"]["Name"] == "ad.example"
    assert "geheim" not in str(join["settings"])
    assert made.one("m-app-stop").inputs["dailyRecurrence"] == {"time": "1900"}
    assert made.one("m-app-agent").inputs["type"] == "AzureMonitorWindowsAgent"
    assert made.one("m-app-backup").inputs["properties"]["policyId"] == "/policy"
    without = machines({**WINDOWS, "join_domain": True}, domain={**domain, "password": None})
    assert not [r for r in without.resources if r.name == "m-app-domain"]


def test_a_machine_boots_from_what_the_migration_wrote():
    made = machines({**WINDOWS, "version": "2012 R2", "os_disk_ids": ["/disk"]}).one("m-app").inputs
    assert "osProfile" not in made
    assert made["storageProfile"]["osDisk"]["createOption"] == "Attach"


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"version": "2012 R2"}, "unknown version of windows.*Renew the system, or give os_disk_ids"),
        ({"os_disk_ids": ["/a"], "count": 2}, "1 os_disk_ids for 2 machines"),
        ({"join_domain": True}, "there is no `domain` to join"),
        ({"os": "linux", "version": "rhel-9"}, "needs ssh_public_key"),
        ({"cores": 500}, "no size of kade/facts/vm_sizes.json has 500 cores"),
    ],
)
def test_machines_that_cannot_be(item, message):
    with pytest.raises(ArgumentError, match=message):
        machines({**WINDOWS, **item})


def test_databases_have_the_size_of_their_tier_with_a_fifth_more():
    made = server(AzureSql, {"a": {"size_gb": 300, "tier": "Standard"}, "b": {"size_gb": 5000}})
    first, second = made.one("d-a").inputs, made.one("d-b").inputs
    assert (first["sku"]["name"], first["maxSizeBytes"]) == ("S3", 400 * 1024**3)
    assert (first["zoneRedundant"], second["zoneRedundant"]) == (False, True)
    assert (second["sku"]["tier"], "maxSizeBytes" in second) == ("Hyperscale", False)
    assert server(PostgreSql, {"a": {"size_gb": 100}, "b": {"size_gb": 200}}).one("d-server").inputs["storage"] == {
        "storageSizeGB": 512,
        "autoGrow": "Enabled",
        "type": "Premium_LRS",
    }
    instance = server(ManagedInstance, {"a": {"size_gb": 3000}}, subnet_id="/mi").one("d-instance").inputs
    assert (instance["vCores"], instance["storageSizeInGB"]) == (8, 3616)
    mysql = server(MySql, {"a": {"size_gb": 10, "tier": "BusinessCritical"}})
    assert mysql.one("d-server").inputs["sku"]["tier"] == "MemoryOptimized"
    assert mysql.one("d-aad-auth-only").inputs["value"] == "ON"


@pytest.mark.parametrize(
    ("kind", "database", "message"),
    [
        (AzureSql, {"size_gb": 3, "tier": "Basic"}, "3 GB does not fit in Basic, which holds 2 GB"),
        (AzureSql, {"size_gb": 3, "tier": "Premiun"}, "tier is 'Premiun'; the tiers are Basic, Standard"),
        (PostgreSql, {"size_gb": 40000}, "40000 GB fits in no tier of postgresql"),
    ],
)
def test_a_database_that_does_not_fit(kind, database, message):
    with pytest.raises(ArgumentError, match=message):
        server(kind, {"a": database})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"size_gb": 10, "protocol": "nfs"}, "nfs on premium shares only"),
        ({"size_gb": 10, "protocol": "ftp"}, "it is smb or nfs"),
        ({"size_gb": 90000}, "is over 102400 GB"),
    ],
)
def test_a_share_that_cannot_be(args, message):
    with pytest.raises(ArgumentError, match=message):
        make(FileShare, "f", place=PLACE, data=data("internal"), **args)


def test_code_is_reached_from_inside_and_has_no_passwords():
    web = make(WebApp, "w", place=PLACE, data=data("restricted"), subnet_id="/web", runtime="DOTNETCORE|8.0")
    assert web.one("w-app").inputs["publicNetworkAccess"] == "Disabled"
    assert {r.inputs["allow"] for r in (*web.of("WebAppFtpAllowed"), *web.of("WebAppScmAllowed"))} == {False}
    apps = {"a": {"image": "i:1", "cores": 0.5, "memory_gb": 3}}
    made = make(ContainerApps, "c", place=PLACE, data=data("restricted"), subnet_id="/apps", containers=apps)
    container = made.one("c-a").inputs["template"]["containers"][0]
    assert container["resources"] == {"cpu": 1.5, "memory": "3Gi"}
    with pytest.raises(ArgumentError, match="need more than 4 cores; use a cluster"):
        make(
            ContainerApps,
            "c",
            place=PLACE,
            data=data("public"),
            subnet_id="/s",
            containers={"a": {"image": "i", "cores": 9}},
        )
    code = make(Functions, "f", place=PLACE, data=data("restricted"), subnet_id="/f", runtime="python|3.12")
    assert code.one("f-app").inputs["functionAppConfig"]["runtime"] == {"name": "python", "version": "3.12"}
    assert code.one("f-account").inputs["allowSharedKeyAccess"] is False
    with pytest.raises(ArgumentError, match="it is <language>"):
        make(Functions, "f", place=PLACE, data=data("public"), subnet_id="/f", runtime="cobol")


def test_a_place_in_a_cluster_is_bounded():
    args = {"cluster_name": "aks", "cluster_resource_group_name": "rg", "oidc_issuer_url": "https://i"}
    made = make(ClusterPlace, "p", place=PLACE, **args, cores=1.5, memory_gb=2)
    quota = made.one("p-namespace").inputs["properties"]["defaultResourceQuota"]
    assert (quota["cpuLimit"], quota["memoryLimit"]) == ("1500m", "2048Mi")
    with pytest.raises(ArgumentError, match="lets nothing run"):
        make(ClusterPlace, "p", place=PLACE, **args, cores=0, memory_gb=2)


def test_bought_services_are_reached_by_name_only():
    services = [{"key": "hr", "endpoints": ["hr.example"], "title": "Personeel"}]
    rule = make(SaasConnection, "s", **SAAS, priority=30001, services=services).one("s-rules").inputs
    (allowed,) = rule["ruleCollections"][0]["rules"]
    assert (allowed["targetFqdns"], allowed["protocols"]) == (
        ["hr.example"],
        [{"protocolType": "Https", "port": 443}],
    )
    with pytest.raises(ArgumentError, match="for bought services it is 30000 to 49999"):
        make(SaasConnection, "s", **SAAS, priority=100, services=services)
    with pytest.raises(ArgumentError, match="no services"):
        make(SaasConnection, "s", **SAAS, priority=30001, services=[])


def test_servers_on_site_are_patched_in_their_window():
    window = {"day": "sunday", "start": "03:00", "hours": 6, "week": "last"}
    made = make(
        ConnectedServers,
        "a",
        names=PLACE["names"],
        workload="deuren",
        location="westeurope",
        operators={"beheer": "g"},
        window=window,
    )
    found = made.of("MaintenanceConfiguration")[0].inputs
    assert (found["recurEvery"], found["duration"]) == ("1Month Last Sunday", "04:00")
    with pytest.raises(ArgumentError, match="week is 'fifth'"):
        make(
            ConnectedServers,
            "a",
            names=PLACE["names"],
            workload="d",
            location="westeurope",
            window={**window, "week": "fifth"},
        )
