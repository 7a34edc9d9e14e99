"""The network: address plan, sites and partners, hubs with firewall and gateways, DNS, ingress."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kade.estate.base import Address, Cidr, Email, Item, Key, Owned, RegionName, ResourceId, Size, refuse
from kade.estate.dns import DnsPolicy, PrivateDns, PublicZone
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
    threat_intelligence: Literal["Off", "Alert", "Deny"] = Field("Alert", description="`Basic` can alert only.")
    public_addresses: Annotated[int, Field(ge=1, le=250)] = Field(1, description="Number of public addresses.")
    dns_proxy: bool = Field(True, description="Answers names for the spokes; needed for rules by name. `Basic` cannot.")
    default_rules: list[Literal["microsoft365", "azure", "updates", "time", "dns", "certificates"]] = Field(
        default=["azure", "updates", "time", "dns", "certificates"], description="Ready-made outward rules."
    )
    private_ip: Address | None = Field(None, description="The inside address of an existing firewall.")


class VpnConnection(Item):
    """One tunnel."""

    to: str = Field(pattern="^(site|partner):[a-z][a-z0-9-]*$", description="`site:<key>` or `partner:<key>`.")
    shared_key: str = Field(
        pattern=r"^config:[A-Za-z0-9-]+$",
        description="Where the secret is, never the secret: `config:<name>`, set with `pulumi config set --secret "
        "kade:<name>`.",
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
        "existing",
        description="`managed`: ordered by us in Azure, whose service key the provider needs. Or there already.",
    )
    id: ResourceId | None = Field(None, description="Its resource id; required where it exists.")
    provider: str | None = Field(None, description="Of a managed one: the provider's name as Azure lists it.")
    peering_location: str | None = Field(None, description="Of a managed one: the place, for instance Amsterdam2.")
    bandwidth_mbps: int | None = Field(None, gt=0, description="Of a managed one: megabits per second.")
    provisioned: bool = Field(
        False, description="Of a managed one: whether its provider has delivered; the gateway is connected only then."
    )
    to: str = Field(pattern="^(site|partner):[a-z][a-z0-9-]*$", description="`site:<key>` or `partner:<key>`.")


class ExpressRoute(Item):
    """The ExpressRoute gateway."""

    sku: Literal["ErGw1AZ", "ErGw2AZ", "ErGw3AZ", "ErGwScale"] = Field("ErGw1AZ", description="Its size.")
    circuits: dict[Key, Circuit] = Field(default={}, description="Lines by a short key.")


class Bastion(Item):
    """Access to machines without a public address."""

    sku: Literal["Basic", "Standard", "Premium"] = Field(
        "Basic", description="Profile `volledig`: `Standard`. `Premium` records sessions."
    )
    clients: list[Cidr] = Field(
        default=[],
        description="Public ranges that may reach it. Default: the public addresses of the sites, or, where no site "
        "has one, the whole internet.",
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
    owner: str = Field("", description="Who owns a hub that is not ours, and has to make its side of each peering.")
    firewall: Firewall | None = Field(default=Firewall(), description="The firewall; null for none.")
    vpn: VpnGateway | None = Field(None, description="The VPN gateway.")
    expressroute: ExpressRoute | None = Field(None, description="The ExpressRoute gateway.")
    bastion: Bastion | None = Field(None, description="Bastion. Profile `volledig` makes one.")
    nat_gateway: bool = Field(False, description="A NAT gateway behind the firewall, for many outward connections.")
    resolver: Resolver | None = Field(None, description="The DNS private resolver.")


class Ingress(Item):
    """The way in from the internet: Application Gateway with a web application firewall. Dual stack as its spoke is."""

    spoke: Key = Field(description="The spoke that it is in.")
    segment: Key = Field(description="The segment of its subnet.")
    code: Annotated[str, Field(pattern="^[a-z][a-z0-9]{1,7}$")] | None = Field(
        None, description="Two to eight characters for the name of its key vault. Default: its key."
    )
    minimum_instances: Annotated[int, Field(ge=0, le=125)] = Field(1, description="Instances that always run.")
    maximum_instances: Annotated[int, Field(ge=1, le=125)] = Field(5, description="Instances at most.")
    waf: Literal["Prevention", "Detection"] = Field("Prevention", description="Refuses attacks, or only reports them.")
    certificate: Literal["organisation_validated", "domain_validated"] = Field(
        "organisation_validated", description="BIO2 5.14.02 asks for the first with sensitive traffic."
    )


def _topology(value: Any) -> Any:
    if value == "virtual_wan":
        raise refuse(
            "topology", "Virtual WAN is not offered: leave `topology` out, and give each region a hub under `hubs`"
        )
    return value


class Network(Item):
    """Everything that the connectivity layer makes, and what it must know of others' networks."""

    subscription: Key = Field(description="The subscription of the hubs, private DNS and ingress.")
    topology: Annotated[Literal["hub_and_spoke"], BeforeValidator(_topology)] = Field(
        "hub_and_spoke", description="Hubs that are peered with each other; Virtual WAN is not offered."
    )
    addresses: Addresses = Field(description="The address plan.")
    sites: dict[Key, Site] = Field(default={}, description="Places of our own, by a short key.")
    partners: dict[Key, Partner] = Field(default={}, description="Networks of others, by a short key.")
    hubs: dict[Key, Hub] = Field(min_length=1, description="Hubs by a short key; one per region.")
    ddos: Literal["none", "ip", "plan"] = Field(
        "none",
        description="Protection of public addresses (BIO2 8.21.01): `ip` is billed per address, `plan` at a fixed "
        "price a month for a hundred addresses.",
    )
    flow_logs: bool = Field(True, description="Flow logs of every virtual network, with traffic analytics.")
    segments: dict[Key, Segment] = Field(min_length=1, description="Segments with their security level, by name.")
    flows: dict[Key, Flow] = Field(default={}, description="The matrix: what may talk to what. Nothing else is open.")
    spokes: dict[Key, Spoke] = Field(default={}, description="Spokes by a short key.")
    private_dns: PrivateDns = Field(default=PrivateDns(), description="Private link zones.")
    dns_policy: DnsPolicy | None = Field(None, description="Names that are refused, and the log of questions.")
    public_dns: dict[Key, PublicZone] = Field(default={}, description="Public DNS zones by a short key.")
    ingress: dict[Key, Ingress] = Field(default={}, description="Ways in from the internet, by a short key.")

    def places_outside(self) -> dict[str, Site | Partner]:
        """Sites and partners by the name that flows and connections give them (``site:…``, ``partner:…``)."""
        sites: dict[str, Site | Partner] = {f"site:{key}": site for key, site in self.sites.items()}
        return sites | {f"partner:{key}": partner for key, partner in self.partners.items()}
