"""Values that Azure computes: endpoints, host names, identities, addresses. Made up here, but of the right form.

Endpoints are those of the public cloud as Azure documents them for each service. Identifiers and keys follow from the
resource's id, so that two runs agree; public addresses are of the blocks for documentation (RFC 5737).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kade.azure.cloud import LOCAL_TENANT, Cloud
from kade.engine.provider import Tree
from kade.engine.values import Value


@dataclass(frozen=True)
class Asked:
    """The resource whose values are asked for."""

    id: str
    name: str
    inputs: Tree
    cloud: Cloud


_Made = Callable[[Asked], Tree]


def outputs(arm_type: str, id_: str, name: str, inputs: Tree, cloud: Cloud) -> Tree:
    """The computed outputs of a resource, by its ARM type."""
    maker = _MAKERS.get(arm_type.lower())
    return maker(Asked(id_, name, inputs, cloud)) if maker else {}


def _place(inputs: Tree) -> str:
    return str(inputs.get("location") or "westeurope").lower().replace(" ", "")


def _storage(r: Asked) -> Tree:
    services = ("blob", "file", "queue", "table", "dfs")
    zone = r.cloud.suffix(r.id, "zone", length=1)
    endpoints = {service: f"https://{r.name}.{service}.core.windows.net/" for service in services}
    endpoints["web"] = f"https://{r.name}.z{int(zone, 16) + 1}.web.core.windows.net/"
    return {
        "primaryEndpoints": endpoints,
        "primaryLocation": _place(r.inputs),
        "statusOfPrimary": "available",
        "creationTime": _TIME,
        "privateEndpointConnections": [],
    }


def _blob(r: Asked) -> Tree:
    return {
        "url": f"https://{r.inputs.get('accountName')}.blob.core.windows.net/{r.inputs.get('containerName')}/{r.name}"
    }


def _vault(r: Asked) -> Tree:
    given = r.inputs.get("properties")
    return {
        "properties": {"vaultUri": f"https://{r.name}.vault.azure.net/", **(given if isinstance(given, dict) else {})}
    }


def _secret(r: Asked) -> Tree:
    uri = f"https://{r.inputs.get('vaultName')}.vault.azure.net/secrets/{r.name}"
    given = r.inputs.get("properties")
    version = r.cloud.suffix(r.id, "version", length=32)
    return {
        "properties": {
            **(given if isinstance(given, dict) else {}),
            "secretUri": uri,
            "secretUriWithVersion": f"{uri}/{version}",
        }
    }


def _key(r: Asked) -> Tree:
    uri = f"https://{r.inputs.get('vaultName')}.vault.azure.net/keys/{r.name}"
    return {"keyUri": uri, "keyUriWithVersion": f"{uri}/{r.cloud.suffix(r.id, 'version', length=32)}"}


def _site(r: Asked) -> Tree:
    host = f"{r.name}.azurewebsites.net"
    return {
        "defaultHostName": host,
        "hostNames": [host],
        "enabledHostNames": [host, f"{r.name}.scm.azurewebsites.net"],
        "state": "Running",
        "repositorySiteName": r.name,
        "outboundIpAddresses": _public(r.cloud, r.id),
        "customDomainVerificationId": r.cloud.suffix(r.id, "domain", length=64).upper(),
        "resourceGroup": str(r.inputs.get("resourceGroupName", "")),
    }


def _host(suffix: str, output: str) -> _Made:
    return lambda r: {output: f"{r.name}.{suffix}"}


def _url(suffix: str, output: str, tail: str = "/") -> _Made:
    return lambda r: {output: f"https://{r.name}.{suffix}{tail}"}


def _instance(r: Asked) -> Tree:
    zone = r.cloud.suffix(r.id, "zone")  # one for each group of instances in a subnet
    return {"fullyQualifiedDomainName": f"{r.name}.{zone}.database.windows.net", "dnsZone": zone}


def _cluster(r: Asked) -> Tree:
    prefix = r.inputs.get("dnsPrefix") or r.name
    fqdn = f"{prefix}-{r.cloud.suffix(r.id, 'fqdn')}.hcp.{_place(r.inputs)}.azmk8s.io"
    group, place = r.inputs.get("resourceGroupName"), _place(r.inputs)
    return {
        "fqdn": fqdn,
        "azurePortalFQDN": fqdn.replace(".hcp.", ".portal.hcp."),
        "nodeResourceGroup": r.inputs.get("nodeResourceGroup") or f"MC_{group}_{r.name}_{place}",
        "currentKubernetesVersion": r.inputs.get("kubernetesVersion") or "1.31",
        "powerState": {"code": "Running"},
        "oidcIssuerProfile": _issuer(r),
    }


def _issuer(r: Asked) -> Value:
    given = r.inputs.get("oidcIssuerProfile")
    if not isinstance(given, dict) or not given.get("enabled"):
        return None
    url = f"https://{_place(r.inputs)}.oic.prod-aks.azure.com/{LOCAL_TENANT}/{r.cloud.guid(r.id, 'issuer')}/"
    return {**given, "issuerURL": url}


def _insights(r: Asked) -> Tree:
    key, app, place = r.cloud.guid(r.id, "instrumentation"), r.cloud.guid(r.id, "app"), _place(r.inputs)
    return {
        "instrumentationKey": key,
        "appId": app,
        "applicationId": r.name,
        "connectionString": f"InstrumentationKey={key};IngestionEndpoint=https://{place}-5.in.applicationinsights.azure.com/;"
        f"LiveEndpoint=https://{place}.livediagnostics.monitor.azure.com/;ApplicationId={app}",
        "tenantId": LOCAL_TENANT,
        "creationDate": _TIME,
    }


def _identity(r: Asked) -> Tree:
    return {
        "principalId": r.cloud.guid(r.id, "principal"),
        "clientId": r.cloud.guid(r.id, "client"),
        "tenantId": LOCAL_TENANT,
    }


def _public_ip(r: Asked) -> Tree:
    sku = r.inputs.get("sku")
    static = str(r.inputs.get("publicIPAllocationMethod", "")).lower() == "static"
    standard = isinstance(sku, dict) and str(sku.get("name", "")).lower().startswith("standard")
    made: Tree = {"ipAddress": _public(r.cloud, r.id)} if static or standard else {}
    settings = r.inputs.get("dnsSettings")
    if isinstance(settings, dict) and settings.get("domainNameLabel"):
        fqdn = f"{settings['domainNameLabel']}.{_place(r.inputs)}.cloudapp.azure.com"
        made["dnsSettings"] = {**settings, "fqdn": fqdn}
    return {**made, "resourceGuid": r.cloud.guid(r.id, "guid")}


def _endpoint(r: Asked) -> Tree:
    base = r.id.rpartition("/privateEndpoints/")[0]
    nic = r.inputs.get("customNetworkInterfaceName") or f"{r.name}.nic.{r.cloud.suffix(r.id, 'nic', length=12)}"
    subnet = r.inputs.get("subnet")
    made: Tree = {"networkInterfaces": [{"id": f"{base}/networkInterfaces/{nic}"}]}
    address = r.cloud.address(str(subnet.get("id"))) if isinstance(subnet, dict) and subnet.get("id") else None
    if address:
        made["customDnsConfigs"] = [{"fqdn": "", "ipAddresses": [address]}]
    return made


def _machine(r: Asked) -> Tree:
    return {"vmId": r.cloud.guid(r.id, "vm"), "timeCreated": _TIME}


def _zone(r: Asked) -> Tree:
    number = int(r.cloud.suffix(r.id, "zone", length=1), 16) + 1
    ends = ("com", "net", "org", "info")
    return {
        "nameServers": [f"ns{i + 1}-{number:02d}.azure-dns.{end}." for i, end in enumerate(ends)],
        "numberOfRecordSets": 2,
    }


def _cosmos(r: Asked) -> Tree:
    return {
        "documentEndpoint": f"https://{r.name}.documents.azure.com:443/",
        "instanceId": r.cloud.guid(r.id, "instance"),
    }


def _redis(r: Asked) -> Tree:
    keys = {each: r.cloud.key(r.id, each, length=44) for each in ("primaryKey", "secondaryKey")}
    return {"hostName": f"{r.name}.redis.cache.windows.net", "port": 6379, "sslPort": 6380, "accessKeys": keys}


def _environment(r: Asked) -> Tree:
    domain = f"{r.name.lower()}-{r.cloud.suffix(r.id, 'domain')}.{_place(r.inputs)}.azurecontainerapps.io"
    return {"defaultDomain": domain, "staticIp": _public(r.cloud, r.id)}


def _container_app(r: Asked) -> Tree:
    environment = r.cloud.get(str(r.inputs.get("managedEnvironmentId") or r.inputs.get("environmentId") or ""))
    domain = environment.outputs.get("defaultDomain") if environment else f"{_place(r.inputs)}.azurecontainerapps.io"
    given = r.inputs.get("configuration")
    made: Tree = {"latestRevisionName": f"{r.name}--{r.cloud.suffix(r.id, 'revision', length=7)}"}
    if isinstance(given, dict) and isinstance(given.get("ingress"), dict):
        fqdn = f"{r.name}.{'' if given['ingress'].get('external') else 'internal.'}{domain}"
        made["configuration"] = {**given, "ingress": {**given["ingress"], "fqdn": fqdn}}
        made["latestRevisionFqdn"] = fqdn
    return made


def _front(r: Asked) -> Tree:
    return {"hostName": f"{r.name}-{r.cloud.suffix(r.id, 'host', length=16)}.z01.azurefd.net"}


def _workspace(r: Asked) -> Tree:
    return {"customerId": r.cloud.guid(r.id, "customer"), "createdDate": _TIME}


def _containers(r: Asked) -> Tree:
    given = r.inputs.get("ipAddress")
    if not isinstance(given, dict):
        return {}
    made = {**given, "ip": given.get("ip") or _public(r.cloud, r.id)}
    if given.get("dnsNameLabel"):
        made["fqdn"] = f"{given['dnsNameLabel']}.{_place(r.inputs)}.azurecontainer.io"
    return {"ipAddress": made}


def _gateway(r: Asked) -> Tree:
    return {
        "gatewayUrl": f"https://{r.name}.azure-api.net",
        "managementApiUrl": f"https://{r.name}.management.azure-api.net",
        "developerPortalUrl": f"https://{r.name}.developer.azure-api.net",
        "publicIPAddresses": [_public(r.cloud, r.id)],
    }


def _public(cloud: Cloud, id_: str) -> str:
    number = int(cloud.suffix(id_, "address"), 16)
    block = ("192.0.2", "198.51.100", "203.0.113")[number % 3]
    return f"{block}.{number // 3 % 254 + 1}"


_TIME = "2026-01-01T00:00:00.0000000Z"

_MAKERS: dict[str, _Made] = {
    "microsoft.storage/storageaccounts": _storage,
    "microsoft.storage/storageaccounts/blobservices/containers/blobs": _blob,
    "microsoft.storage/storageaccounts/staticwebsite": lambda _: {"containerName": "$web"},
    "microsoft.keyvault/vaults": _vault,
    "microsoft.keyvault/vaults/secrets": _secret,
    "microsoft.keyvault/vaults/keys": _key,
    "microsoft.web/sites": _site,
    "microsoft.web/sites/slots": _site,
    "microsoft.web/staticsites": _host("azurestaticapps.net", "defaultHostname"),
    "microsoft.containerregistry/registries": _host("azurecr.io", "loginServer"),
    "microsoft.containerservice/managedclusters": _cluster,
    "microsoft.containerinstance/containergroups": _containers,
    "microsoft.insights/components": _insights,
    "microsoft.operationalinsights/workspaces": _workspace,
    "microsoft.managedidentity/userassignedidentities": _identity,
    "microsoft.network/publicipaddresses": _public_ip,
    "microsoft.network/privateendpoints": _endpoint,
    "microsoft.network/dnszones": _zone,
    "microsoft.compute/virtualmachines": _machine,
    "microsoft.sql/managedinstances": _instance,
    "microsoft.sql/servers": _host("database.windows.net", "fullyQualifiedDomainName"),
    "microsoft.dbforpostgresql/flexibleservers": _host("postgres.database.azure.com", "fullyQualifiedDomainName"),
    "microsoft.dbformysql/flexibleservers": _host("mysql.database.azure.com", "fullyQualifiedDomainName"),
    "microsoft.documentdb/databaseaccounts": _cosmos,
    "microsoft.cache/redis": _redis,
    "microsoft.app/managedenvironments": _environment,
    "microsoft.app/containerapps": _container_app,
    "microsoft.cdn/profiles/afdendpoints": _front,
    "microsoft.cdn/profiles/endpoints": _host("azureedge.net", "hostName"),
    "microsoft.management/managementgroups": lambda _: {"tenantId": LOCAL_TENANT},
    "microsoft.apimanagement/service": _gateway,
    "microsoft.appconfiguration/configurationstores": _url("azconfig.io", "endpoint", ""),
    "microsoft.search/searchservices": _url("search.windows.net", "endpoint", ""),
    "microsoft.eventhub/namespaces": _url("servicebus.windows.net", "serviceBusEndpoint", ":443/"),
    "microsoft.servicebus/namespaces": _url("servicebus.windows.net", "serviceBusEndpoint", ":443/"),
    "microsoft.signalrservice/signalr": _host("service.signalr.net", "hostName"),
    "microsoft.network/bastionhosts": _host("bastion.azure.com", "dnsName"),
    "microsoft.eventgrid/topics": _url("eventgrid.azure.net", "endpoint", "/api/events"),
}


def _assigned(id_: str) -> str:
    """The identity that a map of user assigned identities has this entry for; empty where it is none."""
    return id_.rpartition("/userAssignedIdentities//")[2]


def _principal(id_: str, values: Mapping[str, Value], cloud: Cloud) -> Value:
    """An identity's principal, where the identity is the resource's own or one assigned to it."""
    if _assigned(id_):
        return cloud.guid("/" + _assigned(id_), "principal")
    return cloud.guid(id_, "principal") if "systemassigned" in str(values.get("type", "")).lower() else None


def _tenant(id_: str, values: Mapping[str, Value], cloud: Cloud) -> Value:
    return LOCAL_TENANT if _principal(id_, values, cloud) else None


def _client(id_: str, _: Mapping[str, Value], cloud: Cloud) -> Value:
    return cloud.guid("/" + _assigned(id_), "client") if _assigned(id_) else None


def _private_address(_: str, values: Mapping[str, Value], cloud: Cloud) -> Value:
    """The address that a dynamic IP configuration gets in its subnet."""
    subnet = values.get("subnet")
    found = subnet.get("id") if isinstance(subnet, dict) else None
    return cloud.address(found) if isinstance(found, str) else None


EVERYWHERE: dict[str, Callable[[str, Mapping[str, Value], Cloud], Value]] = {
    "principalId": _principal,
    "clientId": _client,
    "tenantId": _tenant,
    "privateIPAddress": _private_address,
    "resourceGuid": lambda id_, values, cloud: cloud.guid(id_, "guid"),  # noqa: ARG005
    "etag": lambda id_, values, cloud: f'W/"{cloud.guid(id_, "etag")}"',  # noqa: ARG005
}
