"""What the components of services refuse, and what the classification of their data changes."""

from typing import Any

import pytest

from kade.components.arguments import ArgumentError
from kade.components.services.api_management import ApiManagement, ApiManagementArgs
from kade.components.services.api_policies import service_policy
from kade.components.services.certificate_vault import CertificateVault, CertificateVaultArgs
from kade.components.services.data_factory import DataFactory, DataFactoryArgs
from kade.components.services.data_lake import DataLake, DataLakeArgs, ReadersArgs
from kade.components.services.data_platform import DataPlatform, DataPlatformArgs
from kade.components.services.digikoppeling import Digikoppeling, DigikoppelingArgs
from kade.components.services.digital_service import DigitalService
from kade.components.services.digital_service_args import DigitalServiceArgs, ServiceDatabaseArgs
from kade.components.services.file_exchange import FileExchange, FileExchangeArgs
from kade.components.services.fsc import Fsc, FscArgs
from kade.components.services.messaging import Messaging, MessagingArgs
from kade.components.services.request_log import RequestLog, RequestLogArgs
from kade.components.services.sign_in import SignInArgs
from kade.components.services.uploads import Uploads, UploadsArgs
from kade.components.services.watch import ServiceWatch, ServiceWatchArgs
from kade.components.workload.database import DatabaseArgs
from kade.components.workload.place import DataArgs
from tests.components.network.support import run
from tests.components.services.support import ADMINS, CONFIDENTIAL, PUBLIC, RESTRICTED, place

OIN = "00000001800000000045"
IMAGES = {part: f"{part}:1" for part in ("inway", "outway", "manager", "transaction_log")}


def digital(**more):
    given: dict[str, Any] = {
        "place": place("forms"),
        "data": CONFIDENTIAL,
        "tenant_id": "tenant",
        "hostname": "forms.example",
        "runtime": "DOTNETCORE|10.0",
        "subnet_id": "/subnet/web",
        "inbound_subnet_id": "/subnet/frontend",
        **more,
    }
    return DigitalServiceArgs(**given)


def api(**more):
    given: dict[str, Any] = {"audience": "api://x", **more}
    return ApiManagementArgs(place("api"), "/subnet", "tenant", "Gemeente", "a@example.nl", **given)


def fsc(**more):
    given: dict[str, Any] = {"images": IMAGES, "peer_id": OIN, **more}
    return FscArgs(
        place("fsc"),
        CONFIDENTIAL,
        "/subnet",
        "tenant",
        "groep",
        "directory.example",
        "PKI",
        administrator=ADMINS,
        **given,
    )


def platform(**more):
    return DataPlatformArgs(place("data"), CONFIDENTIAL, "tenant", **more)


REFUSED = [
    (DigitalService, digital(platform="functions"), "platform is 'functions'"),
    (DigitalService, digital(database=ServiceDatabaseArgs(32)), "a database without administrator"),
    (DigitalService, digital(database=ServiceDatabaseArgs(32, "oracle"), administrator=ADMINS), "engine is 'oracle'"),
    (DigitalService, digital(instances=4, maximum_instances=2), "maximum_instances is 2, less than 4"),
    (DigitalService, digital(hours="soms"), "hours is 'soms'"),
    (DigitalService, digital(sign_in=SignInArgs("broker.example")), "none of digid, eherkenning and eidas"),
    (DigitalService, digital(sign_in=SignInArgs("b", digid=True, level="laag")), "level is 'laag'"),
    (DigitalService, digital(data=DataArgs("geheim")), "'geheim' is not a classification"),
    (
        DigitalService,
        digital(database=ServiceDatabaseArgs(3000, "azure_sql", "Standard"), administrator=ADMINS),
        "3000 GB does not fit in Standard",
    ),
    (ServiceWatch, ServiceWatchArgs(place("x"), "http://x.example"), "over https://"),
    (ServiceWatch, ServiceWatchArgs(place("x", workspace_id=None)), "workspace_id is missing"),
    (ServiceWatch, ServiceWatchArgs(place("x"), criticality="urgent"), "criticality is 'urgent'"),
    (CertificateVault, CertificateVaultArgs(place("x"), "tenant", alert_days=5), "alert_days is 5"),
    (RequestLog, RequestLogArgs(place("x"), days=10), "days is 10"),
    (Uploads, UploadsArgs(place("x"), CONFIDENTIAL), "nothing would be kept"),
    (ApiManagement, api(sku="Basic"), "sku is 'Basic'"),
    (ApiManagement, api(audience=""), "a token has to be for somebody"),
    (Fsc, fsc(images={**IMAGES, "outbox": "x:1"}), "'outbox' is no part of FSC"),
    (Fsc, fsc(images={"inway": "x:1"}), "there is none for outway, manager, transaction_log"),
    (Fsc, fsc(peer_id="12"), "is no OIN"),
    (Messaging, MessagingArgs(place("x"), CONFIDENTIAL, ["a"], sku="Standard"), "answers the internet"),
    (Messaging, MessagingArgs(place("x"), CONFIDENTIAL), "carries nothing"),
    (Digikoppeling, DigikoppelingArgs(place("x"), CONFIDENTIAL, "t", OIN, ["ebms"]), "'ebms' is none of"),
    (Digikoppeling, DigikoppelingArgs(place("x"), CONFIDENTIAL, "t", OIN, ["rest"], "image:1"), "subnet_id is missing"),
    (FileExchange, FileExchangeArgs(place("x"), CONFIDENTIAL, ["a"], {"b": "ssh-ed25519 A"}), "'b' is not among a"),
    (FileExchange, FileExchangeArgs(place("x"), CONFIDENTIAL, []), "nobody would exchange"),
    (DataLake, DataLakeArgs(place("x"), CONFIDENTIAL, readers={"goud": ReadersArgs({})}), "there is no zone 'goud'"),
    (DataLake, DataLakeArgs(place("x"), CONFIDENTIAL, retention_days={"personal": 0}), "ends after 0 days"),
    (DataFactory, DataFactoryArgs(place("x"), CONFIDENTIAL, cores=4), "cores is 4"),
    (DataPlatform, platform(factory=False), "pseudonymise is a step of the factory"),
    (DataPlatform, platform(zones=["raw"]), "from one zone to the next"),
    (DataPlatform, platform(database=DatabaseArgs(10)), "a database without administrator"),
    (DataPlatform, DataPlatformArgs(place("x"), DataArgs("restricted"), "t"), "a key of our own"),
]


