"""What an inventory holds: servers, applications, databases, file shares, and who talks to whom.

Sizes are in GiB and MiB (1,024), loads in percent of what is configured, money in the currency that stands with it.
A value that a source does not give is None or empty; it is never guessed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Origin:
    """Where a record was read: the source's kind, the file, the sheet (or account and region), and the row."""

    source: str
    file: str
    sheet: str = ""
    row: int = 0

    def __str__(self) -> str:
        place = f"{self.file}, {self.sheet}" if self.sheet else self.file
        return f"{place}, row {self.row}" if self.row else place


@dataclass(frozen=True)
class Disk:
    """One disk: its size as provisioned, and what was measured on it."""

    name: str
    size_gib: float | None = None
    operations_per_second: float | None = None
    throughput_mib: float | None = None  # MiB a second, read and write together


@dataclass(frozen=True)
class Server:
    """One machine, virtual or physical, as one source describes it."""

    name: str
    origin: Origin
    uuid: str = ""  # SMBIOS or instance id: the same machine has the same one in every source
    powered_on: bool | None = None
    template: bool = False
    operating_system: str = ""
    cores: int | None = None
    memory_mib: float | None = None
    storage_gib: float | None = None  # provisioned
    storage_used_gib: float | None = None
    cpu_percent: float | None = None  # measured
    memory_percent: float | None = None  # measured
    boot: str = ""  # bios or efi
    disks: tuple[Disk, ...] = ()
    addresses: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    location: str = ""  # datacenter/cluster/host, or account/region
    environment: str = ""
    application: str = ""
    azure_size: str = ""  # what the source's own assessment advises
    azure_readiness: str = ""
    monthly_cost: float | None = None
    currency: str = ""
    wave: str = ""
    strategy: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Database:
    """One database server's instance, or one database service."""

    name: str
    origin: Origin
    server: str = ""
    engine: str = ""
    version: str = ""
    support: str = ""
    databases: int | None = None
    size_gib: float | None = None
    environment: str = ""
    azure_target: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Storage:
    """A file share, an object store, or a disk that no machine holds."""

    name: str
    origin: Origin
    kind: str = ""
    size_gib: float | None = None
    location: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Application:
    """One application of the portfolio."""

    name: str
    origin: Origin
    supplier: str = ""
    product: str = ""
    version: str = ""
    status: str = ""  # Gepland, In productie, Uit te faseren, Uitgefaseerd
    technology: str = ""
    components: tuple[str, ...] = ()  # GEMMA reference components
    owner: str = ""
    identifier: str = ""


@dataclass(frozen=True)
class Dependency:
    """One side talks to another: by name of application or server, whichever the source gives."""

    source: str
    target: str
    origin: Origin
    port: int | None = None
    protocol: str = ""
    direction: str = "forward"  # forward, both or unknown
    source_application: str = ""
    target_application: str = ""
    target_address: str = ""
    via: str = ""


@dataclass(frozen=True)
class Network:
    """A network that machines stand in."""

    name: str
    origin: Origin
    ranges: tuple[str, ...] = ()
    location: str = ""


@dataclass(frozen=True)
class Component:
    """Something that runs without a machine of its own: a function, a load balancer."""

    name: str
    origin: Origin
    kind: str = ""
    runtime: str = ""
    location: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Inventory:
    """All records of one or more sources."""

    servers: list[Server] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)
    storage: list[Storage] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    def extend(self, other: Inventory) -> None:
        """Add the records of another inventory."""
        self.servers += other.servers
        self.applications += other.applications
        self.databases += other.databases
        self.storage += other.storage
        self.dependencies += other.dependencies
        self.networks += other.networks
        self.components += other.components

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(
            len(records)
            for records in (
                self.servers,
                self.applications,
                self.databases,
                self.storage,
                self.dependencies,
                self.networks,
                self.components,
            )
        )
