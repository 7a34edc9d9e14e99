"""Ready-made outward flows of a municipality: what machines need to run, to be kept up to date, and to be trusted.

Sources, Microsoft Learn: FQDN tags overview and "Use Azure Firewall to protect Office 365" (tags),
virtual network service tags, Windows activation in Azure (addresses of the activation service), Azure TLS certificate
changes (names of Microsoft's and DigiCert's certificate services), cloud-init and Ubuntu's archive names. Of
PKIoverheid: its certification practice statement. A municipality adds its own in the matrix.
"""

from __future__ import annotations

from collections.abc import Callable

from kade.components.network.segments import ANY_SEGMENT, Flow

_TARGET = "internet"
# azkms.core.windows.net and kms.core.windows.net; activation asks for these addresses, not for a name.
_ACTIVATION = ("20.118.99.224/32", "40.83.235.53/32", "23.102.135.246/32")
_OFFICE = tuple(
    f"Office365.{area}.{kind}"
    for area, kinds in {
        "Exchange": ("Optimize", "Default.Required", "Allow.Required"),
        "SharePoint": ("Optimize", "Default.Required"),
        "Skype": ("Default.Required", "Allow.Required"),
        "Common": ("Default.Required", "Allow.Required"),
    }.items()
    for kind in kinds
)
_CERTIFICATES = (
    "ocsp.digicert.com",
    "crl3.digicert.com",
    "crl4.digicert.com",
    "cacerts.digicert.com",
    "oneocsp.microsoft.com",
    "crl.microsoft.com",
    "www.microsoft.com",
    "cert.pkioverheid.nl",
    "crl.pkioverheid.nl",
)


def _flow(name: str, reason: str, ports: tuple[str, ...], **what: tuple[str, ...]) -> Flow:
    return Flow(f"default-{name}", ANY_SEGMENT, _TARGET, reason, ports, **what)  # ty: ignore[invalid-argument-type]


def _microsoft365() -> list[Flow]:
    teams = Flow(
        "default-microsoft365-media",
        ANY_SEGMENT,
        _TARGET,
        "Sound and image of Teams meetings",
        ("3478-3481",),
        "Udp",
        service_tags=("Office365.Skype.Optimize",),
    )
    return [_flow("microsoft365", "Microsoft 365", ("80", "443"), fqdn_tags=_OFFICE), teams]


def _azure() -> list[Flow]:
    tags = ("AzureActiveDirectory", "AzureResourceManager", "AzureMonitor", "GuestAndHybridManagement", "AzureBackup")
    return [
        _flow("azure", "Sign-in, management, logs, backup and agents of Azure", ("443",), service_tags=tags),
        _flow("activation", "Activation of Windows", ("1688",), addresses=_ACTIVATION),
    ]


def _updates() -> list[Flow]:
    linux = ("azure.archive.ubuntu.com", "archive.ubuntu.com", "security.ubuntu.com", "packages.microsoft.com")
    defender = ("WindowsUpdate", "MicrosoftActiveProtectionService")
    return [
        _flow("updates", "Updates of Windows and of its virus scanner", ("80", "443"), fqdn_tags=defender),
        _flow("updates-linux", "Updates of Linux", ("80", "443"), fqdns=linux),
    ]


def _time() -> list[Flow]:
    return [
        Flow(
            "default-time",
            ANY_SEGMENT,
            _TARGET,
            "Time, for what does not take it from its host",
            ("123",),
            "Udp",
            fqdns=("time.windows.com", "ntp.time.nl"),
        )
    ]


def _certificates() -> list[Flow]:
    return [_flow("certificates", "Whether certificates are still valid", ("80",), fqdns=_CERTIFICATES)]


_BY_NAME: dict[str, Callable[[], list[Flow]]] = {
    "microsoft365": _microsoft365,
    "azure": _azure,
    "updates": _updates,
    "time": _time,
    "certificates": _certificates,
}


def default_flows(wanted: list[str] | tuple[str, ...], *, dns_zone: str = "", dns_proxy: bool = True) -> list[Flow]:
    """The flows of the ready-made sets that are wanted. KeyError for a set that there is not.

    ``dns_zone`` is the zone that answers names (none: Azure does, which needs no rule). Without ``dns_proxy`` the
    firewall resolves no names for network rules, and time is left to the host.
    """
    flows: list[Flow] = []
    for name in wanted:
        if name == "dns":
            if dns_zone:
                flows.append(Flow("default-dns", ANY_SEGMENT, dns_zone, "Names", ("53",), "Any"))
        elif name != "time" or dns_proxy:
            flows += _BY_NAME[name]()
    return flows
