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
_LINUX = ("rhel", "centos", "ubuntu", "debian", "sles")


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


def product_version(text: str) -> tuple[str, str] | None:
    """The kind of an operating system and its version as estates write them: ``("linux", "rhel-8")``; None if unclear.

    ``Microsoft Windows Server 2012 R2 (64-bit)`` is ``("windows", "2012 R2")``.
    """
    lower = text.lower()
    family = next((name for word, name in _FAMILIES.items() if word in lower), None)
    if family == "windows":
        found = re.search(r"\b(20\d\d)(\s+r2)?", lower)
        return ("windows", found[1] + (" R2" if found[2] else "")) if found else None
    if family not in _LINUX:
        return None
    found = re.search(r"\d+(?:\.\d+)?", lower)
    if not found:
        return None
    version = found[0] if family == "ubuntu" else found[0].split(".")[0]
    return "linux", f"{family}-{version}"
