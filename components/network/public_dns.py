"""A public DNS zone with what internet.nl measures: DNSSEC, CAA, and records for mail, also where there is none.

Sources: internet.nl, which BIO2 takes as yardstick in 5.14.01; for Microsoft
365 the names of Microsoft Learn, "External Domain Name System records for Office 365".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import dns

from kade.components.arguments import normalise

TTL = 3600  # seconds


@dataclass
class PublicDnsZoneArgs:
    """Arguments of `PublicDnsZone`."""

    resource_group_name: pulumi.Input[str]
    domain: str
    dnssec: bool = True
    """Signed. The DS record of the outputs still has to be put at the registrar or in the zone above."""
    certificate_authorities: Sequence[str] = ()
    """Who may issue certificates; empty for no CAA record."""
    report_to: str = ""
    """The mailbox that hears of refused certificates and of mail in our name."""
    mail: str = "none"
    """none (nobody mails from here), microsoft365, or external (its records are somebody else's)."""
    tlsa: Mapping[str, str] = field(default_factory=dict)
    """DANE for mail servers of our own: SHA-256 of the public key by name (``_25._tcp.mail``), usage 3, selector 1."""
    tags: Mapping[str, str] = field(default_factory=dict)


class PublicDnsZone(pulumi.ComponentResource):
    """A zone, signed, with records that say who may issue certificates and who may send mail in its name."""

    id: pulumi.Output[str]
    name_servers: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: PublicDnsZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. ValueError for mail that is not one of the three, and for DANE without DNSSEC."""
        args = normalise(PublicDnsZoneArgs, args)
        if args.mail not in ("none", "microsoft365", "external"):
            raise ValueError(f"mail: {args.mail!r} is not none, microsoft365 or external")
        if args.tlsa and not args.dnssec:
            raise ValueError("tlsa: DANE proves nothing in a zone without DNSSEC; set dnssec, or leave tlsa out")
        super().__init__("kade:index:PublicDnsZone", name, None, opts)
        self._args = args
        self._prefix = name
        self.zone = dns.Zone(
            f"{name}-zone",
            resource_group_name=args.resource_group_name,
            zone_name=args.domain,
            location="global",
            zone_type=dns.ZoneType.PUBLIC,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        if args.dnssec:
            self.signing = dns.DnssecConfig(
                f"{name}-dnssec",
                resource_group_name=args.resource_group_name,
                zone_name=self.zone.name,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.records = [self._record(*record) for record in self._records()]
        self.id = self.zone.id
        self.name_servers = self.zone.name_servers
        self.register_outputs({"id": self.id, "nameServers": self.name_servers})

    def _records(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Type, name relative to the zone, and values of every record."""
        args = self._args
        found: list[tuple[str, str, dict[str, Any]]] = []
        if args.certificate_authorities:
            allowed = [dns.CaaRecordArgs(flags=0, tag="issue", value=ca) for ca in args.certificate_authorities]
            # Nobody issues certificates for every name below the domain: one that leaks would be good for all.
            allowed.append(dns.CaaRecordArgs(flags=0, tag="issuewild", value=";"))
            if args.report_to:
                allowed.append(dns.CaaRecordArgs(flags=0, tag="iodef", value=f"mailto:{args.report_to}"))
            found.append(("CAA", "@", {"caa_records": allowed}))
        report = f"; rua=mailto:{args.report_to}" if args.report_to else ""
        if args.mail == "none":
            # RFC 7505: a single MX of "." says that the domain takes no mail.
            found.append(("MX", "@", {"mx_records": [dns.MxRecordArgs(preference=0, exchange=".")]}))
            found.append(("TXT", "@", _text("v=spf1 -all")))
            found.append(("TXT", "_dmarc", _text(f"v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s{report}")))
            found.append(("TXT", "*._domainkey", _text("v=DKIM1; p=")))
        elif args.mail == "microsoft365":
            host = args.domain.replace(".", "-")
            server = f"{host}.mail.protection.outlook.com"
            found.append(("MX", "@", {"mx_records": [dns.MxRecordArgs(preference=0, exchange=server)]}))
            found.append(("TXT", "@", _text("v=spf1 include:spf.protection.outlook.com -all")))
            found.append(("TXT", "_dmarc", _text(f"v=DMARC1; p=reject; sp=reject{report}")))
        for name, digest in args.tlsa.items():
            record = dns.TlsaRecordArgs(usage=3, selector=1, matching_type=1, cert_association_data=digest)
            found.append(("TLSA", name, {"tlsa_records": [record]}))
        return found

    def _record(self, kind: str, relative: str, values: dict[str, Any]) -> dns.RecordSet:
        label = relative.replace("@", "apex").replace("*", "any")
        return dns.RecordSet(
            f"{self._prefix}-{kind.lower()}-{label}",
            resource_group_name=self._args.resource_group_name,
            zone_name=self.zone.name,
            record_type=kind,
            relative_record_set_name=relative,
            ttl=TTL,
            **values,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _text(value: str) -> dict[str, Any]:
    return {"txt_records": [dns.TxtRecordArgs(value=[value])]}
