"""The services layer of the larger example: issue 11, items 1 to 4, clause by clause, and what it holds to."""

import pytest

from tests.stacks.services_support import run_layer

GATEWAY, DIGID, FSC, DATA, CLUSTER = "digitaal-loket", "formulieren", "federatie", "gegevensplatform", "haven"


@pytest.fixture(scope="module")
def layer(lindewaard):
    return run_layer(lindewaard, "prd")


def settings(found):
    return {one["name"]: one.get("value") for one in found.inputs["siteConfig"]["appSettings"]}


def headers(found, name):
    (rules,) = [rules for rules in found.inputs["rewriteRuleSets"] if rules["name"] == name]
    actions = rules["rewriteRules"][0]["actionSet"]["responseHeaderConfigurations"]
    return {one["headerName"]: one["headerValue"] for one in actions}


def env(found):
    return {one["name"]: one for one in found.inputs["template"]["containers"][0]["env"]}


def pool(found, mode):
    return [one for one in found.inputs["agentPoolProfiles"] if one["mode"] == mode]


def groups(found):
    return found.inputs["privateLinkServiceConnections"][0]["groupIds"]


# The clause, the stack that carries it, the type, and what holds of a resource there.
CHECKLIST = {
    # 1. Digital service
    "App Service": (DIGID, "WebApp", lambda r: r.inputs["publicNetworkAccess"] == "Disabled"),
    "Container Apps": ("mijn-omgeving", "ContainerApp", lambda r: r.inputs["configuration"]["ingress"]["external"]),
    "behind Application Gateway": (
        GATEWAY,
        "ApplicationGateway",
        lambda r: len({one["hostName"] for one in r.inputs["httpListeners"]}) == 6,
    ),
    "and WAF": (GATEWAY, "WebApplicationFirewallPolicy", lambda r: r.inputs["policySettings"]["mode"] == "Prevention"),
    "the gateway reaches it where it stands": (
        GATEWAY,
        "ApplicationGateway",
        lambda r: (
            {"fqdn": "formulieren.internal"} in [p["backendAddresses"][0] for p in r.inputs["backendAddressPools"]]
        ),
    ),
    "broker endpoints": (
        DIGID,
        "WebApp",
        lambda r: (
            settings(r)["SIGN_IN_BROKER"] == "https://broker.koppelnet.example"
            and settings(r)["SIGN_IN_WAYS"] == "digid,eherkenning"
        ),
    ),
    "certificates in Key Vault": (
        DIGID,
        "WebApp",
        lambda r: settings(r)["SIGN_IN_CERTIFICATE"].startswith("@Microsoft.KeyVault(SecretUri=https://"),
    ),
    "HSTS": (GATEWAY, "ApplicationGateway", lambda r: headers(r, DIGID)["Strict-Transport-Security"][:8] == "max-age="),
    "X-Content-Type-Options": (
        GATEWAY,
        "ApplicationGateway",
        lambda r: headers(r, DIGID)["X-Content-Type-Options"] == "nosniff",
    ),
    "Content-Security-Policy": (
        GATEWAY,
        "ApplicationGateway",
        lambda r: "frame-ancestors 'none'" in headers(r, DIGID)["Content-Security-Policy"],
    ),
    "Referrer-Policy": (GATEWAY, "ApplicationGateway", lambda r: headers(r, DIGID)["Referrer-Policy"] == "same-origin"),
    "certificates with renewal": (
        GATEWAY,
        "ApplicationGateway",
        # Without a version: a renewed certificate is taken over.
        lambda r: all(c["keyVaultSecretId"].rsplit("/", 1)[-1] == c["name"] for c in r.inputs["sslCertificates"]),
    ),
    "a database": (DIGID, "Server", lambda r: r.inputs["network"]["publicNetworkAccess"] == "Disabled"),
    "a queue": (DIGID, "Queue", lambda r: r.inputs["queueName"] == "werk"),
    "a file store": (DIGID, "BlobContainer", lambda r: r.inputs["containerName"] == "uploads"),
    "private endpoints in the segment of the gateway": (
        DIGID,
        "PrivateEndpoint",
        lambda r: groups(r) == ["sites"] and r.inputs["subnet"]["id"].endswith("/frontend"),
    ),
    "health probes": (
        GATEWAY,
        "ApplicationGateway",
        lambda r: all(p["path"] == "/health" for p in r.inputs["probes"]),
    ),
    "health probes of containers": (
        "mijn-omgeving",
        "ContainerApp",
        lambda r: [p["type"] for p in r.inputs["template"]["containers"][0]["probes"]] == ["Liveness", "Readiness"],
    ),
    "availability tests": (
        DIGID,
        "WebTest",
        lambda r: (
            r.inputs["request"]["requestUrl"] == "https://formulieren.diensten.lindewaard.example/health"
            and r.inputs["validationRules"]["sSLCertRemainingLifetimeCheck"] == 30
        ),
    ),
    "slots": (DIGID, "WebAppSlot", lambda r: r.inputs["slot"] == "staging"),
    "security.txt of its own": ("website", "WebApp", lambda r: "Expires: 2027-10-01" in settings(r)["SECURITY_TXT"]),
    "security.txt of the others": (
        GATEWAY,
        "ApplicationGateway",
        lambda r: any(
            one.get("targetUrl") == "https://www.lindewaard.example/.well-known/security.txt"
            for one in r.inputs["redirectConfigurations"]
        ),
    ),
    "DNS records": (
        GATEWAY,
        "RecordSet",
        lambda r: (
            r.inputs["relativeRecordSetName"] == "formulieren" and r.inputs["zoneName"] == "diensten.lindewaard.example"
        ),
    ),
    "service hours": (
        "open-data",
        "AlertProcessingRuleByName",
        lambda r: r.inputs["properties"]["actions"][0]["actionType"] == "RemoveAllActionGroups",
    ),
    # 2. Information exchange
    "API Management (internal)": (
        "api-poort",
        "ApiManagementService",
        lambda r: r.inputs["virtualNetworkType"] == "Internal" and r.inputs["sku"]["name"] == "PremiumV2",
    ),
    "products": ("api-poort", "Product", lambda r: r.inputs["productId"] == "zaken" and r.inputs["approvalRequired"]),
    "OAuth": ("api-poort", "Policy", lambda r: "<validate-jwt" in r.inputs["value"] and "api://" in r.inputs["value"]),
    "mutual TLS": (
        "api-poort",
        "ApiManagementService",
        lambda r: r.inputs["hostnameConfigurations"][0]["negotiateClientCertificate"],
    ),
    "mutual TLS is checked": ("api-poort", "Policy", lambda r: "<validate-client-certificate" in r.inputs["value"]),
    "FSC inway": (FSC, "ContainerApp", lambda r: r.name.endswith("-inway") and _port(r) == 10443),
    "FSC outway": (FSC, "ContainerApp", lambda r: r.name.endswith("-outway")),
    "FSC manager on 8443": (FSC, "ContainerApp", lambda r: r.name.endswith("-manager") and _port(r) == 8443),
    "FSC transaction log": (FSC, "Database", lambda r: r.inputs["databaseName"] == "transactielog"),
    "FSC directory and trust anchor are external": (
        FSC,
        "ContainerApp",
        lambda r: (
            env(r)["FSC_DIRECTORY_ADDRESS"]["value"] == "https://directory.fsc.koppelnet.example:8443"
            and env(r)["FSC_TRUST_ANCHOR"]["value"] == "PKIoverheid"
        ),
    ),
    "FSC on Container Apps": (FSC, "ManagedEnvironment", lambda r: r.inputs["vnetConfiguration"]["internal"]),
    "Digikoppeling adapters' places": ("digikoppeling", "ContainerApp", lambda r: "DIGIKOPPELING_OIN" in env(r)),
    "Digikoppeling large messages": (
        "digikoppeling",
        "BlobContainer",
        lambda r: r.inputs["containerName"] == "berichten-uit",
    ),
    "PKIoverheid certificates": (
        "digikoppeling",
        "ContainerApp",
        lambda r: r.inputs["configuration"]["secrets"][0]["keyVaultUrl"].endswith("/secrets/pkioverheid"),
    ),
    "expiry alerts": (
        "digikoppeling",
        "SystemTopicEventSubscription",
        lambda r: (
            "Microsoft.KeyVault.CertificateNearExpiry" in r.inputs["filter"]["includedEventTypes"]
            and r.inputs["destination"]["actionGroups"]
        ),
    ),
    "expiry is a fault": (
        "digikoppeling",
        "PolicyAssignment",
        lambda r: r.inputs["parameters"]["daysToExpire"]["value"] == 60,
    ),
    "Service Bus": ("notificaties", "Namespace", lambda r: r.inputs["disableLocalAuth"]),
    "Service Bus topics": ("notificaties", "Topic", lambda r: r.inputs.get("namespaceName") and "zaken" in r.name),
    "Event Grid": ("notificaties", "Topic", lambda r: r.type.startswith("azure-native:eventgrid")),
    "who asked for what": (
        "api-poort",
        "Table",
        lambda r: r.inputs["tableName"] == "ApiManagementGatewayLogs" and r.inputs["totalRetentionInDays"] == 1096,
    ),
    "who asked, and not what was said": (
        "api-poort",
        "Diagnostic",
        lambda r: r.inputs["frontend"]["request"]["body"]["bytes"] == 0 and r.inputs["sampling"]["percentage"] == 100,
    ),
    # 3. Data platform
    "Data Lake": (DATA, "StorageAccount", lambda r: r.inputs["isHnsEnabled"] is True),
    "zones raw": (DATA, "BlobContainer", lambda r: r.inputs["containerName"] == "raw"),
    "zones curated": (DATA, "BlobContainer", lambda r: r.inputs["containerName"] == "curated"),
    "zones serving": (DATA, "BlobContainer", lambda r: r.inputs["containerName"] == "serving"),
    "access by group": (DATA, "PimRoleEligibilitySchedule", lambda r: "curated-access-analisten" in r.name),
    "Data Factory": (DATA, "Factory", lambda r: r.inputs["publicNetworkAccess"] == "Disabled"),
    "managed network": (DATA, "IntegrationRuntime", lambda r: "managedVirtualNetwork" in r.inputs["properties"]),
    "the managed network itself": (DATA, "Resource", lambda r: r.inputs["resourceType"] == "managedVirtualNetworks"),
    "PostgreSQL": (DATA, "Server", lambda r: r.inputs["authConfig"]["passwordAuth"] == "Disabled"),
    "pseudonymisation as a step": (
        DATA,
        "Pipeline",
        lambda r: [a["name"] for a in r.inputs["activities"]] == ["geheim lezen", "pseudonimiseren"],
    ),
    "its keys apart": (DATA, "Vault", lambda r: r.name == f"{DATA}-pseudonyms-vault"),
    "its keys kept by others": (DATA, "PimRoleEligibilitySchedule", lambda r: r.name.endswith("-access-keeper")),
    "retention per data class": (
        DATA,
        "ManagementPolicy",
        lambda r: [one["name"] for one in r.inputs["policy"]["rules"]] == ["einde-pseudonymised", "einde-financial"],
    ),
    # 4. Kubernetes by the Haven standard
    "AKS over zones": (
        CLUSTER,
        "ManagedCluster",
        lambda r: all(one["availabilityZones"] == ["1", "2", "3"] for one in r.inputs["agentPoolProfiles"]),
    ),
    "at least three workers": (CLUSTER, "ManagedCluster", lambda r: sum(p["minCount"] for p in pool(r, "User")) >= 3),
    "private API": (
        CLUSTER,
        "ManagedCluster",
        lambda r: (
            r.inputs["apiServerAccessProfile"]["enablePrivateCluster"]
            and r.inputs["apiServerAccessProfile"]["privateDNSZone"].endswith("azmk8s.io")
        ),
    ),
    "RBAC through Entra": (
        CLUSTER,
        "ManagedCluster",
        lambda r: r.inputs["aadProfile"]["enableAzureRBAC"] and r.inputs["disableLocalAccounts"],
    ),
    "network policy": (CLUSTER, "ManagedCluster", lambda r: r.inputs["networkProfile"]["networkPolicy"] == "cilium"),
    "read-write-many storage": (CLUSTER, "StorageAccount", lambda r: r.inputs["kind"] == "FileStorage"),
    "log aggregation": (CLUSTER, "ManagedCluster", lambda r: r.inputs["addonProfiles"]["omsagent"]["enabled"]),
    "metrics": (CLUSTER, "AzureMonitorWorkspace", lambda r: True),
    "automatic renewal of certificates": (
        CLUSTER,
        "ManagedCluster",
        lambda r: r.inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["config"]["enableSecretRotation"] == "true",
    ),
    "the control plane has a guarantee": (CLUSTER, "ManagedCluster", lambda r: r.inputs["sku"]["tier"] == "Standard"),
}


