"""GEMMA Softwarecatalogus: the application portfolio and the connections as CSV, and the AMEFF export (ArchiMate XML).

The portfolio has one row for each municipality, package version and reference component, so one application stands on
several rows; they are one record here with all its components.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kade.inventory import columns
from kade.inventory.columns import column
from kade.inventory.model import Application, Dependency, Inventory, Origin
from kade.inventory.notes import GUESSED, REFUSED, InventoryError, Notes
from kade.inventory.tables import Sheet

SOURCE = "gemma"
ARCHIMATE = "{http://www.opengroup.org/xsd/archimate/3.0/}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
STATES = ("Gepland", "In productie", "Uit te faseren", "Uitgefaseerd")
DIRECTIONS = {"left_to_right": "forward", "right_to_left": "backward", "bidirection": "both", "unknown": "unknown"}

PORTFOLIO = (
    column("municipality", "Gemeente naam"),
    column("status", "Gebruik Status"),
    column("supplier", "Leverancier Naam"),
    column("product", "Pakket Naam", required=True),
    column("version_id", "Pakketversie ID"),
    column("version", "Pakketversie Naam"),
    column("technology", "Pakketversie gebruik technologie"),
    column("component", "Referentiecomponenten naam"),
)
CONNECTIONS = (
    column("left", "Pakketversie ID 1", required=True),
    column("right", "Pakketversie ID 2", required=True),
    column("direction", "Koppeling richting"),
    column("protocol", "Transportprotocol"),
    column("via", "Intermediair"),
)


def recognises(sheets: Mapping[str, Sheet]) -> bool:
    """Whether one of the sheets is a portfolio or a list of connections."""
    return any(_is_portfolio(sheet) or _is_connections(sheet) for sheet in sheets.values())


def _is_portfolio(sheet: Sheet) -> bool:
    return columns.has(sheet, "Pakket Naam", "Gebruik Status")


def _is_connections(sheet: Sheet) -> bool:
    return columns.has(sheet, "Pakketversie ID 1", "Pakketversie ID 2")


def read(sheets: Mapping[str, Sheet], notes: Notes) -> Inventory:
    """Applications with their reference components, and the connections between package versions."""
    found = Inventory()
    for sheet in sheets.values():
        if _is_portfolio(sheet):
            found.applications += _portfolio(sheet, notes)
        elif _is_connections(sheet):
            found.dependencies += _connections(sheet, notes)
    return found


def _portfolio(sheet: Sheet, notes: Notes) -> list[Application]:
    found: dict[tuple[str, str], Application] = {}
    municipalities: set[str] = set()
    for row in columns.rows(sheet, PORTFOLIO, SOURCE, notes):
        product = row.text("product")
        if not product:
            notes.add(REFUSED, row.origin, "Pakket Naam", "a row without a package cannot be an application")
            continue
        municipalities.add(row.text("municipality"))
        identifier = row.text("version_id")
        key = (row.text("municipality").lower(), identifier or f"{product}/{row.text('version')}".lower())
        component = row.text("component")
        if key in found:
            if component and component not in found[key].components:
                found[key] = replace(found[key], components=(*found[key].components, component))
            continue
        status = row.text("status")
        if status not in STATES:
            notes.add(GUESSED, row.origin, "Gebruik Status", f"{status!r} is none of {', '.join(STATES)}; kept")
        found[key] = Application(
            name=product,
            origin=row.origin,
            supplier=row.text("supplier"),
            product=product,
            version=row.text("version"),
            status=status,
            technology=row.text("technology"),
            components=(component,) if component else (),
            owner=row.text("municipality"),
            identifier=identifier,
        )
    if len(municipalities) > 1:
        first = next(iter(found.values())).origin
        notes.add(GUESSED, first, "Gemeente naam", f"the file holds {len(municipalities)} municipalities, all kept")
    return list(found.values())


def _connections(sheet: Sheet, notes: Notes) -> list[Dependency]:
    found = []
    for row in columns.rows(sheet, CONNECTIONS, SOURCE, notes):
        left, right = row.text("left"), row.text("right")
        if not left or not right:
            notes.add(REFUSED, row.origin, "connection", "one of the two sides is missing, so nothing can be joined")
            continue
        direction = DIRECTIONS.get(row.text("direction"), "unknown")
        if direction == "backward":
            left, right, direction = right, left, "forward"
        found.append(
            Dependency(left, right, row.origin, protocol=row.text("protocol"), direction=direction, via=row.text("via"))
        )
    return found


def is_archimate(path: Path) -> bool:
    """Whether a file looks like an ArchiMate exchange file."""
    with path.open("rb") as stream:
        return b"archimate" in stream.read(4096).lower() and path.suffix.lower() in {".xml", ".archimate", ".ameff"}


def read_archimate(path: Path, notes: Notes) -> Inventory:
    """Application components and the relations between them. Raises `InventoryError` for entities or broken XML."""
    from defusedxml import DefusedXmlException, ElementTree

    try:
        root = ElementTree.parse(path, forbid_dtd=True).getroot()
    except DefusedXmlException:
        raise InventoryError(f"{path}: this XML declares entities or a document type, which no export needs") from None
    except ElementTree.ParseError as problem:
        raise InventoryError(f"{path}, line {problem.position[0]}: this is not well-formed XML ({problem})") from None
    if root is None or root.tag != f"{ARCHIMATE}model":
        raise InventoryError(f"{path}: this is no ArchiMate 3.0 exchange file; export the AMEFF again")
    names = {}
    found = Inventory()
    for number, element in enumerate(root.iterfind(f"{ARCHIMATE}elements/{ARCHIMATE}element"), start=1):
        label = element.findtext(f"{ARCHIMATE}name", "").strip()
        if element.get(_TYPE) != "ApplicationComponent":
            continue
        identifier = element.get("identifier", "")
        origin = Origin(SOURCE, path.name, "element", number)
        if not label:
            notes.add(GUESSED, origin, "name", f"the component has no name; it is called {identifier!r} here")
        names[identifier] = label or identifier
        found.applications.append(Application(names[identifier], origin, product=label, identifier=identifier))
    for number, relation in enumerate(root.iterfind(f"{ARCHIMATE}relationships/{ARCHIMATE}relationship"), start=1):
        if relation.get(_TYPE) not in {"Flow", "Serving", "Access", "Triggering"}:
            continue
        source, target = relation.get("source", ""), relation.get("target", "")
        if source in names and target in names:
            origin = Origin(SOURCE, path.name, "relationship", number)
            # "A serves B" means that B needs A
            pair = (target, source) if relation.get(_TYPE) == "Serving" else (source, target)
            found.dependencies.append(Dependency(names[pair[0]], names[pair[1]], origin))
    return found
