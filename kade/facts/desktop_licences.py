"""What licences give for a virtual desktop. Source and date stand in ``desktop_licences.json``."""

from __future__ import annotations

from collections.abc import Sequence

from kade.facts.data import read


def licence_names() -> tuple[str, ...]:
    """The licences that are known."""
    return tuple(read("desktop_licences")["licences"])


def missing_rights(licences: Sequence[str], *, intune: bool, conditional_access: bool) -> list[str]:
    """What a user of a desktop still needs beside these licences, in words; empty where they cover everything."""
    data = read("desktop_licences")
    asked = {"desktop": True, "intune": intune, "entra_p1": conditional_access}
    given = {right for name in licences for right in data["licences"].get(name, ())}
    return [says for right, says in data["needs"].items() if asked[right] and right not in given]
