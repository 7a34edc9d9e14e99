"""Management groups stand below each other, and a group's role on a subscription is one that it may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.check_references import refer
from kade.estate.checks import Check, Finding, PathKey
from kade.facts.roles import administrative_roles, role_name, role_names

if TYPE_CHECKING:
    from kade.estate.model import Estate


def rings(estate: Estate) -> Iterator[Finding]:
    """No group of our own stands below itself."""
    groups = estate.management_groups.groups
    for key in groups:
        way, above = [key], groups[key].parent
        while above in groups and above not in way:
            way.append(above)
            above = groups[above].parent
        if above == key:
            yield Finding(
                ("management_groups", "groups", key, "parent"),
                f"{' below '.join([*way, key])} is a ring",
                remedy="Let one of them stand below a group of the standard hierarchy.",
            )


def access(estate: Estate) -> Iterator[Finding]:
    """A role is known, and one that gives rights is eligible: nobody has it standing."""
    known = [*role_names(), *estate.identity.custom_roles]
    for key, item in estate.subscriptions.items():
        for name, given in item.access.items():
            at: PathKey = ("subscriptions", key, "access", name)
            if "/" not in given.role:
                yield from refer((*at, "role"), given.role, known, "role")
            if not given.eligible and role_name(given.role) in administrative_roles():
                yield Finding(
                    (*at, "eligible"),
                    f"{given.group} would be a standing {role_name(given.role)}, who can give every right",
                    remedy="Leave `eligible` out: the role is activated when it is needed.",
                )


CHECKS: tuple[Check, ...] = (rings, access)
