"""Services: what the municipality offers to citizens, exchanges with others, and runs its decisions on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kade.estate.applications import Removal
from kade.estate.base import Email, Fqdn, Item, Key
from kade.estate.processing import Processing
from kade.estate.residency import Classification, DataClass, classification_of


class ServiceBase(Item):
    """What every service has. Its subscription is that of its spoke in each environment."""

    title: str = Field(description="The service in words.")
    domain: Key = Field(description="The domain that it belongs to.")
    owner: Key | None = Field(None, description="The role that owns it. Default: the domain's.")
    data: list[DataClass] = Field(min_length=1, description="The classes of data in it; the heaviest decides.")
    code: Annotated[str, Field(pattern="^[a-z][a-z0-9]{1,7}$")] | None = Field(
        None, description="Two to eight characters for names with little room (key vaults, storage). Default: its key."
    )
    spoke: Key = Field(description="The spoke that it is in.")
    subnet: Key | None = Field(
        None,
        description="The subnet that it runs in. Default: the first of its spoke that is delegated to what it runs on.",
    )
    environments: list[Key] = Field(default=[], description="Where it runs. Default: everywhere that its spoke is.")
    criticality: Literal["low", "normal", "high", "vital"] = Field("normal", description="How bad it is without it.")
    backup_class: Key | None = Field(
        None, description="The backup class of its data. Default: what the table of protection says for its data."
    )
    admins: Key | None = Field(
        None,
        description="The group of `identity.groups` that works with its data and administers its databases. Default: "
        "that of the owner's role.",
    )
    removal: Removal | None = Field(None, description="The acceptance that its data goes.")
    processing: Processing | None = Field(None, description="What the privacy officer has to know.")
    depends_on: list[str] = Field(
        default=[], description="Applications by key, or `service:<key>`, `partner:<key>`, `site:<key>`."
    )

    @property
    def classification(self) -> Classification:
        """The heaviest protection that its data asks for."""
        return classification_of(self.data)

    def short(self, key: str) -> str:
        """What stands for it in names with little room; ``key`` is its own."""
        return self.code or key.replace("-", "")


class SignIn(Item):
    """How citizens and companies sign in, through a broker."""

    digid: bool = Field(False, description="DigiD, which brings the yearly DigiD assessment.")
    eherkenning: bool = Field(False, description="eHerkenning, for companies.")
    eidas: bool = Field(False, description="Sign-in from other EU countries.")
    broker: Fqdn | None = Field(None, description="The broker's endpoint.")
    level: Literal["basis", "midden", "substantieel", "hoog"] = Field("midden", description="The level asked.")


class ServiceDatabase(Item):
    """The database of a service."""

    engine: Literal["postgresql", "azure_sql"] = Field("postgresql", description="The engine.")
    size_gb: int = Field(32, gt=0, description="Gigabytes.")
    tier: str = Field(
        "GeneralPurpose",
        description="PostgreSQL: Burstable, GeneralPurpose or MemoryOptimized. Azure SQL: also Basic, Standard, "
        "BusinessCritical or Hyperscale.",
    )
    high_availability: bool = Field(True, description="A standby in another zone, where the environment has zones.")


class SecurityTxt(Item):
    """What https://<hostname>/.well-known/security.txt says (RFC 9116); the application shows it."""

    contact: Email = Field(description="Who hears of a leak.")
    expires: date = Field(description="The day that it has to be renewed; the RFC asks less than a year ahead.")
    policy: str = Field("", pattern="^(https://.*)?$", description="The page that says what reporters may expect.")


class DigitalService(ServiceBase):
    """A public web application behind the gateway."""

    kind: Literal["digital_service"] = Field(description="What kind of service this is.")
    hostname: Fqdn = Field(description="Its public name in production.")
    platform: Literal["app_service", "container_apps"] = Field("app_service", description="What it runs on.")
    runtime: str = Field("DOTNETCORE|10.0", description="The runtime (App Service) or the image (Container Apps).")
    ingress: Key = Field(description="The way in, of `network.ingress`.")
    published: bool = Field(
        True, description="Whether the gateway shows it: false until its certificate is in the gateway's vault."
    )
    sign_in: SignIn = Field(default=SignIn(), description="How people sign in.")
    database: ServiceDatabase | None = Field(None, description="Its database.")
    queue: bool = Field(False, description="A queue, so that nothing is lost when something behind it stands still.")
    files_gb: int = Field(0, ge=0, description="Gigabytes of uploads.")
    instances: Annotated[int, Field(ge=1, le=30)] = Field(2, description="Instances that always run.")
    maximum_instances: Annotated[int, Field(ge=1, le=100)] = Field(6, description="Instances at most.")
    slots: bool = Field(True, description="A second slot, for releases without downtime (App Service).")
    health_path: str = Field("/health", pattern="^/", description="The page that tells whether it is well.")
    content_security_policy: str = Field(
        "default-src 'self'; frame-ancestors 'none'", description="The header of that name."
    )
    referrer_policy: Literal["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"] = Field(
        "same-origin", description="The header of that name."
    )
    security_txt: SecurityTxt | None = Field(
        None, description="Its own security.txt. Default: the gateway sends on to the first service that has one."
    )
    hours: Literal["always", "office"] = Field("always", description="When somebody answers for it.")