def _port(found):
    return found.inputs["configuration"]["ingress"].get("exposedPort")


@pytest.mark.parametrize("wanted", CHECKLIST)
def test_what_is_wanted_is_there(layer, wanted):
    part, kind, holds = CHECKLIST[wanted]
    assert [r for r in layer.stacks[part].of(kind) if holds(r)], f"{wanted}: no {kind} of {part} carries it"


def test_there_are_at_least_twelve_services_and_each_is_a_stack_of_its_own(lindewaard, layer):
    assert len(lindewaard.services) >= 12
    assert set(layer.stacks) == {*lindewaard.services, GATEWAY}


def test_the_gateway_comes_after_what_is_behind_it(lindewaard):
    stacks = [s for s in lindewaard.stacks("prd") if s.layer == "services"]
    (gateway,) = [s for s in stacks if s.part == GATEWAY]
    assert stacks[-1] == gateway
    assert {f"lindewaard.prd.services-{part}" for part in ("website", DIGID, "mijn-omgeving")} <= set(
        gateway.depends_on
    )


def test_no_store_answers_the_internet_and_what_holds_data_stands_where_its_class_says(layer):
    for account in layer.all("StorageAccount"):
        assert account.inputs["publicNetworkAccess"] == "Disabled"
        assert account.inputs["allowSharedKeyAccess"] is False
    assert layer.stacks["open-data"].one("open-data-uploads-account").inputs["sku"]["name"] == "Standard_GZRS"
    restricted = layer.stacks[DIGID].one("formulieren-uploads-account").inputs
    assert restricted["sku"]["name"] == "Standard_ZRS"
    assert restricted["encryption"]["keySource"] == "Microsoft.Keyvault"
    assert layer.stacks[DIGID].one("formulieren-database-server").inputs["dataEncryption"]["type"] == "AzureKeyVault"


