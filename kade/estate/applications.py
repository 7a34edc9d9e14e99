"""Applications: one record each, from which come its place in the roadmap and its resources in Azure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kade.estate.base import Fqdn, Item, Key, ResourceId
from kade.estate.processing import Processing
from kade.estate.residency import Classification, DataClass, classification_of

Strategy = Literal["rehost", "replatform", "repurchase", "refactor", "relocate", "retire", "retain"]
RUNS: tuple[Strategy, ...] = ("rehost", "replatform", "refactor")
SECTIONS: dict[str, tuple[Strategy, ...]] = {
    "servers": ("rehost", "replatform", "retain"),
    "databases": ("rehost", "replatform", "refactor", "retain"),
    "files": ("rehost", "replatform", "refactor"),
    "web": ("replatform", "refactor"),
    "containers": ("refactor",),
    "functions": ("refactor",),
    "saas": ("repurchase",),
    "archive": ("retire",),
    "stays": ("retain",),
}


class Server(Item):
    """A machine: as it is, and what it becomes."""

    os: Literal["windows", "linux"] = Field(description="The operating system.")
    version: str = Field(description="Its version, for instance `2012 R2` or `rhel-8`.")
    cores: int = Field(gt=0, description="Cores.")
    memory_gb: float = Field(gt=0, description="Gigabytes of memory.")
    disks_gb: list[Annotated[int, Field(gt=0, le=65536)]] = Field(min_length=1, description="Disks, the first boots.")
    size: str | None = Field(None, description="A literal size in Azure; default: from cores and memory.")
    subnet: Key = Field("backend", description="The subnet of the application's spoke.")
    count: Annotated[int, Field(ge=1, le=50)] = Field(1, description="Machines of this kind, spread over the zones.")
    name: str | None = Field(None, max_length=15, description="A literal name.")
    domain_joined: bool = Field(False, description="Whether it joins the directory.")
    new_version: str | None = Field(
        None, description="The version that it gets in Azure, for instance `2022`. Default: the one that it has."
    )
    os_disks: list[ResourceId] = Field(
        default=[],
        description="Disks that the migration wrote, one a machine: it boots from these, with its own system. Default: "
        "a new machine, from an image of the marketplace.",
    )


class Database(Item):
    """A database: as it is, and what it becomes."""

    engine: Literal["sqlserver", "postgresql", "oracle", "mysql", "desktop"] = Field(description="The engine today.")
    version: str = Field("", description="Its version.")
    size_gb: float = Field(gt=0, description="Gigabytes.")
    target: Literal["azure_sql", "sql_managed_instance", "postgresql", "mysql", "on_server"] = Field(
        "on_server", description="What it becomes; `on_server` stays on one of the servers."
    )
    tier: str | None = Field(None, description="The tier; default: GeneralPurpose, or the next large enough.")
    server: Key | None = Field(None, description="The server that it stays on.")


class Files(Item):
    """A file share."""

    size_gb: int = Field(gt=0, description="Gigabytes.")
    protocol: Literal["smb", "nfs"] = Field("smb", description="How it is reached.")
    tier: Literal["premium", "standard"] = Field("standard", description="Speed.")


class Web(Item):
    """A web application on App Service."""

    runtime: str = Field(description="The runtime, for instance `DOTNETCORE|8.0` or `JAVA|17-java17`.")
    instances: Annotated[int, Field(ge=1, le=30)] = Field(1, description="Instances.")
    hostname: Fqdn | None = Field(None, description="Its name inside the municipality.")


class Container(Item):
    """A container."""

    image: str = Field(description="The image with its tag or digest.")
    cores: float = Field(0.5, gt=0, le=4, description="Cores.")
    memory_gb: float = Field(1, gt=0, le=8, description="Gigabytes of memory.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8080, description="The port that it listens on.")


class Function(Item):
    """Code that runs when something happens, on Functions."""

    runtime: str = Field(
        pattern=r"^[a-z-]+\|[0-9.]+$", description="The language and its version, for instance `python|3.12`."
    )
    memory_mb: Literal[512, 2048, 4096] = Field(2048, description="Megabytes of memory of an instance.")
    maximum_instances: Annotated[int, Field(ge=40, le=1000)] = Field(40, description="Instances at most.")


class Exit(Item):
    """How to get away again."""

    formats: list[str] = Field(min_length=1, description="The formats in which the data comes back.")
    notice_months: int = Field(ge=0, description="Months of notice.")
    tested: date | None = Field(None, description="When it was last tried.")


class Saas(Item):
    """A service that is bought."""

    endpoints: list[Fqdn] = Field(min_length=1, description="Names that we must reach.")
    sign_in: Literal["saml", "oidc", "none"] = Field("oidc", description="How our people sign in.")
    provisioning: bool = Field(False, description="Whether accounts are made by SCIM.")
    hosted_in: list[str] = Field(default=[], description="The countries where the supplier keeps the data.")
    exit: Exit = Field(description="How to get away again (BIO2 5.23.01).")


class Archive(Item):
    """What is kept of an application that ends."""

    selection_category: str = Field(description="The category of the selection list, for instance `11.1`.")
    then: Literal["destroy", "transfer", "nothing"] = Field(
        description="What happens on the date: destroyed, transferred to the archive, or there is nothing to keep."
    )
    on: date | None = Field(None, description="The date of it; needed but for `nothing`.")
    size_gb: int = Field(0, ge=0, description="Gigabytes kept until then.")
    approved_by: Key | None = Field(
        None, description="The archivist's role, once approved; nothing is destroyed without."
    )


class Stays(Item):
    """Why and where something stays."""

    site: Key = Field(description="The site, of `network.sites`.")
    reason: str = Field(min_length=5, description="Why it stays.")
    until: date | None = Field(None, description="When that is looked at again.")
    arc: bool = Field(False, description="Whether its servers are seen from Azure (Arc).")


class Contract(Item):
    """The agreement under which it is used."""

    ends: date = Field(description="The last day.")
    notice_months: Annotated[int, Field(ge=0, le=36)] = Field(6, description="Months of notice.")
    yearly: float | None = Field(None, ge=0, description="Euros a year.")
    tender: bool = Field(False, description="Whether the next one must be tendered (about nine months).")

    @property
    def notice_by(self) -> date:
        """The last day on which notice can be given; the 31st of a shorter month is its last day."""
        year, month = divmod(self.ends.year * 12 + self.ends.month - 1 - self.notice_months, 12)
        return date(year, month + 1, min(self.ends.day, monthrange(year, month + 1)[1]))


class Confirmation(Item):
    """The department's yes to the strategy."""

    by: Key = Field(description="The role.")
    on: date = Field(description="The day.")


