"""App Service, function apps and their slots: identity, logs, health and how they stay up."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.app_service_settings import APPS, APPS_AND_CONFIGS, CONFIG, is_function, settings

LOGS = ("azure-native:web:WebAppDiagnosticLogsConfiguration", "azure-native:web:WebAppDiagnosticLogsConfigurationSlot")
SETTING = "azure-native:monitor:DiagnosticSetting"


@rule(
    "kade-app-service-managed-identity",
    "Apps have a managed identity",
    severity="medium",
    types=APPS,
    measures=["5.16.02", "8.24.02"],
    nis2="21(2)(i)",
    psrule=["Azure.AppService.ManagedIdentity"],
    checkov=["CKV_AZURE_71"],
    remediation="Set identity.type to SystemAssigned or UserAssigned, and give it roles in place of keys.",
    why="An app without one reaches its data with keys and passwords, which leak and are seldom renewed.",
    absent="Azure gives it none",
    passes=[{"identity": {"type": "SystemAssigned"}}, {"identity": {"type": "UserAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(app: Resource) -> Result:
    if app.is_("identity.type", "None", default="None"):
        return "identity.type names no managed identity"
    return None


@rule(
    "kade-app-service-http2",
    "Apps offer HTTP/2",
    severity="low",
    types=APPS_AND_CONFIGS,
    measures=["5.14.01"],
    psrule=["Azure.AppService.HTTP2"],
    checkov=["CKV_AZURE_18", "CKV_AZURE_67"],
    remediation="Set siteConfig.http20Enabled to true.",
    absent="Azure offers HTTP/1.1 only",
    joins=True,
    passes=[{"siteConfig": {"http20Enabled": True}}],
    fails=[{"siteConfig": {"http20Enabled": False}}, {}],
)
def http2(app: Resource) -> Result:
    found = settings(app, "http20Enabled")
    if not found.flag("http20Enabled", default=False):
        return f"{found.at('http20Enabled')} is not true"
    return None


@rule(
    "kade-app-service-always-on",
    "Web apps are kept running",
    severity="low",
    types=APPS_AND_CONFIGS,
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppService.AlwaysOn"],
    checkov=["CKV_AZURE_214"],
    remediation="Set siteConfig.alwaysOn to true. Free and shared plans cannot.",
    why="Azure unloads an app that nobody used for twenty minutes; its next visitor waits, its jobs stand still.",
    absent="Azure unloads it",
    joins=True,
    passes=[{"siteConfig": {"alwaysOn": True}}],
    fails=[{"siteConfig": {"alwaysOn": False}}, {}],
    not_applicable=[{"kind": "functionapp"}],
)
def always_on(app: Resource) -> Result:
    if is_function(app):
        not_applicable("a function app is woken by its triggers")
    found = settings(app, "alwaysOn")
    if not found.flag("alwaysOn", default=False):
        return f"{found.at('alwaysOn')} is not true"
    return None


@rule(
    "kade-app-service-health-check",
    "App Service watches the health of web apps",
    severity="low",
    types=APPS_AND_CONFIGS,
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppService.WebProbe", "Azure.AppService.WebProbePath"],
    checkov=["CKV_AZURE_213"],
    remediation="Set siteConfig.healthCheckPath to a page that tests what the app needs, as /healthz.",
    absent="Azure sends visitors to instances that do not answer",
    joins=True,
    passes=[{"siteConfig": {"healthCheckPath": "/healthz"}}],
    fails=[{"siteConfig": {"healthCheckPath": ""}}, {}],
    not_applicable=[{"kind": "functionapp"}],
)
def health_check(app: Resource) -> Result:
    if is_function(app):
        not_applicable("not for function apps")
    found = settings(app, "healthCheckPath")
    if not found.has("healthCheckPath"):
        return f"{found.at('healthCheckPath')} is not set"
    return None


@rule(
    "kade-app-service-health-check-path",
    "The health check of web apps has a page of its own",
    severity="low",
    types=APPS_AND_CONFIGS,
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppService.WebProbePath"],
    remediation="Set siteConfig.healthCheckPath to a page that tests what the app needs, in place of /.",
    why="The front page often answers while what stands behind it does not.",
    joins=True,
    passes=[{"siteConfig": {"healthCheckPath": "/healthz"}}],
    fails=[{"siteConfig": {"healthCheckPath": "/"}}],
    not_applicable=[{}, {"kind": "functionapp", "siteConfig": {"healthCheckPath": "/"}}],
)
def health_check_path(app: Resource) -> Result:
    found = settings(app, "healthCheckPath")
    if is_function(app) or not found.has("healthCheckPath"):
        not_applicable("no health check of a web app")
    if found.text("healthCheckPath").strip() == "/":
        return f"{found.at('healthCheckPath')} is the front page"
    return None


@rule(
    "kade-app-service-no-affinity",
    "Apps do not tie a visitor to one instance",
    severity="low",
    types=APPS,
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppService.ARRAffinity"],
    remediation="Set clientAffinityEnabled to false, and keep sessions outside the app.",
    why="Visitors of an instance that falls out lose their session, and the load spreads badly.",
    absent="Azure ties them",
    passes=[{"clientAffinityEnabled": False}],
    fails=[{"clientAffinityEnabled": True}, {}],
)
def no_affinity(app: Resource) -> Result:
    if app.flag("clientAffinityEnabled", default=True):
        return "clientAffinityEnabled is not false"
    return None


def _logged(app: Resource, own: str, *in_logs: str, category: str = "") -> Result:
    """What is wrong where a log is kept in none of its places: site configuration, log configuration, setting."""
    found = settings(app, own)
    if found.flag(own, default=False):
        return None
    if any(logs.flag(place, default=False) for logs in app.children(*LOGS) for place in in_logs):
        return None
    sent = [log for setting in app.children(SETTING) for log in setting.items("logs")]
    for log in sent if category else []:
        named = log.is_("category", category) or log.is_("categoryGroup", "allLogs")
        if named and log.flag("enabled", default=True):
            return None
    return f"{found.at(own)} is not true"


@rule(
    "kade-app-service-http-logs",
    "Requests to apps are logged",
    severity="medium",
    types=APPS_AND_CONFIGS,
    measures=["8.15.01", "U.15.1"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_63"],
    remediation="Add a diagnostic setting that sends AppServiceHTTPLogs to the Log Analytics workspace, or set "
    "siteConfig.httpLoggingEnabled to true.",
    absent="Azure keeps no log of requests",
    joins=True,
    passes=[
        {"siteConfig": {"httpLoggingEnabled": True}},
        Example({}, children=[Example({"httpLogs": {"fileSystem": {"enabled": True}}}, type=LOGS[0])]),
        Example({}, children=[Example({"logs": [{"category": "AppServiceHTTPLogs", "enabled": True}]}, type=SETTING)]),
    ],
    fails=[{}, {"siteConfig": {"httpLoggingEnabled": False}}],
    not_applicable=[{"kind": "functionapp"}],
)
def http_logs(app: Resource) -> Result:
    if is_function(app):
        not_applicable("a function app logs its executions")
    stored = ("httpLogs.fileSystem.enabled", "httpLogs.azureBlobStorage.enabled")
    return _logged(app, "httpLoggingEnabled", *stored, category="AppServiceHTTPLogs")


@rule(
    "kade-app-service-error-logs",
    "Web apps keep the details of errors",
    severity="low",
    types=APPS_AND_CONFIGS,
    measures=["8.15.01"],
    checkov=["CKV_AZURE_65"],
    remediation="Set siteConfig.detailedErrorLoggingEnabled to true.",
    absent="Azure keeps none",
    joins=True,
    passes=[
        {"siteConfig": {"detailedErrorLoggingEnabled": True}},
        Example({}, children=[Example({"detailedErrorMessages": {"enabled": True}}, type=LOGS[0])]),
    ],
    fails=[{}, Example({}, children=[Example({"properties": {"detailedErrorLoggingEnabled": False}}, type=CONFIG)])],
    not_applicable=[{"kind": "functionapp"}],
)
def error_logs(app: Resource) -> Result:
    if is_function(app):
        not_applicable("not for function apps")
    return _logged(app, "detailedErrorLoggingEnabled", "detailedErrorMessages.enabled")


@rule(
    "kade-app-service-failed-requests",
    "Web apps trace requests that fail",
    severity="low",
    types=APPS_AND_CONFIGS,
    measures=["8.15.01"],
    checkov=["CKV_AZURE_66"],
    remediation="Set siteConfig.requestTracingEnabled to true.",
    absent="Azure traces none",
    joins=True,
    passes=[
        {"siteConfig": {"requestTracingEnabled": True}},
        Example({}, children=[Example({"failedRequestsTracing": {"enabled": True}}, type=LOGS[0])]),
    ],
    fails=[{}, {"siteConfig": {"requestTracingEnabled": False}}],
    not_applicable=[{"kind": "app,linux"}, {"kind": "functionapp"}],
)
def failed_requests(app: Resource) -> Result:
    if is_function(app) or "linux" in app.word("kind").split(","):
        not_applicable("only for web apps on Windows")
    return _logged(app, "requestTracingEnabled", "failedRequestsTracing.enabled")
