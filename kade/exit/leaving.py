"""All that is known of an application that leaves: from its estate, and from the resources of its stack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kade.engine.deletes import ordered
from kade.engine.plan import Resource
from kade.estate import Estate
from kade.estate.applications import Application
from kade.exit import holdings
from kade.exit.holdings import Store, Thing

# How a database that stays on a machine comes out of it.
DUMPS = {
    "sqlserver": "bak (BACKUP DATABASE)",
    "postgresql": "pg_dump (directory or SQL)",
    "oracle": "dmp (Data Pump, expdp)",
    "mysql": "SQL (mysqldump)",
    "desktop": "the file itself",
}


@dataclass(frozen=True)
class Leaving:
    """What goes with an application. ``source`` says where the resources were read: state, or preview."""

    key: str
    title: str
    stack: str
    source: str
    stores: list[Store] = field(default_factory=list)
    keys: list[Thing] = field(default_factory=list)
    locks: list[Thing] = field(default_factory=list)
    names: list[Thing] = field(default_factory=list)
    identities: list[Thing] = field(default_factory=list)
    contract: list[str] = field(default_factory=list)
    dependents: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)


def leaving(
    estate: Estate, environment: str, key: str, stack: str, resources: Sequence[Resource], source: str
) -> Leaving:
    """Gather it. ``resources`` are all those of the stack; the ones of other applications are left out."""
    app = estate.applications[key]
    mine = of_application(estate, environment, key, resources)
    locks = [*holdings.locks(mine), *_locks(estate, app, environment)]
    return Leaving(
        key=key,
        title=app.title,
        stack=stack,
        source=source,
        stores=[*(_sized(store, key, app) for store in holdings.stores(mine)), *_stores(app)],
        keys=list(holdings.keys(mine)),
        locks=locks,
        names=[*holdings.names(mine), *_names(app)],
        identities=[*holdings.identities(mine), *_identities(app)],
        contract=list(_contract(app)),
        dependents=list(_dependents(estate, key)),
        order=list(_order(estate, key, app, mine, locks)),
    )


def of_application(estate: Estate, environment: str, key: str, resources: Sequence[Resource]) -> list[Resource]:
    """The resources that are made for an application: its name begins theirs, and no longer key of the stack does."""
    app = estate.applications[key]
    others = [k for k in estate.workloads(environment).get(app.stack or key, {}) if k.startswith(f"{key}-")]

    def mine(resource: Resource) -> bool:
        name = resource.name
        return name.startswith(f"{key}-") and not any(name.startswith(f"{other}-") for other in others)

    return [r for r in resources if mine(r) and not r.external and not r.type.startswith("pulumi:")]


def _sized(store: Store, key: str, app: Application) -> Store:
    """A database with the size that the estate says it has, which its resource does not tell."""
    for name, item in app.databases.items():
        if store.name.startswith(f"{key}-") and store.name.endswith(f"-{name}") and "database" in store.kind.lower():
            return replace(store, size=f"{item.size_gb:g} GB when it came, {store.size}")
    return store


def _stores(app: Application) -> Iterator[Store]:
    """What is kept where no resource tells: on machines, and at a supplier."""
    for name, item in app.databases.items():
        if item.target == "on_server":
            where = f"on {item.server}" if item.server else "on a machine of another application"
            yield Store(name, f"{item.engine} database {where}", f"{item.size_gb:g} GB", DUMPS[item.engine], "")
    for name in app.shared_databases:
        yield Store(name, "database of another application", "only its own part", "agree with its owner", "")
    if app.saas is not None:
        where = ", ".join(app.saas.hosted_in) or "a place that is not stated"
        forms = ", ".join(app.saas.exit.formats)
        yield Store("supplier", f"data at the supplier, in {where}", "size not stated", forms, "ask for a full export")


def _locks(estate: Estate, app: Application, environment: str) -> Iterator[Thing]:
    """Locks above it that forbid deletion."""
    if app.spoke and app.runs:
        key = estate.network.spokes[app.spoke].subscriptions[environment]
        if estate.subscriptions[key].lock:
            yield Thing(key, "lock of the subscription", "CanNotDelete on everything in it")
    if app.runs and estate.backup.immutability != "disabled":
        what = "copies stay until their time is over; " + (
            "nobody can change that" if estate.backup.immutability == "locked" else "two people can end that"
        )
        yield Thing("backup", f"immutability, {estate.backup.immutability}", what)


def _names(app: Application) -> Iterator[Thing]:
    if app.web is not None and app.web.hostname:
        yield Thing(app.web.hostname, "name inside the municipality", "the record is its DNS administrator's to remove")
    for name in app.saas.endpoints if app.saas is not None else ():
        yield Thing(name, "name of the supplier", "the firewall lets out to it")


def _identities(app: Application) -> Iterator[Thing]:
    if app.saas is not None and app.saas.sign_in != "none":
        scim = ", with accounts made by SCIM: end that first" if app.saas.provisioning else ""
        yield Thing("enterprise application", f"sign-in by {app.saas.sign_in}{scim}", "in Entra ID, made by hand")


def _contract(app: Application) -> Iterator[str]:
    if app.contract is not None:
        item = app.contract
        yield f"ends {item.ends}, with {item.notice_months} months of notice: give it by {item.notice_by}"
        if item.yearly is not None:
            yield f"{item.yearly:,.0f} euros a year"
        if item.tender:
            yield "the next one must be tendered, which takes about nine months"
    if app.saas is not None:
        tested = f"tried on {app.saas.exit.tested}" if app.saas.exit.tested else "never tried"
        yield f"the supplier's exit takes {app.saas.exit.notice_months} months of notice; {tested}"
    if app.contract is None and app.saas is None:
        yield "no contract in the estate"


def _dependents(estate: Estate, key: str) -> Iterator[str]:
    for kind, items in (("", estate.applications), ("service:", estate.services)):
        for name, item in items.items():
            if key in item.depends_on:
                yield f"{kind}{name}"
    for name, app in estate.applications.items():
        if any(shared.startswith(f"{key}/") for shared in (*app.shared_servers, *app.shared_databases)):
            yield f"{name}, which shares its machines or databases"


def _order(
    estate: Estate, key: str, app: Application, mine: Sequence[Resource], locks: Sequence[Thing]
) -> Iterator[str]:
    """What is done after what. The resources come in the order in which Pulumi deletes them."""
    for name in _dependents(estate, key):
        yield f"take the dependency of {name} away"
    yield "export the data, and read it back elsewhere before anything goes"
    if app.saas is not None and app.saas.provisioning:
        yield "end the provisioning of accounts"
    if any(item.kind in ("lock", "protected") for item in locks) and app.removal is None:
        yield f"write applications.{key}.removal (by, on, reason) and deploy: protection and locks on stores go"
    if any(item.kind == "lock of the subscription" for item in locks):
        yield "take the lock of the subscription away for as long as it lasts"
    yield f"take applications.{key} out of the estate and deploy; Pulumi deletes in this order:"
    for resource in ordered(mine):
        if resource.custom:
            yield f"  {resource.type.rsplit(':', 1)[-1]} {resource.name}"
    if app.saas is not None:
        yield "remove the enterprise application from Entra ID"
    if any(item.type.endswith(":Vault") for item in mine):
        yield "the key vault's name is free again when its days are over"
