"""The register for the privacy officer: what each application and service does with personal data, and what is missing.

Sources: AVG articles 28 (processors), 30 (register) and 35 (DPIA); UAVG article 46 (the citizen service number).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from kade.estate.processing import Processing

if TYPE_CHECKING:
    from kade.estate import Estate

PERSONAL: Final = ("personal", "bsn", "brp", "special", "medical", "pseudonymised")
HEAVY: Final = ("special", "medical", "bsn", "brp")
"""Classes for which a DPIA is needed unless the estate says that it is not."""
APART: Final = {
    "special": "special categories (AVG article 9)",
    "medical": "health (AVG article 9)",
    "brp": "registration of persons (BRP)",
    "bsn": "citizen service number (UAVG article 46)",
}


@dataclass(frozen=True)
class OpenItem:
    """Something that is missing, and who has to supply it."""

    what: str
    owner: str


@dataclass(frozen=True)
class Entry:
    """One application or service with personal data. ``places`` are where its data is, with the reason."""

    key: str
    title: str
    kind: str  # application or service
    owner: str
    classes: Sequence[str]
    reference: str
    dpia: date | None
    processor: str
    agreement: date | None
    sub_processors: Sequence[str]
    retention: str
    places: Sequence[str]
    open_items: Sequence[OpenItem]

    @property
    def apart(self) -> list[str]:
        """The classes that the law sets apart, in words."""
        return [APART[name] for name in self.classes if name in APART]


def register_of(estate: Estate) -> list[Entry]:
    """An entry for each application and service with personal data, those with most open items first."""
    found = [_application(estate, key) for key, app in estate.applications.items() if _personal(app.data)]
    found += [_service(estate, key) for key, service in estate.services.items() if _personal(service.data)]
    return sorted(found, key=lambda entry: (-len(entry.open_items), entry.key))


def _personal(classes: Sequence[str]) -> bool:
    return any(name in PERSONAL for name in classes)


def _application(estate: Estate, key: str) -> Entry:
    app = estate.applications[key]
    places = _places(estate, app.spoke) if app.runs else []
    if app.saas:
        places += [f"{country} (at the supplier)" for country in app.saas.hosted_in]
    if app.stays:
        places.append(f"NL ({estate.network.sites[app.stays.site].title})")
    if not app.runs and not app.saas and not app.stays and not app.archive:
        places.append("NL (the server rooms of today; what becomes of it is not decided)")
    if app.archive:
        places.append("the archive, until it is destroyed or transferred")
    retention = ""
    if app.archive:
        retention = f"selection list {app.archive.selection_category}, then {app.archive.then}"
    bought = app.strategy == "repurchase"
    owner = app.owner or estate.domains[app.domain].owner
    return _entry(estate, key, app.title, "application", owner, app.data, app.processing, places, retention, bought)


def _service(estate: Estate, key: str) -> Entry:
    service = estate.services[key]
    days = getattr(service, "retention_days", {})
    retention = "; ".join(f"{name}: {count} days" for name, count in days.items())
    owner = service.owner or estate.domains[service.domain].owner
    places = _places(estate, service.spoke)
    return _entry(
        estate, key, service.title, "service", owner, service.data, service.processing, places, retention, False
    )


def _places(estate: Estate, spoke: str | None) -> list[str]:
    if spoke is None:
        return []
    region = estate.network.spokes[spoke].region or estate.regions.primary
    return [f"{region} (spoke {spoke})"]


def _entry(
    estate: Estate,
    key: str,
    title: str,
    kind: str,
    owner: str,
    classes: Sequence[str],
    processing: Processing | None,
    places: list[str],
    retention: str,
    bought: bool,
) -> Entry:
    said = processing or Processing()
    items = [
        OpenItem(what, _who(estate, owner))
        for what in _missing(classes, said, places, bool(said.retention or retention), bought)
    ]
    return Entry(
        key=key,
        title=title,
        kind=kind,
        owner=_who(estate, owner),
        classes=classes,
        reference=said.reference,
        dpia=said.dpia,
        processor=said.processor,
        agreement=said.agreement,
        sub_processors=said.sub_processors,
        retention=said.retention or retention,
        places=places,
        open_items=items,
    )


def _missing(
    classes: Sequence[str], said: Processing, places: Sequence[str], retained: bool, bought: bool
) -> Iterator[str]:
    if not said.reference:
        yield "no reference in the register of processing (processing.reference)"
    needed = any(name in HEAVY for name in classes) if said.dpia_needed is None else said.dpia_needed
    if needed and said.dpia is None:
        yield "no DPIA (processing.dpia)"
    if not said.processor:
        yield "not said who processes the data (processing.processor, or none where we do it ourselves)"
    if said.processor not in ("", "none") and said.agreement is None:
        yield "no processing agreement (processing.agreement)"
    if bought and said.processor == "none":
        yield "the service is bought, and no processor is named (processing.processor)"
    if not retained:
        yield "no retention period (processing.retention)"
    if not places:
        yield "not known where the data is (for a bought service: saas.hosted_in)"


def _who(estate: Estate, role: str) -> str:
    return f"{estate.roles[role].title} ({role})"
