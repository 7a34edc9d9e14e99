"""Until when operating systems and databases are supported. Source and date stand in ``support.json``."""

from __future__ import annotations

import re
from datetime import date

from kade.facts.data import read

_FAMILIES = {
    "windows": "windows", "red hat": "rhel", "rhel": "rhel", "centos": "centos", "ubuntu": "ubuntu",
    "debian": "debian", "suse": "sles", "sles": "sles", "sql server": "sqlserver", "sqlserver": "sqlserver",
    "postgres": "postgresql", "oracle database": "oracle", "oracle": "oracle", "mysql": "mysql",
}  # fmt: skip


def end_of_support(product: str, version: str = "") -> date | None:
    """The last day of support; None where the table does not know the product or its version.

    The version may stand in either text: ``("windows", "2012 R2")``, ``("linux", "rhel-8")`` and
    ``("Microsoft Windows Server 2019 (64-bit)",)`` are all understood.
    """
    text = f"{product} {version}".lower()
    family = next((name for word, name in _FAMILIES.items() if word in text), None)
    if family is None:
        return None
    versions = read("support")["products"][family]
    for found in re.findall(r"\d+(?:\.\d+)*", text):
        parts = found.split(".")
        for length in range(len(parts), 0, -1):
            known = versions.get(".".join(parts[:length]))
            if known:
                return date.fromisoformat(known)
    return None
