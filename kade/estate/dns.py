"""Names: private link zones, public zones with what internet.nl measures, and names that nobody may ask for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kade.estate.base import Email, Fqdn, Item, Key, Owned, ResourceId

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class PrivateDns(Owned):
    """Private link zones, linked to the hub. `id` is the resource group that holds them, where they exist."""

    zones: Literal["all", "used"] = Field(
        "used",
        description="`all` private link zones, or those of the services that the estate uses. `volledig`: `all`.",
    )
    services: list[str] = Field(default=[], description="Services whose zones are made besides those found in use.")


class DnsPolicy(Item):
    """A DNS security policy on every network of a region: names that are refused, and a log of every question."""

    block: list[Fqdn] = Field(
        default=[], description="Domains that nobody may ask for, with everything below them (BIO2 8.23.01)."
    )


class MtaSts(Item):
    """MTA-STS: senders must use TLS with a certificate that is right."""

    policy_id: str = Field(
        pattern="^[A-Za-z0-9]{1,32}$", description="Changes with every change of the policy, for instance a date."
    )
    host: Fqdn = Field(description="Where `mta-sts.<domain>/.well-known/mta-sts.txt` is served.")


class PublicZone(Item):
    """A public DNS zone. Of one that is not `managed`, `kade network E --requests` prints the records for its owner."""

    ownership: Literal["managed", "existing", "external"] = Field("external", description="Whose it is to change.")
    id: ResourceId | None = Field(None, description="Its resource id, where it exists in Azure.")
    domain: Fqdn = Field(description="The domain.")
    dnssec: bool = Field(True, description="Signed (internet.nl, BIO2 5.14.01).")
    certificate_authorities: list[str] = Field(default=[], description="Who may issue certificates (CAA).")
    mail: Literal["none", "microsoft365", "own", "external"] = Field(
        "none",
        description="Who mails in its name: nobody, Microsoft 365, servers of our own (`mail_servers`), or another, "
        "who has to give the records.",
    )
    mail_servers: list[Fqdn] = Field(
        default=[],
        description="Servers that take its mail, in order. Default with Microsoft 365: the server without DANE; with "
        "DANE the tenant names another (`<name>.mx.microsoft`).",
    )
    dkim: dict[Key, str] = Field(
        default={},
        description="By selector: the name that the mail service gave (a CNAME), or a public key (`v=DKIM1; …`).",
    )
    dane: dict[Fqdn, Sha256] = Field(
        default={},
        description="By a mail server of this domain: SHA-256 of its public key (TLSA 3 1 1). Of a server elsewhere, "
        "its own domain has the record.",
    )
    mta_sts: MtaSts | None = Field(None, description="MTA-STS; TLS reports are asked for with any mail.")
    reports_to: Email | None = Field(
        None, description="The mailbox for reports on mail and certificates. Default: the first security contact."
    )
