"""Exemptions: which rule, which resource, why, who answers for it, until when.

Without an owner or a date there is none.

They stand in a file (see `kade.policies.kit.exemption_files`) or in a tag on the resource (see `exempt`), so that an
exemption can stand beside the resource's code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Final

from kade.policies.kit.resource import Resource
from kade.policies.kit.values import UNKNOWN

TAG: Final = "kade-exempt:"
FIELDS: Final = ("rule", "resource", "reason", "owner", "until")


class ExemptionError(ValueError):
    """An exemption that is not complete; the message names file, line, field, what was found and what is right."""


@dataclass(frozen=True)
class Exemption:
    """One exemption. ``rule`` and ``resource`` may hold ``*`` and ``?``; ``until`` is the last day it holds.

    ``resource`` is compared with the ARM id, the urn, the name and the ARM type, in any letter case. With ``regions``
    it covers only findings about these places.
    """

    rule: str
    resource: str
    reason: str
    owner: str
    until: date
    source: str = ""
    regions: tuple[str, ...] = ()

    def covers(self, rule: str, resource: Resource | None, places: Collection[str] = ()) -> bool:
        """Whether it is about this rule on this resource (None: the stack as a whole), and these places."""
        if not fnmatchcase(rule, self.rule):
            return False
        if self.regions and (not places or not set(places) <= set(self.regions)):
            return False
        names = [] if resource is None else [resource.id, resource.urn, resource.name, resource.arm_type]
        pattern = self.resource.lower()
        return any(fnmatchcase(name.lower(), pattern) for name in names if name) or pattern == "*"

    def holds(self, today: date) -> bool:
        """Whether it has not ended."""
        return today <= self.until

    def __str__(self) -> str:
        """The reason with owner and end date, as it is shown."""
        return f"{self.reason} (owner {self.owner}, until {self.until.isoformat()})"


def exempt(rule: str, *, reason: str, owner: str, until: str | date) -> dict[str, str]:
    """A tag that exempts the resource that carries it: ``tags={**tags, **exempt("kade-…", …)}``.

    The tag goes to Azure with the resource, so the check of what stands there knows it too. Raises `ExemptionError`
    for a part that is missing, for a date that is none, and for more than the 256 characters that a tag may hold.
    """
    made = made_of(
        {"rule": rule, "resource": "*", "reason": reason, "owner": owner, "until": until}, f"exempt({rule!r})"
    )
    text = f"{made.until.isoformat()}; {made.owner}; {made.reason}"
    if len(text) > 256:
        raise ExemptionError(f"exempt({rule!r}): the tag would have {len(text)} characters; Azure takes at most 256")
    return {TAG + rule: text}


def of_tags(resource: Resource) -> list[Exemption]:
    """The exemptions in a resource's tags. One that cannot be read counts as none, and `problems_in_tags` names it."""
    return [made for made in (_of_tag(*tag) for tag in _tags(resource)) if isinstance(made, Exemption)]


def problems_in_tags(resource: Resource) -> list[str]:
    """What is wrong with the exemptions in a resource's tags."""
    return [made for made in (_of_tag(*tag) for tag in _tags(resource)) if isinstance(made, str)]


def _tags(resource: Resource) -> list[tuple[str, str]]:
    tags = resource.props.get("tags")
    if not isinstance(tags, dict):
        return []
    return [(k, v) for k, v in tags.items() if isinstance(k, str) and k.lower().startswith(TAG) and v is not UNKNOWN]


def _of_tag(key: str, value: object) -> Exemption | str:
    until, owner, reason = ([part.strip() for part in str(value).split(";", 2)] + ["", ""])[:3]
    try:
        fields = {"rule": key[len(TAG) :], "resource": "*", "reason": reason, "owner": owner, "until": until}
        return made_of(fields, f"tag {key}")
    except ExemptionError as error:
        return str(error)


def made_of(fields: Any, where: str) -> Exemption:
    """An exemption of the fields in a file or tag, which ``where`` names. Raises `ExemptionError`."""
    if not isinstance(fields, Mapping):
        raise ExemptionError(f"{where}: an exemption is an object with {', '.join(FIELDS)}; found {fields!r}")
    known = (*FIELDS, "regions", "environments")
    unknown = [str(key) for key in fields if key not in known]
    if unknown:
        raise ExemptionError(f"{where}: unknown field {unknown[0]!r}; an exemption has {', '.join(known)}")
    for name in FIELDS:
        if fields.get(name) in (None, ""):
            raise ExemptionError(f"{where}: {name} is missing; an exemption needs {', '.join(FIELDS)}")
    until = fields["until"]
    if not isinstance(until, date):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(until)):
            raise ExemptionError(f"{where}: until is {str(until)!r}; a date is needed, as 2027-03-31")
        try:
            until = date.fromisoformat(str(until))
        except ValueError:
            raise ExemptionError(f"{where}: until is {until!r}, which is no day in the calendar") from None
    text = {name: str(fields[name]).strip() for name in FIELDS if name != "until"}
    regions = fields.get("regions") or ()
    if isinstance(regions, str) or not isinstance(regions, Sequence):
        raise ExemptionError(f"{where}: regions is {regions!r}; a list is needed, as [westeurope]")
    places = tuple(str(r).lower().replace(" ", "") for r in regions)
    return Exemption(until=until, source=where, regions=places, **text)


def find(
    exemptions: Iterable[Exemption], rule: str, resource: Resource | None, today: date, places: Collection[str] = ()
) -> Exemption | None:
    """The exemption for this rule, resource and places: one that holds, else the one that ended last, else None."""
    found = [e for e in exemptions if e.covers(rule, resource, places)]
    if resource is not None:
        found += [e for e in of_tags(resource) if e.rule.lower() == rule]
    return max(found, key=lambda e: (e.holds(today), e.until), default=None)
