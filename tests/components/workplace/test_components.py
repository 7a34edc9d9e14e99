"""Each component of the workplace from plain dictionaries: what it states, and what it refuses."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.components.arguments import ArgumentError
from kade.components.naming import Naming, NamingError
from kade.components.workplace.desktop_alerts import DesktopAlerts
from kade.components.workplace.desktop_pool import DesktopPool
from kade.components.workplace.entra_access import EntraAccess
from kade.components.workplace.holiday_pause import HolidayPause
from kade.components.workplace.images import ImageGallery
from kade.components.workplace.profiles import Profiles
from kade.components.workplace.rdp import RedirectionArgs, rdp_properties
from kade.components.workplace.session_hosts import SessionHosts
from kade.facts.roles import role_name
from tests.components.landing_zone.support import make

PLACE = {
    "names": Naming("voorbeeld", "prd", "weu", code="vbd"),
    "resource_group_name": "rg",
    "location": "westeurope",
    "workload": "kantoor",
    "zones": ["1", "2", "3"],
    "endpoint_subnet_id": "/subnets/data",
    "dns_zone_ids": {"privatelink.wvd.microsoft.com": "/zones/wvd"},
    "workspace_id": "/workspaces/log",
}
HOURS = {"days": ["monday"], "ramp_up": "06:00", "peak": "08:00", "ramp_down": "17:00", "off_peak": "19:00"}
POOL = {"place": PLACE, "title": "Kantoor", "sessions": 16, "group_ids": ["g"], "schedule": HOURS}
HOSTS = {
    "place": PLACE,
    "data": {"classification": "internal"},
    "prefix": "vbd-kant",
    "subnet_id": "/subnets/frontend",
    "size": "Standard_D8s_v5",
    "releases": {
        "1": {"image_id": "/versions/1.0.0", "count": 2, "draining": True},
        "2": {"image_id": "/v2", "count": 4},
    },
    "pool_name": "pool",
    "pool_resource_group_name": "rg",
    "registration_token": "not-to-be-seen",
}
PROFILES = {
    "place": PLACE,
    "data": {"classification": "internal"},
    "people": 10,
    "group_ids": ["g"],
    "administrators": "00000000-0000-4000-8000-000000000002",
}
IMAGE = {"title": "K", "publisher": "p", "offer": "o", "sku": "s", "releases": {"1": "latest"}}


def pool(**args):
    return make(DesktopPool, "kantoor", **{**POOL, **args})


def hosts(**args):
    return make(SessionHosts, "hosts", **{**HOSTS, **args})


def test_a_pool_is_private_updates_at_night_and_has_its_name_in_the_zone():
    made = pool()
    found = made.one("kantoor-pool").inputs
    assert found["publicNetworkAccess"] == "Disabled"
    assert found["agentUpdate"]["type"] == "Scheduled"
    assert found["agentUpdate"]["maintenanceWindowTimeZone"] == "W. Europe Standard Time"
    assert found["startVMOnConnect"] is True
    assert "registrationInfo" not in found
    assert made.one("kantoor-endpoint").inputs["privateLinkServiceConnections"][0]["groupIds"] == ["connection"]
    (zone,) = made.one("kantoor-endpoint-name").inputs["privateDnsZoneConfigs"]
    assert zone["privateDnsZoneId"] == "/zones/wvd"
    assert made.one("kantoor-use").inputs["principalType"] == "Group"


def test_who_comes_over_the_internet_does_so_without_the_hosts():
    assert pool(from_internet=True).one("kantoor-pool").inputs["publicNetworkAccess"] == "EnabledForClientsOnly"


def test_metadata_can_stand_in_another_region_and_the_plan_stands_with_it():
    made = pool(metadata_location="northeurope")
    assert {made.one(f"kantoor-{part}").inputs["location"] for part in ("pool", "scaling")} == {"northeurope"}
    assert made.one("kantoor-endpoint").inputs["location"] == "westeurope"


def test_a_personal_pool_starts_hosts_for_their_person_and_a_pool_without_hours_stops_none():
    made = pool(personal=True)
    assert made.one("kantoor-pool").inputs["loadBalancerType"] == "Persistent"
    assert made.one("kantoor-scaling-hours").inputs["peakStartVMOnConnect"] == "Enable"
    lasting = pool(schedule=None)
    assert lasting.of("ScalingPlan") == []
    assert lasting.one("kantoor-pool").inputs["startVMOnConnect"] is False


def test_applications_are_published_in_place_of_a_desktop():
    made = pool(applications={"rdp": {"title": "RDP", "path": "C:\\mstsc.exe"}})
    assert made.one("kantoor-applications").inputs["applicationGroupType"] == "RemoteApp"
    assert made.one("kantoor-application-rdp").inputs["commandLineSetting"] == "DoNotAllow"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"agent_day": "monday", "agent_hour": 18}, "agents would be renewed on monday at 18:00, while people work"),
        ({"agent_day": "maandag"}, "agents are renewed on a day"),
        ({"sessions": 0}, "a host takes one session at least"),
        ({"schedule": {**HOURS, "peak": "05:00"}}, "follow each other"),
        ({"schedule": {**HOURS, "days": ["maandag"]}}, "'maandag' is not a day"),
        (
            {"schedule": {**HOURS, "time_zone": "Europe/Amsterdam"}},
            "not Windows' name of a time zone; did you mean W. Europe Standard Time?",
        ),
    ],
)
def test_a_pool_that_azure_would_refuse_is_refused(args, message):
    with pytest.raises(ArgumentError, match=message):
        pool(**args)


redirections = st.builds(RedirectionArgs, *[st.booleans()] * 5)


@given(redirections)
def test_nothing_is_left_to_what_azure_opens(redirection):
    given_ = dict(part.rsplit(":", 1) for part in rdp_properties(redirection).rstrip(";").split(";"))
    assert (given_["drivestoredirect:s"] == "*") == redirection.drives
    assert (given_["redirectclipboard:i"] == "1") == redirection.clipboard
    assert (given_["usbdevicestoredirect:s"] == "*") == redirection.usb
    assert (given_["redirectprinters:i"] == "1") == redirection.printers
    assert (given_["audiocapturemode:i"] == "1") == redirection.audio
    assert given_["enablerdsaadauth:i"] == "1"


def test_hosts_are_protected_and_have_no_public_address():
    made = hosts()
    assert made.of("PublicIPAddress") == []
    for machine in made.of("VirtualMachine"):
        security = machine.inputs["securityProfile"]
        assert security["encryptionAtHost"] is True
        assert security["securityType"] == "TrustedLaunch"
        assert security["uefiSettings"] == {"secureBootEnabled": True, "vTpmEnabled": True}
        assert machine.inputs["licenseType"] == "Windows_Client"
    assert {r.inputs["type"] for r in made.of("VirtualMachineExtension")} == {"AADLoginForWindows", "IaaSAntimalware"}


def test_names_carry_the_build_and_zones_follow_the_number():
    found = {r.inputs["vmName"]: r.inputs["zones"] for r in hosts().of("VirtualMachine")}
    assert found == {
        "vbd-kant01-001": ["1"],
        "vbd-kant01-002": ["2"],
        **{f"vbd-kant02-{n:03}": [str((n - 1) % 3 + 1)] for n in range(1, 5)},
    }


def test_hosts_of_a_draining_build_take_no_new_session():
    lets = {r.inputs["sessionHostName"]: r.inputs["allowNewSession"] for r in hosts().of("SessionHost")}
    assert {name for name, lets_in in lets.items() if not lets_in} == {"vbd-kant01-001", "vbd-kant01-002"}


def test_intune_and_the_agent_are_told_by_the_arguments():
    join = hosts(intune=False).one("hosts-01-001-join").inputs
    assert join["settings"]["mdmId"] == ""
    watched = hosts(collection_rule_ids={"machines": "/rule"}, agent_identity_id="/identity")
    assert watched.one("hosts-01-001-agent").inputs["type"] == "AzureMonitorWindowsAgent"
    assert watched.one("hosts-01-001-machines").inputs["dataCollectionRuleId"] == "/rule"
    assert watched.one("hosts-01-001").inputs["identity"]["userAssignedIdentities"] == ["/identity"]


def test_an_ephemeral_disk_is_on_the_host():
    disk = hosts(ephemeral=True).one("hosts-01-001").inputs["storageProfile"]["osDisk"]
    assert disk["diffDiskSettings"] == {"option": "Local", "placement": "ResourceDisk"}
    assert disk["caching"] == "ReadOnly"


def test_a_key_of_our_own_encrypts_disks_where_the_data_asks_for_it():
    key = {"key_uri": "https://kv/keys/data", "vault_id": "/kv", "identity_id": "/id", "identity_client_id": "c"}
    made = hosts(data={"classification": "restricted", "key": key})
    assert made.of("DiskEncryptionSet")
    disk = made.one("hosts-01-001").inputs["storageProfile"]["osDisk"]["managedDisk"]
    assert disk["diskEncryptionSet"]["id"].endswith("hosts-encryption")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"prefix": "voorbeeld-kant"}, "a host's name has 20 characters, and Windows takes 15"),
        ({"releases": {"100": {"image_id": "/i", "count": 1}}}, "release 100 has to be 1 to 99"),
        ({"releases": {"1": {"image_id": "/i", "count": 1000}}}, "has 1000 hosts, and 999 fit"),
    ],
)
def test_hosts_that_windows_would_refuse_are_refused(args, message):
    with pytest.raises(ArgumentError, match=message):
        hosts(**args)


def test_profiles_are_sized_by_people_and_reached_inside_only():
    made = make(Profiles, "p", **{**PROFILES, "people": 60, "profile_gb": 10, "growth": 20})
    assert made.one("p-share").inputs["shareQuota"] == 720
    account = made.one("p-account").inputs
    assert account["publicNetworkAccess"] == "Disabled"
    assert account["allowSharedKeyAccess"] is False
    assert account["azureFilesIdentityBasedAuthentication"]["directoryServiceOptions"] == "AADKERB"
    assert (account["kind"], account["sku"]["name"]) == ("FileStorage", "Premium_ZRS")
    assert made.one("p-service").inputs["shareDeleteRetentionPolicy"] == {"enabled": True, "days": 14}
    assert made.one("p-use").inputs["principalType"] == "Group"


@pytest.mark.parametrize(
    ("args", "message"),
    [({"people": 9000}, "need 108000 GB, and a share holds 102400"), ({"deleted_days": 0}, "Azure takes 1 to 365")],
)
def test_profiles_that_do_not_fit_are_refused(args, message):
    with pytest.raises(ArgumentError, match=message):
        make(Profiles, "p", **{**PROFILES, **args})


def test_an_image_goes_to_regions_that_are_allowed_and_its_scripts_have_checksums():
    script = {"title": "NL", "script": "https://x/nl.ps1", "sha256": "a" * 64}
    image = {**IMAGE, "replicas": ["germanywestcentral"], "customisations": [script]}
    build = {"subnet_id": "/net/subnets/a", "container_subnet_id": "/net/subnets/b"}
    allowed = ["westeurope", "germanywestcentral"]
    made = make(ImageGallery, "i", place=PLACE, images={"k": image}, build=build, allowed_locations=allowed)
    template = made.one("i-k-1").inputs
    (target,) = template["distribute"]
    assert [region["name"] for region in target["targetRegions"]] == allowed
    assert target["galleryImageId"].endswith("/versions/1.0.0")
    assert template["customize"][0]["sha256Checksum"] == "a" * 64
    assert template["vmProfile"]["vnetConfig"]["containerInstanceSubnetId"] == "/net/subnets/b"


def test_who_builds_images_sees_the_network_and_changes_nothing_of_it():
    build = {"subnet_id": "/net/subnets/a", "container_subnet_id": "/net/subnets/b"}
    made = make(ImageGallery, "i", place=PLACE, images={"k": IMAGE}, build=build)
    may = {r.inputs["scope"]: role_name(r.inputs["roleDefinitionId"]) for r in made.of("RoleAssignment")}
    assert may.pop(made.one("i-gallery").id) == "Compute Gallery Artifacts Publisher"
    joins = "Virtual Machine Contributor"
    assert may == {"/net": "Reader", "/net/subnets/a": joins, "/net/subnets/b": joins}
    assert {r.inputs["principalType"] for r in made.of("RoleAssignment")} == {"ServicePrincipal"}


def test_without_a_place_to_build_there_are_definitions_only():
    made = make(ImageGallery, "i", place=PLACE, images={"k": IMAGE})
    assert made.of("GalleryImage")
    assert made.of("VirtualMachineImageTemplate") == made.of("RoleAssignment") == []


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ({"replicas": ["northeurope"]}, "image 'k' would be copied to northeurope; it may be in westeurope"),
        ({"customisations": [{"title": "NL", "script": "https://x", "sha256": "a"}]}, "'NL' has no SHA-256 of 64"),
    ],
)
def test_an_image_that_goes_elsewhere_or_has_no_checksum_is_refused(image, message):
    with pytest.raises(ArgumentError, match=message):
        make(ImageGallery, "i", place=PLACE, images={"k": {**IMAGE, **image}}, allowed_locations=["westeurope"])


def test_a_day_off_switches_plans_off_and_any_other_day_on():
    plans = {"k": {"plan_id": "/plans/p", "pool_id": "/pools/p"}}
    days = ["2026-12-26", "2026-12-25"]
    made = make(HolidayPause, "h", place=PLACE, days=days, plans=plans, scope="/rg")
    definition = made.one("h-workflow").inputs["definition"]
    inputs = definition["actions"]["set-k"]["inputs"]
    assert inputs["uri"].startswith("https://management.azure.com/plans/p?")
    (reference,) = inputs["body"]["properties"]["hostPoolReferences"]
    assert reference["hostPoolArmPath"] == "/pools/p"
    assert reference["scalingPlanEnabled"].startswith("@not(contains(createArray('2026-12-25', '2026-12-26'), ")
    assert definition["triggers"]["night"]["recurrence"]["timeZone"] == "W. Europe Standard Time"
    with pytest.raises(ArgumentError, match="there are no days off"):
        make(HolidayPause, "h", place=PLACE, days=[], plans=plans, scope="/rg")


def test_alerts_know_what_a_pool_carries_and_a_share_holds():
    pools = {"k": {"pool_name": "VDPOOL", "capacity": 50}, "leeg": {"pool_name": "leeg", "capacity": 0}}
    made = make(
        DesktopAlerts,
        "a",
        place=PLACE,
        pools=pools,
        shares={"k": "/accounts/k"},
        share_gb={"k": 100},
        action_group_ids=["/ag"],
    )
    query = made.one("a-full-k").inputs["criteria"]["allOf"][0]["query"]
    assert '/hostpools/vdpool"' in query
    assert query.endswith("sessions > 45")
    assert made.one("a-share-k").inputs["criteria"]["allOf"][0]["threshold"] == 90 * 2**30
    assert {r.name for r in made.of("ScheduledQueryRule")} == {
        *("a-full-k", "a-no-host", "a-hosts", "a-sign-ins", "a-profiles")
    }
    assert all(r.inputs["actions"]["actionGroups"] == ["/ag"] for r in made.of("ScheduledQueryRule"))


ENTRA = {"organisation": "V", "emergency_group_id": "nood", "group_ids": ["g"], "inside_group_ids": ["g"]}


def test_no_policy_locks_out_the_emergency_accounts():
    made = make(
        EntraAccess,
        "e",
        **ENTRA,
        unmanaged_group_ids=["u"],
        managed_group_ids=["g"],
        named_locations=["203.0.113.0/28"],
    )
    policies = {r.name: r.inputs for r in made.of("ConditionalAccessPolicy")}
    assert set(policies) == {"e-mfa", "e-device", "e-session", "e-sites"}
    assert all(p["conditions"]["users"]["excludedGroups"] == ["nood"] for p in policies.values())
    assert policies["e-sites"]["grantControls"]["builtInControls"] == ["block"]
    assert policies["e-session"]["sessionControls"]["signInFrequency"] == 8


def test_without_sites_nobody_is_held_to_them():
    names = {r.name for r in make(EntraAccess, "e", **ENTRA).of("ConditionalAccessPolicy")}
    assert names == {"e-mfa"}


def test_what_entra_needs_is_said(monkeypatch):
    with pytest.raises(ArgumentError, match="it is report_only or enforced"):
        make(EntraAccess, "e", **ENTRA, state="on")
    monkeypatch.setitem(sys.modules, "pulumi_azuread", None)
    with pytest.raises(ArgumentError, match=r"install kade\[entra\]"):
        make(EntraAccess, "e", **ENTRA)


def test_a_name_that_does_not_fit_is_refused_before_anything_is_made():
    place = {**PLACE, "names": Naming("gemeente-met-een-lange-naam", "productie", "westeurope"), "workload": "w" * 30}
    with pytest.raises(NamingError, match="has"):
        pool(place=place)
