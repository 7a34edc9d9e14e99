"""Logic Apps, IoT Hub, SignalR and Web PubSub."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.kit.addresses import is_anywhere

WORKFLOW = "azure-native:logic:Workflow"
IOT_HUB = "azure-native:iothub:IotHubResource"
SIGNALR = "azure-native:signalrservice:SignalR"
WEB_PUBSUB = "azure-native:webpubsub:WebPubSub"


@rule(
    "kade-logic-app-trigger-addresses",
    "A Logic App that is started over HTTP names who may start it",
    severity="medium",
    types=[WORKFLOW],
    measures=["8.22.01", "5.15.01"],
    nis2="21(2)(e)",
    psrule=["Azure.LogicApp.LimitHTTPTrigger"],
    remediation="Set accessControl.triggers.allowedCallerIpAddresses to the ranges that call it.",
    why="The address of the trigger holds its only secret, and addresses are passed on and logged.",
    absent="Azure lets anyone in who has the address",
    passes=[
        {
            "definition": {"triggers": {"manual": {"type": "Request"}}},
            "accessControl": {"triggers": {"allowedCallerIpAddresses": [{"addressRange": "10.0.0.0-10.0.0.255"}]}},
        }
    ],
    fails=[
        {"definition": {"triggers": {"manual": {"type": "Request", "kind": "Http"}}}, "accessControl": {}},
        {
            "definition": {"triggers": {"manual": {"type": "request"}}},
            "accessControl": {"triggers": {"allowedCallerIpAddresses": [{"addressRange": "0.0.0.0/0"}]}},
        },
    ],
    not_applicable=[{"definition": {"triggers": {"daily": {"type": "Recurrence"}}}}],
)
def trigger_addresses(workflow: Resource) -> Result:
    if not any(trigger.is_("type", "Request") for _, trigger in workflow.entries("definition.triggers")):
        not_applicable("it is not started over HTTP")
    ranges = [one.word("addressRange") for one in workflow.items("accessControl.triggers.allowedCallerIpAddresses")]
    if not ranges:
        return "accessControl.triggers.allowedCallerIpAddresses is empty"
    if any(is_anywhere(one) for one in ranges):
        return "accessControl.triggers.allowedCallerIpAddresses lets every address in"
    return None


@rule(
    "kade-iot-hub-minimum-tls",
    "IoT Hub refuses TLS below 1.2",
    severity="high",
    types=[IOT_HUB],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.IoTHub.MinTLS"],
    remediation="Set minTlsVersion to 1.2; it cannot be changed later.",
    absent="Azure lets TLS 1.0 through",
    passes=[{"minTlsVersion": "1.2"}],
    fails=[{"minTlsVersion": "1.0"}, {}],
)
def iot_minimum_tls(hub: Resource) -> Result:
    if hub.tls("minTlsVersion", default=1.0) < 1.2:
        return f"minTlsVersion is {hub.text('minTlsVersion', 'absent')}"
    return None


@rule(
    "kade-iot-hub-public-access",
    "IoT Hub refuses connections from the internet, or names who may connect",
    severity="medium",
    types=[IOT_HUB],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled, or networkRuleSets with defaultAction Deny.",
    absent="Azure lets the internet in",
    passes=[{"publicNetworkAccess": "Disabled"}, {"networkRuleSets": {"defaultAction": "Deny"}}],
    fails=[{}, {"publicNetworkAccess": "Enabled"}],
)
def iot_public_access(hub: Resource) -> Result:
    if hub.flag("publicNetworkAccess", default=True) and not hub.is_("networkRuleSets.defaultAction", "Deny"):
        return "publicNetworkAccess is not Disabled, and networkRuleSets does not deny"
    return None


@rule(
    "kade-iot-hub-no-keys",
    "IoT Hub's own interface lets in identities, not keys",
    severity="low",
    types=[IOT_HUB],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    remediation="Set disableLocalAuth to true.",
    absent="Azure lets keys in",
    passes=[{"disableLocalAuth": True}],
    fails=[{}, {"disableLocalAuth": False}],
)
def iot_no_keys(hub: Resource) -> Result:
    return None if hub.flag("disableLocalAuth", default=False) else "disableLocalAuth is not true"


@rule(
    "kade-realtime-managed-identity",
    "SignalR and Web PubSub have a managed identity",
    severity="low",
    types=[SIGNALR, WEB_PUBSUB],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.SignalR.ManagedIdentity", "Azure.WebPubSub.ManagedIdentity"],
    checkov=["CKV_AZURE_176"],
    remediation="Set identity.type to SystemAssigned.",
    passes=[Example({"identity": {"type": "SystemAssigned"}}, type=SIGNALR)],
    fails=[Example({}, type=WEB_PUBSUB), Example({"identity": {"type": "None"}}, type=SIGNALR)],
)
def realtime_managed_identity(service: Resource) -> Result:
    return "it has no identity" if service.is_("identity.type", "None", "", default="None") else None


@rule(
    "kade-realtime-tier",
    "SignalR and Web PubSub have a tier with a service level",
    severity="low",
    types=[SIGNALR, WEB_PUBSUB],
    measures=["8.13.02"],
    psrule=["Azure.SignalR.SLA", "Azure.WebPubSub.SLA"],
    checkov=["CKV_AZURE_175", "CKV_AZURE_196"],
    remediation="Set sku.name to Standard_S1 or Premium_P1.",
    passes=[Example({"sku": {"name": "Standard_S1"}}, type=WEB_PUBSUB)],
    fails=[Example({"sku": {"name": "Free_F1"}}, type=SIGNALR)],
)
def realtime_tier(service: Resource) -> Result:
    if service.word("sku.name").startswith("free"):
        return f"sku {service.text('sku.name')} has no service level"
    return None


@rule(
    "kade-realtime-no-keys",
    "SignalR and Web PubSub let in identities, not keys",
    severity="medium",
    types=[SIGNALR, WEB_PUBSUB],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    remediation="Set disableLocalAuth to true.",
    absent="Azure lets keys in",
    passes=[Example({"disableLocalAuth": True}, type=SIGNALR)],
    fails=[Example({}, type=WEB_PUBSUB)],
)
def realtime_no_keys(service: Resource) -> Result:
    return None if service.flag("disableLocalAuth", default=False) else "disableLocalAuth is not true"


@rule(
    "kade-realtime-public-access",
    "SignalR and Web PubSub refuse connections from the internet, or say who may connect",
    severity="medium",
    types=[SIGNALR, WEB_PUBSUB],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled, or networkACLs.defaultAction to Deny.",
    absent="Azure lets the internet in",
    passes=[
        Example({"publicNetworkAccess": "Disabled"}, type=SIGNALR),
        Example({"networkACLs": {"defaultAction": "Deny"}}, type=WEB_PUBSUB),
    ],
    fails=[Example({}, type=SIGNALR)],
)
def realtime_public_access(service: Resource) -> Result:
    if service.flag("publicNetworkAccess", default=True) and not service.is_("networkACLs.defaultAction", "Deny"):
        return "publicNetworkAccess is not Disabled, and networkACLs does not deny"
    return None
