"""The network: address plan, sites and partners, hubs with firewall and gateways, DNS, ingress."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kade.estate.base import Address, Cidr, Email, Fqdn, Item, Key, Owned, RegionName, ResourceId, Size
from kade.estate.segments import Flow, Segment, Spoke


class Translation(Item):
    """An overlap that is solved: the range as it really is, and as our side sees it."""

    real: Cidr = Field(description="The range on the other side, which overlaps one of ours.")
    seen_as: Cidr = Field(description="The free range, of the same size, under which we see it.")


class Site(Item):
    """A place of our own: town hall, works yard, server room."""

    title: str = Field(description="The place.")
    ranges: list[Cidr] = Field(min_length=1, description="Its address ranges.")
    public_addresses: list[Address] = Field(default=[], description="The public addresses of its VPN devices.")
    bgp_asn: int | None = Field(None, ge=1, le=4294967294, description="Its autonomous system number, if it routes.")
    bgp_address: Address | None = Field(None, description="The address that it exchanges routes from.")
    translations: list[Translation] = Field(default=[], description="Ranges that overlap ours.")


class Partner(Item):
    """A network of somebody else: Diginetwerk, GGI, a neighbour, a supplier. Always external."""

    title: str = Field(description="The network.")
    kind: Literal["diginetwerk", "ggi", "gemnet", "government", "partnership", "supplier"] = Field(
        description="What kind of network it is."
    )
    provider: Key | None = Field(None, description="The participant that delivers the connection.")
    connection: Literal["expressroute", "vpn", "internet", "site"] = Field(
        "internet", description="How we reach it; `site` is over the existing line of a site."
    )
    site: Key | None = Field(None, description="The site, where the connection is `site`.")
    ranges: list[Cidr] = Field(default=[], description="Its address ranges, also public ones.")
    public_addresses: list[Address] = Field(default=[], description="The addresses of its VPN devices.")
    translations: list[Translation] = Field(default=[], description="Ranges that overlap ours.")
    our_addresses: list[Cidr] = Field(
        default=[], description="The addresses that it knows us by, issued by it or from `addresses.own_public`."
    )
    reference: str = Field("", description="The number of the agreement or the connection.")
    contact: Email | None = Field(None, description="Its service desk.")


class Reservation(Item):
    """A piece of a supernet that the plan leaves alone."""

    range: Cidr = Field(description="The range.")
    reason: str = Field(description="What for.")


class Addresses(Item):
    """The address plan: everything in Azure comes out of the supernets."""

    supernets: dict[RegionName, list[Cidr]] = Field(min_length=1, description="Ranges for Azure, by region.")
    supernets_ipv6: dict[RegionName, list[Cidr]] = Field(default={}, description="IPv6 ranges, for dual stack.")
    own_public: list[Cidr] = Field(
        default=[],
        description="Public ranges of our own (for Diginetwerk), which the firewall treats as private: no translation.",
    )
    reservations: dict[Key, Reservation] = Field(default={}, description="Ranges left alone, by a short key.")
    growth: Annotated[int, Field(ge=0, le=400)] = Field(
        100, description="Room kept free behind each spoke, as a percentage of it."
    )


class Firewall(Item):
    """Azure Firewall and its policy."""

    sku: Literal["Basic", "Standard", "Premium"] = Field(
        "Basic", description="Profile `volledig`: `Premium`, which inspects traffic for attacks (BIO2 8.21.02)."
    )
    intrusion_detection: Literal["Off", "Alert", "Deny"] = Field("Off", description="Only with `Premium`.")
    tls_inspection: bool = Field(False, description="Opens encrypted traffic outward; only with `Premium`.")
    threat_intelligence: Literal["Off", "Alert", "Deny"] = Field("Alert", description="`Basic` can alert only.")
    public_addresses: Annotated[int, Field(ge=1, le=250)] = Field(1, description="Number of public addresses.")
    dns_proxy: bool = Field(True, description="Answers names for the spokes; needed for rules by name. `Basic` cannot.")
    default_rules: list[Literal["microsoft365", "azure", "updates", "time", "dns", "certificates"]] = Field(
        default=["azure", "updates", "time", "dns", "certificates"], description="Ready-made outward rules."
    )
    id: ResourceId | None = Field(None, description="The id of an existing firewall, in an existing hub.")
    private_ip: Address | None = Field(None, description="The inside address of an existing firewall.")


class VpnConnection(Item):
    """One tunnel."""

    to: str = Field(pattern="^(site|partner):[a-z][a-z0-9-]*$", description="`site:<key>` or `partner:<key>`.")
    shared_key: str = Field(
        pattern=r"^(config|vault):[A-Za-z0-9-]+$",
        description="Where the secret is, never the secret: `config:<name>` in the settings, or `vault:<name>`.",
    )
    bgp: bool = Field(False, description="Routes are exchanged rather than given.")


class VpnGateway(Item):
    """The VPN gateway."""

    sku: Literal["VpnGw1AZ", "VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"] = Field(
        "VpnGw1AZ", description="Its size."
    )
    active_active: bool = Field(False, description="Two instances at once, each with an address.")
    bgp_asn: int = Field(65515, description="Our autonomous system number.")
    connections: dict[Key, VpnConnection] = Field(default={}, description="Tunnels by a short key.")


class Circuit(Item):
    """A line of a telecom provider."""

    ownership: Literal["managed", "existing"] = Field(
        "existing", description="Ordered by us in Azure, or there already."
    )
    id: ResourceId | None = Field(None, description="Its resource id; required where it exists.")
    provider: str | None = Field(None, description="The provider's name as Azure lists it.")
    peering_location: str | None = Field(None, description="The place as Azure lists it, for instance Amsterdam2.")
    bandwidth_mbps: int | None = Field(None, gt=0, description="Megabits per second.")
    to: str = Field(pattern="^(site|partner):[a-z][a-z0-9-]*$", description="`site:<key>` or `partner:<key>`.")


class ExpressRoute(Item):
    """The ExpressRoute gateway."""

    sku: Literal["ErGw1AZ", "ErGw2AZ", "ErGw3AZ", "ErGwScale"] = Field("ErGw1AZ", description="Its size.")
    circuits: dict[Key, Circuit] = Field(default={}, description="Lines by a short key.")


class Bastion(Item):
    """Access to machines without a public address."""

    sku: Literal["Developer", "Basic", "Standard", "Premium"] = Field(
        "Basic", description="Profile `volledig`: `Standard`. `Premium` records sessions."
    )


class Resolver(Item):
    """Names between Azure and the sites."""

    forward: dict[str, list[Address]] = Field(
        default={}, description="Name servers by domain (`lindewaard.local.`), for what Azure does not know."
    )
    inbound: bool = Field(True, description="Whether sites can ask for private names in Azure.")


class Hub(Owned):
    """The hub network of a region."""

    region: RegionName = Field(description="Its region.")
    size: Size = Field(22, description="The length of its prefix (22 means /22).")
    prefix: Cidr | None = Field(None, description="A literal range, inside the supernets; needed for an existing hub.")
    owner: str = Field("", description="Who owns an existing or external hub, for instance `Terraform, team netwerk`.")
    firewall: Firewall | None = Field(default=Firewall(), description="The firewall; null for none.")
    vpn: VpnGateway | None = Field(None, description="The VPN gateway.")
    expressroute: ExpressRoute | None = Field(None, description="The ExpressRoute gateway.")
    bastion: Bastion | None = Field(None, description="Bastion. Profile `volledig` makes one.")
    nat_gateway: bool = Field(False, description="A NAT gateway behind the firewall, for many outward connections.")
    resolver: Resolver | None = Field(None, description="The DNS private resolver.")


class PrivateDns(Owned):
    """Private link zones, linked to the hub. `id` is the resource group that holds them, where they exist."""

    zones: Literal["all", "used"] = Field(
        "used",
        description="`all` private link zones, or those of the services that the estate uses. `volledig`: `all`.",
    )
    services: list[str] = Field(default=[], description="Services whose zones are made besides those found in use.")


class PublicZone(Item):
    """A public DNS zone."""

    ownership: Literal["managed", "existing", "external"] = Field("external", description="Whose it is to change.")
    id: ResourceId | None = Field(None, description="Its resource id, where it exists in Azure.")
    domain: Fqdn = Field(description="The domain.")
    dnssec: bool = Field(True, description="Signed (internet.nl, BIO2 5.14.01).")
    certificate_authorities: list[str] = Field(default=[], description="Who may issue certificates (CAA).")
    mail: Literal["none", "microsoft365", "external"] = Field("none", description="Decides SPF, DKIM, DMARC and DANE.")


class Ingress(Item):
    """The way in from the internet: Application Gateway with a web application firewall."""

    region: RegionName | None = Field(None, description="Default: the primary region.")
    spoke: Key = Field(description="The spoke that it is in.")
    segment: Key = Field(description="The segment of its subnet.")
    minimum_instances: Annotated[int, Field(ge=0, le=125)] = Field(1, description="Instances that always run.")
    maximum_instances: Annotated[int, Field(ge=1, le=125)] = Field(5, description="Instances at most.")
    waf: Literal["Prevention", "Detection"] = Field("Prevention", description="Refuses attacks, or only reports them.")
    certificate: Literal["organisation_validated", "domain_validated"] = Field(
        "organisation_validated", description="BIO2 5.14.02 asks for the first with sensitive traffic."
    )


class Network(Item):
    """Everything that the connectivity layer makes, and what it must know of others' networks."""

    subscription: Key = Field(description="The subscription of the hubs, private DNS and ingress.")
    topology: Literal["hub_and_spoke"] = Field("hub_and_spoke", description="Virtual WAN is not offered.")
    addresses: Addresses = Field(description="The address plan.")
    sites: dict[Key, Site] = Field(default={}, description="Places of our own, by a short key.")
    partners: dict[Key, Partner] = Field(default={}, description="Networks of others, by a short key.")
    hubs: dict[Key, Hub] = Field(min_length=1, description="Hubs by a short key; one per region.")
    ddos: Literal["none", "ip", "plan"] = Field(
        "none", description="Protection per address, or a plan (about 2,700 euros a month). BIO2 8.21.01."
    )
    flow_logs: bool = Field(True, description="Flow logs of every virtual network, with traffic analytics.")
    segments: dict[Key, Segment] = Field(min_length=1, description="Segments with their security level, by name.")
    flows: dict[Key, Flow] = Field(default={}, description="The matrix: what may talk to what. Nothing else is open.")
    spokes: dict[Key, Spoke] = Field(default={}, description="Spokes by a short key.")
    private_dns: PrivateDns = Field(default=PrivateDns(), description="Private link zones.")
    public_dns: dict[Key, PublicZone] = Field(default={}, description="Public DNS zones by a short key.")
    ingress: dict[Key, Ingress] = Field(default={}, description="Ways in from the internet, by a short key.")
