"""A public DNS zone: signed, and with the records of `mail_records`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import dns

from kade.components.arguments import normalise
from kade.components.network.mail_records import Record, ZoneRecords, records_of

TTL = 3600  # seconds
_PIECE = 255  # characters: a longer text is several strings of one record (RFC 1035)


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
    """The mailbox that hears of refused certificates, of mail in our name and of mail that came without TLS."""
    mail: str = "none"
    """none (nobody mails from here), microsoft365, own (servers of our own), or external (its records are theirs)."""
    mail_servers: Sequence[str] = ()
    """Servers that take its mail, in order; empty with microsoft365 for the one without DANE."""
    dkim: Mapping[str, str] = field(default_factory=dict)
    """By selector: the name that the mail service gave, or a public key (``v=DKIM1; …``)."""
    dane: Mapping[str, str] = field(default_factory=dict)
    """By mail server of this domain: SHA-256 of its public key. Usage 3, selector 1, on port 25."""
    mta_sts_id: str = ""
    """Changes with every change of the MTA-STS policy; empty for none."""
    mta_sts_host: str = ""
    """Where the policy is served."""
    tags: Mapping[str, str] = field(default_factory=dict)


class PublicDnsZone(pulumi.ComponentResource):
    """A zone, signed, with records that say who may issue certificates and who may send mail in its name."""

    id: pulumi.Output[str]
    name_servers: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: PublicDnsZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. ValueError for mail that is not one of the four, and for DANE without DNSSEC."""
        args = normalise(PublicDnsZoneArgs, args)
        if args.dane and not args.dnssec:
            raise ValueError("dane: proves nothing in a zone without DNSSEC; set dnssec, or leave dane out")
        records = records_of(zone_records(args))
        super().__init__("kade:index:PublicDnsZone", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.zone = dns.Zone(
            f"{name}-zone",
            resource_group_name=args.resource_group_name,
            zone_name=args.domain,
            location="global",
            zone_type=dns.ZoneType.PUBLIC,
            tags=args.tags,
            opts=here,
        )
        if args.dnssec:
            self.signing = dns.DnssecConfig(
                f"{name}-dnssec", resource_group_name=args.resource_group_name, zone_name=self.zone.name, opts=here
            )
        self.records = [
            dns.RecordSet(
                f"{name}-{record.type.lower()}-{record.name.replace('@', 'apex').replace('*', 'any')}",
                resource_group_name=args.resource_group_name,
                zone_name=self.zone.name,
                record_type=record.type,
                relative_record_set_name=record.name,
                ttl=TTL,
                **_values(record),
                opts=here,
            )
            for record in records
        ]
        self.id = self.zone.id
        self.name_servers = self.zone.name_servers
        self.register_outputs({"id": self.id, "nameServers": self.name_servers})


def zone_records(args: PublicDnsZoneArgs) -> ZoneRecords:
    """What the records follow from."""
    return ZoneRecords(
        args.domain,
        args.certificate_authorities,
        args.report_to,
        args.mail,
        args.mail_servers,
        args.dkim,
        args.dane,
        args.mta_sts_id,
        args.mta_sts_host,
    )


def _values(record: Record) -> dict[str, Any]:
    """A record's values as azure-native takes them."""
    if record.type == "TXT":
        pieces = [[v[i : i + _PIECE] for i in range(0, len(v), _PIECE)] for v in record.values]
        return {"txt_records": [dns.TxtRecordArgs(value=piece) for piece in pieces]}
    if record.type == "CNAME":
        return {"cname_record": dns.CnameRecordArgs(cname=record.values[0])}
    parts = [value.split(" ") for value in record.values]
    if record.type == "MX":
        return {"mx_records": [dns.MxRecordArgs(preference=int(p[0]), exchange=p[1]) for p in parts]}
    if record.type == "CAA":
        return {"caa_records": [dns.CaaRecordArgs(flags=int(p[0]), tag=p[1], value=p[2].strip('"')) for p in parts]}
    return {
        "tlsa_records": [
            dns.TlsaRecordArgs(usage=int(p[0]), selector=int(p[1]), matching_type=int(p[2]), cert_association_data=p[3])
            for p in parts
        ]
    }
