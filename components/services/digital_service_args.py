"""What a digital service is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from kade.components.services.sign_in import SignInArgs
from kade.components.workload.database import AdministratorArgs
from kade.components.workload.place import DataArgs, PlaceArgs


@dataclass
class ServiceDatabaseArgs:
    """The database of a service."""

    size_gb: float
    engine: str = "postgresql"
    """postgresql or azure_sql."""
    tier: str = ""
    """The tier; empty for GeneralPurpose, or the next that is large enough."""
    standby: bool = True
    """A second server in another zone, where there are zones."""


@dataclass
class DigitalServiceArgs:
    """Arguments of `DigitalService`."""

    place: PlaceArgs
    data: DataArgs
    tenant_id: str
    hostname: str
    """Its public name."""
    runtime: str
    """App Service: the runtime (``DOTNETCORE|10.0``). Container Apps: the image with its version."""
    subnet_id: pulumi.Input[str]
    """The subnet that it calls others from, delegated to Microsoft.Web/serverFarms or Microsoft.App/environments."""
    inbound_subnet_id: pulumi.Input[str]
    """The subnet where the gateway reaches it; private endpoints only."""
    platform: str = "app_service"
    """app_service or container_apps."""
    instances: int = 2
    """Instances that always run."""
    maximum_instances: int = 6
    slot: bool = True
    """A second slot, for releases without downtime. Container Apps have revisions for that, and take no slot."""
    health_path: str = "/health"
    """The page that tells whether it is well."""
    sign_in: SignInArgs | None = None
    """How people sign in; None for a service that knows nobody."""
    database: ServiceDatabaseArgs | None = None
    administrator: AdministratorArgs | None = None
    """The group that administers the database; needed with one."""
    alert_emails: Sequence[str] = ()
    """Who hears of an attack on the database, where Azure sends mail itself (Azure SQL)."""
    queue: bool = False
    """A queue, so that nothing is lost when something behind it stands still."""
    files_gb: int = 0
    """Gigabytes of uploads that are foreseen; somebody hears when there are more. 0 for none."""
    security_txt: str = ""
    """What /.well-known/security.txt says; the application shows it. Empty leaves it to the gateway."""
    settings: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Settings of the application besides those that follow from this; never a secret."""
    published: bool = True
    """Whether the internet reaches it: then it is tested from outside."""
    criticality: str = "normal"
    hours: str = "always"
    """always, or office: outside office hours nobody is called."""
    certificate_alert_days: int = 30
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who hears of its alerts."""