class ApiManagement(Item):
    """API Management, inside the network."""

    sku: Literal["Developer", "Premium", "PremiumV2"] = Field(
        "PremiumV2",
        description="PremiumV2 needs a subnet delegated to Microsoft.Web/hostingEnvironments, the others one without. "
        "Outside production, `environments.<key>.overrides` can make it Developer.",
    )
    publisher_email: Email = Field(description="Who publishes.")
    products: dict[Key, str] = Field(default={}, description="Products with what they give access to.")
    mutual_tls: bool = Field(True, description="Callers show a certificate.")
    audience: str = Field(
        "", description="Whom tokens of callers are for (OAuth): an application id URI of Entra ID. Default: its name."
    )


FscPart = Literal["inway", "outway", "manager", "controller", "transaction_log"]


class Fsc(Item):
    """Federated Service Connectivity: inway, outway, manager and transaction log; the rest is the group's."""

    group: str = Field(description="The group's id.")
    directory: Fqdn = Field(description="The group's directory, which is external.")
    trust_anchor: str = Field("PKIoverheid", description="The root that the group trusts, which is external.")
    images: dict[FscPart, str] = Field(
        description="The image of each part, with its version: inway, outway, manager, transaction_log; a controller "
        "where it has one."
    )
    peer_id: str = Field(pattern="^[0-9]{20}$", description="Our OIN (20 digits).")
    runs_on: Literal["container_apps", "kubernetes"] = Field("container_apps", description="What it runs on.")


class Messaging(Item):
    """Notifications and queues."""

    sku: Literal["Standard", "Premium"] = Field("Premium", description="Only `Premium` can be private.")
    topics: list[Key] = Field(min_length=1, description="Topics, one for each kind of notification.")
    event_grid: bool = Field(True, description="An Event Grid topic for subscribers inside Azure.")


class Digikoppeling(Item):
    """Places for Digikoppeling adapters."""

    oin: str = Field(pattern="^[0-9]{20}$", description="Our OIN.")
    profiles: list[Literal["rest", "ws_rm_ebms", "wus", "large_files"]] = Field(min_length=1, description="Profiles.")
    adapter: str | None = Field(
        None, description="The image of the adapter. Without one its place is made: network, vault, identity, storage."
    )
    partners: list[Key] = Field(default=[], description="Partners of `network.partners` that it talks to.")


class FileTransfer(Item):
    """Scheduled transfers of files."""

    partners: list[Key] = Field(min_length=1, description="Who exchanges files: each has a container of its own.")
    sftp: dict[Key, str] = Field(
        default={}, description="The public SSH key of those partners that deliver by SFTP; none means no SFTP."
    )
    keep_days: Annotated[int, Field(ge=1, le=365)] = Field(30, description="Days that a file stays.")


class InformationExchange(ServiceBase):
    """What exchanges information with other authorities and inside the municipality."""

    kind: Literal["information_exchange"] = Field(description="What kind of service this is.")
    api_management: ApiManagement | None = Field(None, description="API Management.")
    fsc: Fsc | None = Field(None, description="Federated Service Connectivity.")
    messaging: Messaging | None = Field(None, description="Service Bus and Event Grid.")
    digikoppeling: Digikoppeling | None = Field(None, description="Digikoppeling adapters.")
    file_transfer: FileTransfer | None = Field(None, description="Scheduled transfers of files.")
    certificate_alert_days: Annotated[int, Field(ge=7, le=365)] = Field(
        60, description="Days before a certificate ends."
    )
    request_log_days: Annotated[int, Field(ge=30, le=4383)] = Field(1096, description="Days that requests are kept.")


class DataPlatform(ServiceBase):
    """Data for decisions: storage in zones, pipelines, a database, pseudonyms with their keys apart."""

    kind: Literal["data_platform"] = Field(description="What kind of service this is.")
    storage_gb: int = Field(gt=0, description="Gigabytes in all zones.")
    zones: list[Literal["raw", "curated", "serving"]] = Field(
        default=["raw", "curated", "serving"], description="Zones of the data lake."
    )
    readers: dict[Literal["raw", "curated", "serving"], list[Key]] = Field(
        default={}, description="Groups that may read, by zone."
    )
    pseudonymise: bool = Field(True, description="A step that replaces identities, with the keys in a vault apart.")
    keeper: Key | None = Field(
        None,
        description="The group that keeps the secret of the pseudonyms, and may look who is behind one: not who reads.",
    )
    retention_days: dict[DataClass, int] = Field(default={}, description="Days that data is kept, by class.")
    database: ServiceDatabase | None = Field(None, description="The database for reports.")
    factory: bool = Field(True, description="Data Factory with a managed network.")


class NodePool(Item):
    """Workers of a cluster."""

    size: str = Field("Standard_D4s_v5", description="Their size in Azure.")
    minimum: Annotated[int, Field(ge=1, le=100)] = Field(3, description="At least; Haven asks three.")
    maximum: Annotated[int, Field(ge=1, le=1000)] = Field(6, description="At most.")


class Kubernetes(ServiceBase):
    """A cluster by the Haven standard."""

    kind: Literal["kubernetes"] = Field(description="What kind of service this is.")
    version: str = Field("1.35", pattern=r"^1\.[0-9]+$", description="The version of Kubernetes.")
    node_pools: dict[Key, NodePool] = Field(default={"werk": NodePool()}, description="Pools of workers.")
    subnet: Key = Field("backend", description="The subnet of the workers.")
    admins: Key = Field(description="The group of `identity.groups` that administers it.")


Service = Annotated[DigitalService | InformationExchange | DataPlatform | Kubernetes, Field(discriminator="kind")]
