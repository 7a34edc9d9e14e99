"""The records of a public zone as data: what internet.nl measures of certificates and mail, also where there is none.

Sources: internet.nl, which BIO2 takes as yardstick in 5.14.01; for Microsoft 365 Microsoft Learn, "External Domain Name
System records for Office 365" and "How SMTP DANE works"; RFC 7505 (no mail), 7208 (SPF), 6376 (DKIM), 7489 (DMARC),
7672 (DANE), 8460 (TLS reports), 8461 (MTA-STS), 8659 (CAA).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MAIL = ("none", "microsoft365", "own", "external")


@dataclass(frozen=True)
class Record:
    """One record set; ``name`` is relative to the zone (``@`` for itself), and values are as a zone file has them."""

    name: str
    type: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"{self.name} {self.type} {value}" for value in self.values)


@dataclass(frozen=True)
class ZoneRecords:
    """What the records of a zone follow from; the fields are those of `PublicDnsZoneArgs`."""

    domain: str
    certificate_authorities: Sequence[str] = ()
    report_to: str = ""
    mail: str = "none"
    mail_servers: Sequence[str] = ()
    dkim: Mapping[str, str] = field(default_factory=dict)
    dane: Mapping[str, str] = field(default_factory=dict)
    mta_sts_id: str = ""
    mta_sts_host: str = ""


def records_of(zone: ZoneRecords) -> list[Record]:
    """Every record of a zone. ValueError for mail that is not one of the four, or a DANE server of another domain."""
    if zone.mail not in MAIL:
        raise ValueError(f"mail: {zone.mail!r} is not one of {', '.join(MAIL)}")
    return [*_certificates(zone), *(_no_mail(zone) if zone.mail == "none" else _mail(zone))]


def _certificates(zone: ZoneRecords) -> Iterator[Record]:
    if zone.certificate_authorities:
        # Nobody issues certificates for every name below the domain: one that leaks would be good for all.
        issue = (*(f'0 issue "{ca}"' for ca in zone.certificate_authorities), '0 issuewild ";"')
        report = (f'0 iodef "mailto:{zone.report_to}"',) if zone.report_to else ()
        yield Record("@", "CAA", (*issue, *report))


def _no_mail(zone: ZoneRecords) -> Iterator[Record]:
    yield Record("@", "MX", ("0 .",))
    yield Record("@", "TXT", ("v=spf1 -all",))
    yield Record("_dmarc", "TXT", (f"v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s{_reports(zone)}",))
    yield Record("*._domainkey", "TXT", ("v=DKIM1; p=",))


def _mail(zone: ZoneRecords) -> Iterator[Record]:
    servers = list(zone.mail_servers)
    spf = {"own": "v=spf1 mx -all", "microsoft365": "v=spf1 include:spf.protection.outlook.com -all"}.get(zone.mail)
    if zone.mail == "microsoft365" and not servers:
        servers = [f"{zone.domain.replace('.', '-')}.mail.protection.outlook.com"]
    if servers:
        yield Record("@", "MX", tuple(f"{10 * n} {server}" for n, server in enumerate(servers)))
    if spf:
        yield Record("@", "TXT", (spf,))
        yield Record("_dmarc", "TXT", (f"v=DMARC1; p=reject; sp=reject{_reports(zone)}",))
    for selector, value in zone.dkim.items():
        yield Record(f"{selector}._domainkey", "TXT" if value.startswith("v=DKIM1") else "CNAME", (value,))
    for server, digest in zone.dane.items():
        yield Record(f"_25._tcp.{relative(server, zone.domain)}".removesuffix(".@"), "TLSA", (f"3 1 1 {digest}",))
    if zone.mta_sts_id:
        yield Record("_mta-sts", "TXT", (f"v=STSv1; id={zone.mta_sts_id}",))
        yield Record("mta-sts", "CNAME", (zone.mta_sts_host,))
    if zone.report_to and (spf or zone.mta_sts_id or zone.dane):
        yield Record("_smtp._tls", "TXT", (f"v=TLSRPTv1; rua=mailto:{zone.report_to}",))


def _reports(zone: ZoneRecords) -> str:
    return f"; rua=mailto:{zone.report_to}" if zone.report_to else ""


def relative(name: str, domain: str) -> str:
    """A name relative to its zone, ``@`` for the zone itself. ValueError for a name of another domain."""
    if name == domain:
        return "@"
    if not name.endswith(f".{domain}"):
        raise ValueError(f"{name} is not in {domain}: its record belongs in the zone of its own domain")
    return name.removesuffix(f".{domain}")