def test_switching_public_to_confidential_changes_what_the_table_says(lindewaard):
    """Encryption, access, backup and location; and nothing of the application itself."""
    item = lindewaard.services["open-data"]
    database = lindewaard.services["website"].database
    seen = {}
    for kind in ("public", "confidential"):
        changed = item.model_copy(update={"data": [kind], "database": database, "admins": "applicatiebeheer"})
        estate = lindewaard.model_copy(update={"services": {**lindewaard.services, "open-data": changed}})
        seen[kind] = run_layer(estate, "prd", ["open-data"]).stacks["open-data"]
    public, confidential = seen["public"], seen["confidential"]

    def account(made):
        return made.one("open-data-uploads-account").inputs

    def server(made):
        return made.one("open-data-database-server").inputs

    assert not account(public)["encryption"]["requireInfrastructureEncryption"]
    assert account(confidential)["encryption"]["requireInfrastructureEncryption"]
    assert account(public)["allowedCopyScope"] == "AAD"
    assert account(confidential)["allowedCopyScope"] == "PrivateLink"
    assert server(public)["backup"] == {"backupRetentionDays": 7, "geoRedundantBackup": "Enabled"}
    assert server(confidential)["backup"] == {"backupRetentionDays": 30, "geoRedundantBackup": "Disabled"}
    assert account(public)["sku"]["name"] == "Standard_GZRS"
    assert account(confidential)["sku"]["name"] == "Standard_ZRS"
    assert not public.of("ManagementLockByScope")
    assert confidential.of("ManagementLockByScope")
    assert public.of("WebApp")[0].inputs["siteConfig"] == confidential.of("WebApp")[0].inputs["siteConfig"]


