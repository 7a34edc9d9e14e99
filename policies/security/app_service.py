"""App Service, function apps and their slots: who can reach them, and over what."""

from __future__ import annotations

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule
from kade.policies.security.app_service_settings import APP, APPS, APPS_AND_CONFIGS, CONFIG, is_function, settings

AUTHENTICATION = "azure-native:web:WebAppAuthSettingsV2"
BASIC_LOGIN = {
    "azure-native:web:WebAppFtpAllowed": "ftp",
    "azure-native:web:WebAppFtpAllowedSlot": "ftp",
    "azure-native:web:WebAppScmAllowed": "scm",
    "azure-native:web:WebAppScmAllowedSlot": "scm",
}


@rule(
    "kade-app-service-https-only",
    "Apps answer over HTTPS only",
    severity="high",
    types=APPS,
    measures=["5.14.01", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.AppService.UseHTTPS"],
    checkov=["CKV_AZURE_14", "CKV_AZURE_70", "CKV_AZURE_153"],
    remediation="Set httpsOnly to true.",
    absent="Azure answers over HTTP too",
    passes=[{"httpsOnly": True}],
    fails=[{"httpsOnly": False}, {}],
    remediate=lambda _: {"httpsOnly": True},
)
def https_only(app: Resource) -> Result:
    if not app.flag("httpsOnly", default=False):
        return "httpsOnly is not true"
    return None


@rule(
    "kade-app-service-login-over-https",
    "The login that App Service offers demands HTTPS",
    severity="high",
    types=[AUTHENTICATION, CONFIG],
    measures=["5.14.01", "8.21.04"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_70"],
    remediation="Set httpSettings.requireHttps to true, or leave it out.",
    absent="Azure demands HTTPS",
    passes=[{"httpSettings": {"requireHttps": True}}, {}],
    fails=[{"httpSettings": {"requireHttps": False}}],
)
def login_over_https(login: Resource) -> Result:
    if not login.flag("httpSettings.requireHttps", default=True):
        return "httpSettings.requireHttps is false"
    return None


@rule(
    "kade-app-service-minimum-tls",
    "Apps refuse TLS below 1.2",
    severity="high",
    types=APPS_AND_CONFIGS,
    measures=["8.24.04", "5.14.01"],
    nis2="21(2)(h)",
    psrule=["Azure.AppService.MinTLS"],
    checkov=["CKV_AZURE_15", "CKV_AZURE_145"],
    remediation="Set siteConfig.minTlsVersion to 1.2 or 1.3.",
    absent="Azure takes 1.2 for a new app, and leaves an app as it was that once allowed less",
    joins=True,
    passes=[
        {"siteConfig": {"minTlsVersion": "1.2"}},
        {"siteConfig": {"minTlsVersion": "1.3"}},
        Example({"siteConfig": {}}, children=[Example({"properties": {"minTlsVersion": "1.2"}}, type=CONFIG)]),
    ],
    fails=[
        {"siteConfig": {"minTlsVersion": "1.0"}},
        {},
        Example({}, children=[Example({"properties": {"minTlsVersion": "1.1"}}, type=CONFIG)]),
    ],
)
def minimum_tls(app: Resource) -> Result:
    found = settings(app, "minTlsVersion")
    if found.tls("minTlsVersion", default=0) < 1.2:
        return f"{found.at('minTlsVersion')} is {found.text('minTlsVersion', 'absent')}; at least 1.2 is needed"
    return None


@rule(
    "kade-app-service-deployment-site-tls",
    "The deployment site of an app refuses TLS below 1.2",
    severity="medium",
    types=APPS_AND_CONFIGS,
    measures=["8.24.04"],
    nis2="21(2)(h)",
    remediation="Set siteConfig.scmMinTlsVersion to 1.2 or leave it out.",
    absent="Azure takes 1.2",
    joins=True,
    passes=[{"siteConfig": {"scmMinTlsVersion": "1.2"}}, {}],
    fails=[{"siteConfig": {"scmMinTlsVersion": "1.0"}}],
)
def deployment_site_tls(app: Resource) -> Result:
    found = settings(app, "scmMinTlsVersion")
    if found.tls("scmMinTlsVersion", default=1.2) < 1.2:
        return f"{found.at('scmMinTlsVersion')} is {found.text('scmMinTlsVersion')}; at least 1.2 is needed"
    return None


@rule(
    "kade-app-service-no-plain-ftp",
    "Web apps do not accept files over plain FTP",
    severity="high",
    types=APPS_AND_CONFIGS,
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    psrule=["Azure.AppService.WebSecureFtp"],
    checkov=["CKV_AZURE_78"],
    remediation="Set siteConfig.ftpsState to Disabled, or to FtpsOnly where files are still delivered so.",
    absent="Azure takes FtpsOnly for a new app, and leaves an older one at AllAllowed",
    joins=True,
    passes=[{"siteConfig": {"ftpsState": "Disabled"}}, {"siteConfig": {"ftpsState": "ftpsonly"}}],
    fails=[{"siteConfig": {"ftpsState": "AllAllowed"}}, {}],
    not_applicable=[{"kind": "functionapp"}],
)
def no_plain_ftp(app: Resource) -> Result:
    if is_function(app):
        not_applicable("a function app has a rule of its own")
    return _plain_ftp(settings(app, "ftpsState"), absent="AllAllowed")


@rule(
    "kade-functions-no-plain-ftp",
    "Function apps do not accept files over plain FTP",
    severity="high",
    types=APPS,
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    remediation="Set siteConfig.ftpsState to Disabled.",
    absent="Azure takes FtpsOnly for a new app",
    joins=True,
    passes=[{"kind": "functionapp,linux", "siteConfig": {"ftpsState": "Disabled"}}, {"kind": "functionapp"}],
    fails=[{"kind": "functionapp", "siteConfig": {"ftpsState": "AllAllowed"}}],
    not_applicable=[{"kind": "app"}],
)
def functions_no_plain_ftp(app: Resource) -> Result:
    if not is_function(app):
        not_applicable("not a function app")
    return _plain_ftp(settings(app, "ftpsState"), absent="FtpsOnly")


def _plain_ftp(found: Node, absent: str) -> Result:
    if not found.is_("ftpsState", "Disabled", "FtpsOnly", default=absent):
        return f"{found.at('ftpsState')} is {found.text('ftpsState', 'absent')}"
    return None


@rule(
    "kade-app-service-no-remote-debugging",
    "Apps cannot be debugged from outside",
    severity="high",
    types=APPS_AND_CONFIGS,
    measures=["8.18.01", "8.31.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_72", "CKV_AZURE_155"],
    remediation="Set siteConfig.remoteDebuggingEnabled to false.",
    why="A debugger reads and changes everything in memory, and needs ports that are otherwise closed.",
    absent="Azure allows no debugging",
    joins=True,
    passes=[{"siteConfig": {"remoteDebuggingEnabled": False}}, {}],
    fails=[
        {"siteConfig": {"remoteDebuggingEnabled": True}},
        Example({}, children=[Example({"properties": {"remoteDebuggingEnabled": True}}, type=CONFIG)]),
    ],
)
def no_remote_debugging(app: Resource) -> Result:
    found = settings(app, "remoteDebuggingEnabled")
    if found.flag("remoteDebuggingEnabled", default=False):
        return f"{found.at('remoteDebuggingEnabled')} is true"
    return None


@rule(
    "kade-app-service-cors",
    "Not every website may call an app from its visitors' browsers",
    severity="medium",
    types=APPS_AND_CONFIGS,
    measures=["8.27.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_57", "CKV_AZURE_62"],
    remediation="Name the websites in siteConfig.cors.allowedOrigins, in place of *.",
    absent="Azure lets no other website in",
    joins=True,
    passes=[{"siteConfig": {"cors": {"allowedOrigins": ["https://loket.example"]}}}, {}],
    fails=[{"siteConfig": {"cors": {"allowedOrigins": ["https://loket.example", "*"]}}}],
)
def cors(app: Resource) -> Result:
    found = settings(app, "cors.allowedOrigins")
    if "*" in found.words("cors.allowedOrigins"):
        return f"{found.at('cors.allowedOrigins')} holds *"
    return None


@rule(
    "kade-app-service-public-access",
    "Apps cannot be reached from the whole internet",
    severity="medium",
    types=APPS,
    measures=["8.22.01", "U.12.1", "5.14.04"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_221", "CKV_AZURE_222"],
    remediation="Set publicNetworkAccess to Disabled and add a private endpoint, or allow only the front door in "
    "siteConfig.ipSecurityRestrictions with ipSecurityRestrictionsDefaultAction Deny.",
    why="Traffic that does not pass the front door or gateway misses its firewall and its logs.",
    absent="Azure lets everyone in",
    joins=True,
    passes=[
        {"publicNetworkAccess": "Disabled"},
        {"siteConfig": {"publicNetworkAccess": "disabled"}},
        {"siteConfig": {"ipSecurityRestrictionsDefaultAction": "Deny"}},
        {"siteConfig": {"ipSecurityRestrictions": [{"action": "Allow", "ipAddress": "AzureFrontDoor.Backend"}]}},
    ],
    fails=[
        {},
        {"publicNetworkAccess": "Enabled"},
        {"siteConfig": {"ipSecurityRestrictions": [{"action": "Allow", "ipAddress": "Any"}]}},
    ],
)
def public_access(app: Resource) -> Result:
    site = app.node("siteConfig")
    if app.is_("publicNetworkAccess", "Disabled") or site.is_("publicNetworkAccess", "Disabled"):
        return None
    found = settings(app, "ipSecurityRestrictions")
    if not (found.is_("ipSecurityRestrictionsDefaultAction", "Deny") or any(map(_narrow, _restrictions(found)))):
        return "publicNetworkAccess is not Disabled, and ipSecurityRestrictions lets everyone in"
    return None


def _restrictions(site: Node) -> list[Node]:
    return [r for r in site.items("ipSecurityRestrictions") if r.is_("action", "Allow", default="Allow")]


def _narrow(restriction: Node) -> bool:
    """Whether it allows some addresses only; then Azure refuses all others."""
    address = restriction.word("ipAddress", "any")
    return address not in ("any", "*", "0.0.0.0/0") or restriction.refers("vnetSubnetResourceId")


@rule(
    "kade-app-service-no-basic-login",
    "Nobody deploys to an app with a name and a password",
    severity="medium",
    types=APPS,
    measures=["5.17.01", "5.16.02"],
    nis2="21(2)(j)",
    remediation="Add the basicPublishingCredentialsPolicies ftp and scm (WebAppFtpAllowed, WebAppScmAllowed) with "
    "allow false.",
    why="The name and password of an app know no second factor, and are shared by all who ever downloaded them.",
    absent="Azure allows it",
    joins=True,
    passes=[Example({}, children=[Example({"allow": False}, type=t) for t in BASIC_LOGIN if not t.endswith("Slot")])],
    fails=[
        {},
        Example({}, children=[Example({"allow": True}, type="azure-native:web:WebAppScmAllowed")]),
        Example({}, children=[Example({"allow": False}, type="azure-native:web:WebAppScmAllowed")]),
    ],
)
def no_basic_login(app: Resource) -> Result:
    closed = set()
    for policy in app.children(*(t for t in BASIC_LOGIN if t.endswith("Slot") != (app.type == APP))):
        if policy.flag("allow", default=True):
            return f"{BASIC_LOGIN[policy.type]} accepts a name and a password"
        closed.add(BASIC_LOGIN[policy.type])
    missing = [name for name in ("ftp", "scm") if name not in closed]
    return f"no policy forbids it for {' and '.join(missing)}" if missing else None
