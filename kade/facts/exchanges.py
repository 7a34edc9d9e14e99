"""Standards by which authorities exchange data: their ports, and certificates on both sides. ``exchanges.json``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kade.facts.data import read


@dataclass(frozen=True)
class Exchange:
    """One standard. ``mutual_tls``: both sides show a certificate, so nothing on the way may open the traffic."""

    title: str
    ports: list[str]
    protocol: str
    mutual_tls: bool


@cache
def exchanges() -> dict[str, Exchange]:
    """The standards by the name that a flow gives under `exchange`."""
    return {name: Exchange(**fields) for name, fields in read("exchanges")["exchanges"].items()}