def test_changing_one_service_changes_only_its_stack(lindewaard, layer):
    changed = lindewaard.services[DIGID].model_copy(update={"files_gb": 400, "maximum_instances": 9})
    estate = lindewaard.model_copy(update={"services": {**lindewaard.services, DIGID: changed}})
    again = run_layer(estate, "prd", [DIGID, "website", "mijn-omgeving", "api-poort", GATEWAY])

    def inputs(made):
        return {r.name: r.inputs for r in made.resources}

    differs = [part for part, made in again.stacks.items() if inputs(made) != inputs(layer.stacks[part])]
    assert differs == [DIGID]


def test_acceptance_holds_pseudonyms_and_is_smaller(lindewaard):
    made = run_layer(lindewaard, "acc", [DIGID, "api-poort"])
    forms = made.stacks[DIGID]
    assert forms.one("formulieren-uploads-account").inputs["sku"]["name"] == "Standard_LRS"
    assert forms.one("formulieren-plan").inputs["sku"]["capacity"] == 1
    assert not forms.of("WebTest"), "nobody outside reaches it"
    assert not forms.of("ManagementLockByScope")
    assert made.stacks["api-poort"].of("ApiManagementService")


def test_the_gateway_leaves_out_what_has_no_certificate_yet(lindewaard):
    changed = lindewaard.services["website"].model_copy(update={"published": False})
    estate = lindewaard.model_copy(update={"services": {**lindewaard.services, "website": changed}})
    made = run_layer(estate, "prd", [GATEWAY, "website"])
    (gateway,) = made.stacks[GATEWAY].of("ApplicationGateway")
    assert "website" not in [c["name"] for c in gateway.inputs["sslCertificates"]]
    assert not made.stacks["website"].of("WebTest")
    # Its security.txt cannot be sent to any more, so the others keep theirs.
    assert not gateway.inputs.get("urlPathMaps")