class Removal(Item):
    """Somebody accepts that its data goes. Without it, what holds data is protected from deletion."""

    by: Key = Field(description="The role that accepts it.")
    on: date = Field(description="The day.")
    reason: str = Field(min_length=10, description="Why, and where the data is now, in a sentence for an auditor.")


class Application(Item):
    """One application. Names of functions, not of products."""

    title: str = Field(description="What it is, in words that its users know.")
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,8}$")] | None = Field(
        None,
        description="Two to nine letters and digits for names with little room (storage accounts, key vaults). "
        "Default: its key where that is so short, else its first letters and four digits that tell it apart.",
    )
    domain: Key = Field(description="The domain that owns it.")
    owner: Key | None = Field(None, description="The role that owns it. Default: the domain's.")
    data: list[DataClass] = Field(min_length=1, description="The classes of data in it; the heaviest decides.")
    strategy: Strategy | None = Field(None, description="What happens to it; none while it is not decided.")
    reason: str = Field("", description="Why this strategy.")
    confirmed: Confirmation | None = Field(None, description="The department's yes.")
    users: int = Field(0, ge=0, description="Number of users.")
    criticality: Literal["low", "normal", "high", "vital"] = Field("normal", description="How bad it is without it.")
    wave: Key | None = Field(None, description="The wave that it moves in, of `programme.waves`.")
    stack: Key | None = Field(None, description="The stack that it shares, for instance a wave. Default: its own.")
    spoke: Key | None = Field(None, description="The spoke that it moves to; needed for what runs in Azure.")
    subnet: Key | None = Field(
        None,
        description="The subnet that its web application, containers or functions call from. Default: the first of its "
        "spoke that is delegated to what it runs on.",
    )
    environments: list[Key] = Field(
        default=[], description="Where it runs. Default: everywhere that its spoke is, or production without one."
    )
    depends_on: list[str] = Field(
        default=[], description="Applications by key, or `service:<key>`, `partner:<key>`, `site:<key>`."
    )
    backup_class: Key | None = Field(None, description="The backup class. Default: the first.")
    admins: Key | None = Field(
        None,
        description="The group of `identity.groups` that works with its data and administers its databases. Default: "
        "that of the owner's role.",
    )
    servers: dict[Key, Server] = Field(default={}, description="Machines.")
    shared_servers: list[str] = Field(default=[], description="Machines of others: `<application>/<server>`.")
    databases: dict[Key, Database] = Field(default={}, description="Databases.")
    shared_databases: list[str] = Field(default=[], description="Databases of others: `<application>/<database>`.")
    files: Files | None = Field(None, description="A file share.")
    web: Web | None = Field(None, description="A web application.")
    containers: dict[Key, Container] = Field(default={}, description="Containers.")
    cluster: Key | None = Field(
        None, description="The service of kind `kubernetes` that its containers run on. Default: Container Apps."
    )
    functions: dict[Key, Function] = Field(default={}, description="Functions.")
    saas: Saas | None = Field(None, description="The service that is bought, for `repurchase`.")
    archive: Archive | None = Field(None, description="What is kept, for `retire`.")
    stays: Stays | None = Field(None, description="Where and why, for `retain`.")
    contract: Contract | None = Field(None, description="The agreement.")
    processing: Processing | None = Field(None, description="What the privacy officer has to know.")
    investment: float | None = Field(
        None, ge=0, description="Euros that its move costs once, out of the budget of the year in which it moves."
    )
    removal: Removal | None = Field(None, description="The acceptance that its data goes.")

    @property
    def classification(self) -> Classification:
        """The heaviest protection that its data asks for."""
        return classification_of(self.data)

    @property
    def runs(self) -> bool:
        """Whether it runs in Azure."""
        return self.strategy in RUNS


def short_name(key: str, app: Application) -> str:
    """A name of at most nine letters and digits: its own code, its key, or what tells it apart from every other."""
    plain = key.replace("-", "")
    return app.code or (plain if len(plain) <= 9 else f"{plain[:5]}{sha256(key.encode()).hexdigest()[:4]}")