@pytest.mark.parametrize(("kind", "args", "message"), REFUSED, ids=[f"{k.__name__}: {m}" for k, _, m in REFUSED])
def test_what_cannot_be_is_refused_with_the_argument(kind, args, message):
    with pytest.raises(ArgumentError, match=message):
        run(lambda: kind("x", args))


def test_a_misspelt_argument_is_refused_with_the_nearest():
    with pytest.raises(ArgumentError, match="no argument 'topicks'; did you mean topics"):
        run(lambda: Messaging("x", {"place": place("x"), "data": CONFIDENTIAL, "topicks": ["a"]}))  # ty: ignore[invalid-argument-type]  # what the component host passes


def test_restricted_messages_are_encrypted_with_our_own_key():
    def namespace(data):
        return run(lambda: Messaging("m", MessagingArgs(place("m"), data, ["a"]))).one("m-namespace").inputs

    found = namespace(RESTRICTED)
    assert found["encryption"]["keyVaultProperties"][0]["keyVaultUri"] == "https://kv.vault.azure.net"
    assert found["encryption"]["requireInfrastructureEncryption"]
    assert "encryption" not in namespace(CONFIDENTIAL)


def test_public_data_may_be_copied_to_the_pair_and_read_by_standing_roles():
    def made(data):
        lake = DataLakeArgs(place("m"), data, readers={"serving": ReadersArgs({"allen": "group"})})
        return run(lambda: DataLake("m", lake))

    public, confidential = made(PUBLIC), made(CONFIDENTIAL)
    assert public.one("m-account").inputs["sku"]["name"] == "Standard_GZRS"
    assert public.of("RoleAssignment")
    assert not public.of("PimRoleEligibilitySchedule")
    assert confidential.one("m-account").inputs["sku"]["name"] == "Standard_ZRS"
    assert confidential.of("PimRoleEligibilitySchedule")
    assert not confidential.of("RoleAssignment")


def test_the_secret_of_the_pseudonyms_is_read_by_one_identity_and_stays_out_of_the_history():
    made = run(lambda: DataPlatform("d", platform(keeper="privacy")))
    readers = [r for r in made.of("RoleAssignment") if r.inputs["scope"] == made.one("d-pseudonyms-vault").id]
    assert [r.name for r in readers] == ["d-pseudonyms-reads"]
    read, replace = made.one("d-pseudonymise-pipeline").inputs["activities"]
    assert read["policy"]["secureOutput"]
    assert replace["policy"]["secureInput"]
    script = made.one("d-pseudonymise-flow").inputs["properties"]["scriptLines"]
    assert any("sha2(256" in line for line in script)
    assert "  fileSystem: 'raw'," in script
    assert "  fileSystem: 'curated'," in script


def test_callers_show_a_token_and_without_mutual_tls_no_certificate():
    assert "<validate-client-certificate" in service_policy("tenant", "api://x", mutual_tls=True)
    policy = service_policy("tenant", "api://x", mutual_tls=False)
    assert "<validate-client-certificate" not in policy
    assert "<audience>api://x</audience>" in policy


def test_a_service_on_container_apps_reads_its_certificate_before_it_starts():
    args = digital(
        platform="container_apps", runtime="registry.example/app:1", sign_in=SignInArgs("b.example", digid=True)
    )
    made = run(lambda: DigitalService("forms", args))
    (app,) = made.of("ContainerApp")
    assert app.inputs["configuration"]["secrets"][0]["keyVaultUrl"].endswith("/secrets/aanmelden")
    assert not made.of("WebAppSlot")
    reached = [r.inputs["privateLinkServiceConnections"][0]["groupIds"] for r in made.of("PrivateEndpoint")]
    assert ["managedEnvironments"] in reached
