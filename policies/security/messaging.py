"""Event Hubs, Service Bus and Event Grid: who can reach them, how they sign in, and what they speak."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.kit.addresses import is_anywhere

EVENT_HUBS = "azure-native:eventhub:Namespace"
EVENT_HUB = "azure-native:eventhub:EventHub"
EVENT_HUBS_RULES = "azure-native:eventhub:NamespaceNetworkRuleSet"
SERVICE_BUS = "azure-native:servicebus:Namespace"
SERVICE_BUS_RULES = "azure-native:servicebus:NamespaceNetworkRuleSet"
QUEUE = "azure-native:servicebus:Queue"
BUS_TOPIC = "azure-native:servicebus:Topic"
GRID_TOPIC = "azure-native:eventgrid:Topic"
GRID_DOMAIN = "azure-native:eventgrid:Domain"
GRID_NAMESPACE = "azure-native:eventgrid:Namespace"
GRID_SYSTEM_TOPIC = "azure-native:eventgrid:SystemTopic"

RULE_SETS: Final = {EVENT_HUBS: EVENT_HUBS_RULES, SERVICE_BUS: SERVICE_BUS_RULES}
_BASIC: Final = "Basic"


@rule(
    "kade-messaging-no-keys",
    "Event Hubs, Service Bus and Event Grid let in identities, not keys",
    severity="medium",
    types=[EVENT_HUBS, SERVICE_BUS, GRID_TOPIC, GRID_DOMAIN],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=[
        "Azure.EventHub.DisableLocalAuth",
        "Azure.ServiceBus.DisableLocalAuth",
        "Azure.EventGrid.DisableLocalAuth",
    ],
    checkov=["CKV_AZURE_192", "CKV_AZURE_195", "CKV_AZURE_203"],
    remediation="Set disableLocalAuth to true, and give each sender and reader a role.",
    why="A key belongs to nobody, does not end, and lets in whoever finds it.",
    absent="Azure lets keys in",
    passes=[Example({"disableLocalAuth": True}, type=EVENT_HUBS), Example({"disableLocalAuth": True}, type=GRID_TOPIC)],
    fails=[Example({"disableLocalAuth": False}, type=SERVICE_BUS), Example({}, type=GRID_DOMAIN)],
)
def no_keys(part: Resource) -> Result:
    return None if part.flag("disableLocalAuth", default=False) else "disableLocalAuth is not true"


@rule(
    "kade-messaging-minimum-tls",
    "Event Hubs and Service Bus refuse TLS below 1.2",
    severity="high",
    types=[EVENT_HUBS, SERVICE_BUS],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.EventHub.MinTLS", "Azure.ServiceBus.MinTLS"],
    checkov=["CKV_AZURE_205", "CKV_AZURE_223"],
    remediation="Set minimumTlsVersion to 1.2.",
    absent="Azure asks for 1.2",
    passes=[
        Example({"minimumTlsVersion": "1.2"}, type=EVENT_HUBS),
        Example({"minimumTlsVersion": "1.3"}, type=SERVICE_BUS),
        Example({}, type=EVENT_HUBS),
    ],
    fails=[
        Example({"minimumTlsVersion": "1.0"}, type=EVENT_HUBS),
        Example({"minimumTlsVersion": "1.1"}, type=SERVICE_BUS),
    ],
)
def minimum_tls(namespace: Resource) -> Result:
    if namespace.tls("minimumTlsVersion", default=1.2) < 1.2:
        return f"minimumTlsVersion is {namespace.text('minimumTlsVersion')}"
    return None


@rule(
    "kade-event-grid-minimum-tls",
    "Event Grid refuses TLS below 1.2",
    severity="high",
    types=[GRID_TOPIC, GRID_DOMAIN, GRID_NAMESPACE],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.EventGrid.TopicTLS", "Azure.EventGrid.DomainTLS", "Azure.EventGrid.NamespaceTLS"],
    remediation="Set minimumTlsVersionAllowed to 1.2.",
    absent="Azure lets TLS 1.0 through",
    passes=[Example({"minimumTlsVersionAllowed": "1.2"}, type=GRID_TOPIC)],
    fails=[Example({"minimumTlsVersionAllowed": "1.1"}, type=GRID_DOMAIN), Example({}, type=GRID_NAMESPACE)],
)
def grid_minimum_tls(part: Resource) -> Result:
    if part.tls("minimumTlsVersionAllowed", default=1.0) < 1.2:
        return f"minimumTlsVersionAllowed is {part.text('minimumTlsVersionAllowed', 'absent')}"
    return None


@rule(
    "kade-event-grid-public-access",
    "Event Grid topics and domains refuse connections from the internet",
    severity="high",
    types=[GRID_TOPIC, GRID_DOMAIN],
    measures=["8.22.01", "5.15.01"],
    nis2="21(2)(e)",
    psrule=["Azure.EventGrid.TopicPublicAccess"],
    checkov=["CKV_AZURE_106", "CKV_AZURE_193"],
    remediation="Set publicNetworkAccess to Disabled, and use a private endpoint.",
    absent="Azure lets the internet in",
    passes=[Example({"publicNetworkAccess": "Disabled"}, type=GRID_TOPIC)],
    fails=[Example({"publicNetworkAccess": "Enabled"}, type=GRID_DOMAIN), Example({}, type=GRID_TOPIC)],
)
def grid_public_access(part: Resource) -> Result:
    return "publicNetworkAccess is not Disabled" if part.flag("publicNetworkAccess", default=True) else None


@rule(
    "kade-event-grid-managed-identity",
    "Event Grid delivers with a managed identity",
    severity="low",
    types=[GRID_TOPIC, GRID_DOMAIN, GRID_SYSTEM_TOPIC],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.EventGrid.ManagedIdentity"],
    checkov=["CKV_AZURE_191", "CKV_AZURE_194"],
    remediation="Set identity.type to SystemAssigned, and give that identity its roles.",
    passes=[Example({"identity": {"type": "SystemAssigned"}}, type=GRID_TOPIC)],
    fails=[Example({}, type=GRID_TOPIC), Example({"identity": {"type": "None"}}, type=GRID_DOMAIN)],
)
def grid_managed_identity(part: Resource) -> Result:
    return "it has no identity" if part.is_("identity.type", "None", "", default="None") else None


@rule(
    "kade-messaging-firewall",
    "Event Hubs and Service Bus refuse connections from the internet",
    severity="high",
    types=[EVENT_HUBS, SERVICE_BUS, EVENT_HUBS_RULES, SERVICE_BUS_RULES],
    measures=["8.22.01", "5.15.01"],
    nis2="21(2)(e)",
    psrule=["Azure.EventHub.Firewall"],
    remediation="Set publicNetworkAccess to Disabled, or defaultAction of the network rule set to Deny.",
    absent="Azure lets the internet in",
    joins=True,
    passes=[
        Example({"publicNetworkAccess": "Disabled"}, type=EVENT_HUBS),
        Example({}, type=EVENT_HUBS, children=[Example({"defaultAction": "Deny"}, type=EVENT_HUBS_RULES)]),
        Example({"publicNetworkAccess": "Disabled"}, type=SERVICE_BUS_RULES),
    ],
    fails=[
        Example({}, type=SERVICE_BUS),
        Example({"defaultAction": "Allow"}, type=EVENT_HUBS_RULES),
        Example(
            {"defaultAction": "Deny", "ipRules": [{"ipMask": "0.0.0.0/0", "action": "Allow"}]}, type=EVENT_HUBS_RULES
        ),
    ],
    not_applicable=[Example({"sku": {"name": "Basic"}}, type=SERVICE_BUS)],
)
def firewall(part: Resource) -> Result:
    if not part.flag("publicNetworkAccess", default=True):
        return None
    if part.type in RULE_SETS.values():
        return _open_rules(part)
    if part.is_("sku.name", _BASIC):
        not_applicable("the basic tier has no firewall")
    rule_sets = part.children(RULE_SETS[part.type])
    if not rule_sets:
        return "publicNetworkAccess is not Disabled, and it has no network rule set"
    return next((finding for finding in map(_open_rules, rule_sets) if finding), None)


def _open_rules(rules: Resource) -> str | None:
    if not rules.flag("publicNetworkAccess", default=True):
        return None
    if not rules.is_("defaultAction", "Deny", default="Allow"):
        return "defaultAction of its network rule set is not Deny"
    if any(
        is_anywhere(one.word("ipMask")) and one.is_("action", "Allow", default="Allow")
        for one in rules.items("ipRules")
    ):
        return "ipRules of its network rule set let every address in"
    return None


@rule(
    "kade-event-hubs-zones",
    "Event Hubs namespaces are spread over availability zones",
    severity="low",
    types=[EVENT_HUBS],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.EventHub.AvailabilityZone"],
    remediation="Set zoneRedundant to true; it cannot be changed later.",
    absent="Azure spreads a namespace where the region has zones",
    passes=[{"zoneRedundant": True}, {}],
    fails=[{"zoneRedundant": False}],
)
def hubs_zones(namespace: Resource) -> Result:
    return None if namespace.flag("zoneRedundant", default=True) else "zoneRedundant is false"


@rule(
    "kade-messaging-in-use",
    "A namespace has hubs, queues or topics",
    severity="low",
    types=[EVENT_HUBS, SERVICE_BUS],
    measures=["5.09.01"],
    psrule=["Azure.EventHub.Usage", "Azure.ServiceBus.Usage"],
    remediation="Remove the namespace, or declare what stands in it.",
    why="What nobody uses costs money and is looked after by nobody.",
    joins=True,
    passes=[
        Example({}, type=EVENT_HUBS, children=[Example({}, type=EVENT_HUB)]),
        Example({}, type=SERVICE_BUS, children=[Example({}, type=QUEUE)]),
    ],
    fails=[Example({}, type=EVENT_HUBS), Example({}, type=SERVICE_BUS)],
)
def in_use(namespace: Resource) -> Result:
    if namespace.children(EVENT_HUB, QUEUE, BUS_TOPIC):
        return None
    return "nothing stands in the namespace"


@rule(
    "kade-messaging-own-key",
    "Service Bus premium is encrypted with a key of the municipality's own",
    severity="low",
    types=[SERVICE_BUS],
    measures=["U.05.2", "U.11.3"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_201"],
    remediation="Set encryption with a key of your key vault; the sku has to be Premium.",
    absent="Azure encrypts with keys of its own",
    passes=[{"encryption": {"keyVaultProperties": [{"keyName": "bus"}]}}],
    fails=[{}],
)
def own_key(namespace: Resource) -> Result:
    return None if namespace.has("encryption.keyVaultProperties") else "encryption names no key of your own"


@rule(
    "kade-service-bus-managed-identity",
    "Service Bus has a managed identity",
    severity="low",
    types=[SERVICE_BUS],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    checkov=["CKV_AZURE_202"],
    remediation="Set identity.type to SystemAssigned.",
    passes=[{"identity": {"type": "SystemAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def bus_managed_identity(namespace: Resource) -> Result:
    return "it has no identity" if namespace.is_("identity.type", "None", "", default="None") else None


@rule(
    "kade-service-bus-double-encryption",
    "Service Bus encrypts its storage twice",
    severity="low",
    types=[SERVICE_BUS],
    measures=["U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_199"],
    remediation="Set encryption.requireInfrastructureEncryption to true; it cannot be changed later.",
    absent="Azure encrypts once",
    passes=[{"encryption": {"requireInfrastructureEncryption": True}}],
    fails=[{}, {"encryption": {"requireInfrastructureEncryption": False}}],
)
def double_encryption(namespace: Resource) -> Result:
    if namespace.flag("encryption.requireInfrastructureEncryption", default=False):
        return None
    return "encryption.requireInfrastructureEncryption is not true"
