"""Container Apps, their jobs and environments."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.security.zones import needs_zones

APP = "azure-native:app:ContainerApp"
JOB = "azure-native:app:Job"
ENVIRONMENT = "azure-native:app:ManagedEnvironment"


@rule(
    "kade-container-apps-https",
    "Container apps answer over HTTPS only",
    severity="high",
    types=[APP],
    measures=["5.14.01", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.ContainerApp.Insecure"],
    remediation="Set configuration.ingress.allowInsecure to false.",
    absent="Azure sends HTTP on to HTTPS",
    passes=[{"configuration": {"ingress": {"allowInsecure": False}}}, {}],
    fails=[{"configuration": {"ingress": {"allowInsecure": True}}}],
    remediate=lambda _: {"configuration.ingress.allowInsecure": False},
)
def https(app: Resource) -> Result:
    if app.flag("configuration.ingress.allowInsecure", default=False):
        return "configuration.ingress.allowInsecure is true"
    return None


@rule(
    "kade-container-apps-managed-identity",
    "Container apps have a managed identity",
    severity="medium",
    types=[APP],
    measures=["5.16.02", "8.24.02"],
    nis2="21(2)(i)",
    psrule=["Azure.ContainerApp.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned or UserAssigned, and give it roles in place of keys.",
    absent="Azure gives it none",
    passes=[{"identity": {"type": "SystemAssigned,UserAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(app: Resource) -> Result:
    if app.is_("identity.type", "None", default="None"):
        return "identity.type names no managed identity"
    return None


@rule(
    "kade-container-apps-internal-ingress",
    "Container apps are reached from inside only",
    severity="low",
    types=[APP],
    measures=["8.22.01", "5.14.04"],
    nis2="21(2)(e)",
    psrule=["Azure.ContainerApp.ExternalIngress"],
    remediation="Set configuration.ingress.external to false, or put the app in an environment that is internal.",
    why="What needs no visitors from outside the environment should have none.",
    absent="Azure takes no visitors from outside",
    joins=True,
    passes=[
        {"configuration": {"ingress": {"external": False}}},
        {},
        Example(
            {"configuration": {"ingress": {"external": True}}},
            related=[Example({"vnetConfiguration": {"internal": True}}, type=ENVIRONMENT)],
        ),
    ],
    fails=[{"configuration": {"ingress": {"external": True}}}],
)
def internal_ingress(app: Resource) -> Result:
    if not app.flag("configuration.ingress.external", default=False):
        return None
    if any(e.flag("vnetConfiguration.internal", default=False) for e in app.related(ENVIRONMENT)):
        return None
    return "configuration.ingress.external is true"


@rule(
    "kade-container-apps-no-affinity",
    "Container apps do not tie a visitor to one replica",
    severity="low",
    types=[APP],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.ContainerApp.DisableAffinity"],
    remediation="Set configuration.ingress.stickySessions.affinity to none, and keep sessions outside the app.",
    absent="Azure ties nobody",
    passes=[{"configuration": {"ingress": {"stickySessions": {"affinity": "none"}}}}, {}],
    fails=[{"configuration": {"ingress": {"stickySessions": {"affinity": "sticky"}}}}],
)
def no_affinity(app: Resource) -> Result:
    if app.is_("configuration.ingress.stickySessions.affinity", "sticky"):
        return "configuration.ingress.stickySessions.affinity is sticky"
    return None


@rule(
    "kade-container-apps-replicas",
    "Container apps run at least two replicas",
    severity="low",
    types=[APP],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.ContainerApp.MinReplicas"],
    remediation="Set template.scale.minReplicas to 2 or more.",
    absent="Azure stops the app when nobody uses it",
    passes=[{"template": {"scale": {"minReplicas": 2}}}],
    fails=[{"template": {"scale": {"minReplicas": 1}}}, {}],
)
def replicas(app: Resource) -> Result:
    if (count := app.number("template.scale.minReplicas", 0)) < 2:
        return f"template.scale.minReplicas is {count:g}"
    return None


@rule(
    "kade-container-apps-secrets-from-vault",
    "Container apps take their secrets from a key vault",
    severity="medium",
    types=[APP, JOB],
    measures=["8.24.02", "8.03.01"],
    nis2="21(2)(h)",
    remediation="Give each of configuration.secrets a keyVaultUrl and an identity, in place of a value.",
    why="A secret that stands in the app is renewed by nobody, and read by all who may deploy it.",
    absent="the app has no secrets",
    passes=[{"configuration": {"secrets": [{"name": "db", "keyVaultUrl": "https://kv/secrets/db"}]}}, {}],
    fails=[{"configuration": {"secrets": [{"name": "db"}]}}, Example({"configuration": {"secrets": [{}]}}, type=JOB)],
)
def secrets_from_vault(app: Resource) -> Result:
    for secret in app.items("configuration.secrets"):
        if not secret.refers("keyVaultUrl"):
            yield f"secret {secret.text('name', 'without a name')} has no keyVaultUrl"


@rule(
    "kade-container-apps-environment-private",
    "Environments of container apps have no public address",
    severity="medium",
    types=[ENVIRONMENT],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    psrule=["Azure.ContainerApp.PublicAccess"],
    remediation="Make a new environment with vnetConfiguration.internal true; it cannot be changed afterwards.",
    absent="Azure gives it a public address",
    passes=[{"vnetConfiguration": {"internal": True}}],
    fails=[{"vnetConfiguration": {"internal": False}}, {}],
)
def environment_private(environment: Resource) -> Result:
    if not environment.flag("vnetConfiguration.internal", default=False):
        return "vnetConfiguration.internal is not true"
    return None


@rule(
    "kade-container-apps-environment-zones",
    "Environments of container apps are spread over availability zones",
    severity="low",
    types=[ENVIRONMENT],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.ContainerApp.AvailabilityZone"],
    remediation="Make a new environment with zoneRedundant true, in a subnet of ours; it cannot be changed afterwards.",
    absent="Azure keeps it in one zone",
    passes=[{"location": "westeurope", "zoneRedundant": True}],
    fails=[{"location": "westeurope", "zoneRedundant": False}, {}],
    not_applicable=[{"location": "westus"}],
)
def environment_zones(environment: Resource) -> Result:
    needs_zones(environment)
    if not environment.flag("zoneRedundant", default=False):
        return "zoneRedundant is not true"
    return None


@rule(
    "kade-container-apps-environment-logs",
    "Environments of container apps keep what their apps write",
    severity="medium",
    types=[ENVIRONMENT],
    measures=["8.15.01", "U.15.1"],
    nis2="21(2)(b)",
    remediation="Set appLogsConfiguration.destination to azure-monitor or log-analytics.",
    absent="Azure keeps nothing",
    passes=[{"appLogsConfiguration": {"destination": "azure-monitor"}}],
    fails=[{}, {"appLogsConfiguration": {"destination": "none"}}],
)
def environment_logs(environment: Resource) -> Result:
    if environment.is_("appLogsConfiguration.destination", "none", default="none"):
        return "appLogsConfiguration.destination is not set"
    return None


@rule(
    "kade-container-apps-internal-encryption",
    "Traffic between container apps is encrypted",
    severity="low",
    types=[ENVIRONMENT],
    measures=["8.21.04"],
    nis2="21(2)(h)",
    remediation="Set peerTrafficConfiguration.encryption.enabled to true.",
    absent="Azure leaves it as it is",
    passes=[
        {"peerTrafficConfiguration": {"encryption": {"enabled": True}}},
        {"peerAuthentication": {"mtls": {"enabled": True}}},
    ],
    fails=[{}, {"peerTrafficConfiguration": {"encryption": {"enabled": False}}}],
)
def internal_encryption(environment: Resource) -> Result:
    for name in ("peerTrafficConfiguration.encryption.enabled", "peerAuthentication.mtls.enabled"):
        if environment.flag(name, default=False):
            return None
    return "peerTrafficConfiguration.encryption.enabled is not true"
