"""Keeps what was read of AWS in the store, place by place, so that one region that fails leaves the others right."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import fields

from kade.inventory.aws_session import SOURCE
from kade.inventory.model import Inventory
from kade.inventory.notes import InventoryError, Note, Notes
from kade.inventory.store import Imported, keep, together

BUCKETS = "s3"  # buckets are listed by account, so they are a place of their own


def keep_places(base: sqlite3.Connection, inventory: Inventory, places: Iterable[str], notes: Notes) -> Imported:
    """Keep the records of each place (``account/region``); where a list failed, nothing is taken for gone.

    Raises `InventoryError` where nothing at all could be read, and then keeps nothing.
    """
    failed = [note for note in notes.entries if _is_list(note)]
    if not inventory.count and failed:
        raise InventoryError(f"nothing could be read of AWS: {failed[0]}")
    regions = list(dict.fromkeys(places))
    accounts = list(dict.fromkeys(place.partition("/")[0] for place in regions))
    partial = {
        f"{note.origin.file}/{BUCKETS if note.field.startswith('s3:') else note.origin.sheet}" for note in failed
    }
    total = Imported()
    with together(base):
        for place in (*regions, *(f"{account}/{BUCKETS}" for account in accounts)):
            part = _of(inventory, place)
            digest = hashlib.sha256(repr(part).encode()).hexdigest()
            one = keep(base, SOURCE, place, digest, part, whole=place not in partial)
            total = Imported(
                total.added + one.added, total.changed + one.changed, total.gone + one.gone, total.same + one.same
            )
    return total


def _is_list(note: Note) -> bool:
    """Whether a remark says that a list could not be had (``ec2:describe_instances``), not just a detail."""
    return note.field.partition(":")[2].startswith(("describe_", "list_", "assume_role"))


def _of(inventory: Inventory, place: str) -> Inventory:
    def here(records: list) -> list:
        return [record for record in records if f"{record.origin.file}/{record.origin.sheet}" == place]

    return Inventory(**{field.name: here(getattr(inventory, field.name)) for field in fields(Inventory)})
