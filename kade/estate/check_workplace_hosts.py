"""Hosts of the workplace: sizes that are known, names that Windows and Azure take, disks that suit the pool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.checks import Check, Finding, PathKey
from kade.facts import UnknownFactError
from kade.facts import region as region_named
from kade.facts.abbreviations import abbreviations
from kade.facts.azure_names import find_name_rule, name_rule
from kade.facts.desktops import host_size

if TYPE_CHECKING:
    from kade.estate.model import Estate

# What the workplace makes with names that are short: kind, and the longest workload in its name.
SHORT = (("key_vault", "desktops"), ("storage_account", "codep"))


def hosts(estate: Estate) -> Iterator[Finding]:
    """A code for each persona, a size whose cores are known, and disks and images that suit the pool."""
    place = estate.workplace
    if place is None:
        return
    codes: dict[str, str] = {}
    for key, persona in place.personas.items():
        here: PathKey = ("workplace", "personas", key)
        code = persona.code_of(key)
        if code in codes:
            text = f"hosts of {codes[code]} and {key} would have the same names ({place.prefix}-{code}…)"
            yield Finding((*here, "code"), text, code, "Give one of them another `code`.")
        codes.setdefault(code, key)
        if persona.vm_size is not None:
            yield from _size((*here, "vm_size"), persona.vm_size, ephemeral=persona.disks == "ephemeral")
        if persona.pool == "personal":
            for field, wrong in (("disks", persona.disks == "ephemeral"), ("sessions", bool(persona.sessions))):
                if wrong:
                    text = "a personal desktop keeps its disk, and is for one person"
                    yield Finding((*here, field), text, str(getattr(persona, field)), "Leave it out, or share hosts.")
        image = place.images.get(persona.image)
        if image is not None and persona.pool == "pooled" and "avd" not in image.sku and "evd" not in image.sku:
            text = f"image {persona.image} ({image.sku}) is for one session at a time, and the pool is shared"
            yield Finding((*here, "image"), text, remedy="Take a SKU for several sessions, as win11-25h2-avd.")


def _size(at: PathKey, name: str, *, ephemeral: bool) -> Iterator[Finding]:
    try:
        size = host_size(name)
    except UnknownFactError as fault:
        yield Finding(at, str(fault))
        return
    if ephemeral and not size.local_disk:
        text = "a host of this size has no disk of its own for an ephemeral one"
        yield Finding(at, text, name, "Take the size with a d: Standard_D8ds_v5.")


def literal_names(estate: Estate) -> Iterator[Finding]:
    """A literal name that Azure would refuse: a key vault has 24 characters, a deployment 64, and so on."""
    for key, name in estate.naming.literal.items():
        rule = find_name_rule(key.partition("/")[0])  # None: the name of one resource of the program
        if rule is not None and (wrong := rule.broken(name)):
            yield Finding(("naming", "literal", key), wrong, name, "Choose another name.")
    vault = estate.security.vault.name
    if vault and (wrong := name_rule("key_vault").broken(vault)):
        yield Finding(("security", "vault", "name"), wrong, vault, "Choose another name.")


def short_names(estate: Estate) -> Iterator[Finding]:
    """Whether the pattern leaves room for the names that are shortest, where it is as tight as it can be."""
    place = estate.workplace
    if place is None or place.spoke not in estate.network.spokes:
        return
    naming = estate.naming
    region = place.region or estate.network.spokes[place.spoke].region or estate.regions.primary
    for environment in estate.network.spokes[place.spoke].subscriptions:
        for kind, workload in SHORT:
            if f"{kind}/{workload}" in naming.literal:
                continue
            parts = {
                "type": naming.types.get(kind) or abbreviations()[kind],
                "organisation": estate.organisation.code or estate.name,
                "workload": workload,
                "environment": environment,
                "region": naming.regions.get(region) or region_named(region).code or region,
                "instance": "001",
            }
            made = re.sub(r"\{([^}]*)\}", lambda part, parts=parts: parts[part[1]], naming.pattern).replace("-", "")
            longest = name_rule(kind).max
            if len(made) > longest:
                yield Finding(
                    ("naming", "pattern"),
                    f"the workplace's {kind.replace('_', ' ')} would be called {made}, which has {len(made)} "
                    f"characters; Azure takes {longest}",
                    remedy=f"Shorten `organisation.code` or the environment, or give `naming.literal` a name for "
                    f"{kind}/{workload}.",
                )


HOSTS: tuple[Check, ...] = (hosts, literal_names, short_names)
