"""Names of resources: one pattern, the Cloud Adoption Framework's abbreviations, and Azure's rule for each type.

A literal name always wins. A name that Azure would refuse is refused here, with the remedy, and never cut off: a cut
name says less, and may be the same as another one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kade.facts.abbreviations import abbreviations
from kade.facts.azure_names import NameRule, name_rule

DEFAULT_PATTERN = "{type}-{organisation}-{workload}-{environment}-{region}-{instance}"
PARTS = ("type", "organisation", "workload", "environment", "region", "instance")


class NamingError(ValueError):
    """A name that Azure would refuse, or a type without an abbreviation: what it is, and the remedy."""


@dataclass(frozen=True)
class Naming:
    """Makes names of a pattern's parts (`PARTS`, in braces); a part that is empty leaves no hyphen behind."""

    organisation: str
    """The organisation, for instance ``lindewaard``."""
    environment: str = ""
    """The environment's short key (``prd``)."""
    region: str = ""
    """The region's short code in names (``weu``)."""
    pattern: str = DEFAULT_PATTERN
    """The pattern; parts in braces."""
    instance: str = "001"
    """Tells resources of one kind and workload apart."""
    code: str = ""
    """Two to four characters that stand for the organisation where there is little room."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Abbreviations by kind that differ from the Cloud Adoption Framework's."""
    literal: Mapping[str, str] = field(default_factory=dict)
    """Names by ``<kind>/<workload>``, which win over the pattern."""

    def of(self, kind: str, workload: str, instance: str = "") -> str:
        """The name of a resource of that kind (`kade.facts.azure_names`) for a workload.

        Where it is too long for its type, the organisation's code takes the place of the organisation, and where that
        is not enough the hyphens go. Raises `NamingError` where it is too long even so, or has a character that the
        type does not take.
        """
        rule = name_rule(kind)
        key = f"{kind}/{workload}"
        literal = self.literal.get(key)
        if literal is not None:
            if wrong := rule.broken(literal):
                raise NamingError(f"the literal name for {key}: {wrong}")
            return literal
        name = self._made(rule, kind, workload, instance or self.instance, self.organisation)
        if self.code and rule.broken(name):
            name = self._made(rule, kind, workload, instance or self.instance, self.code)
        if len(name) > rule.max and not rule.broken(name.replace("-", "")):
            name = name.replace("-", "")
        if wrong := rule.broken(name):
            code = "" if self.code else "a code for the organisation, "
            raise NamingError(f"{wrong}. Give {code}a shorter workload, or a literal name for {key}")
        return name

    def _made(self, rule: NameRule, kind: str, workload: str, instance: str, organisation: str) -> str:
        abbreviation = self.types.get(kind) or abbreviations().get(kind)
        if abbreviation is None:
            raise NamingError(f"there is no abbreviation for {kind}; give one in `types`, or a literal name")
        hyphens = re.fullmatch(rule.pattern, "a-a") is not None
        parts = {
            "type": abbreviation,
            "organisation": organisation if hyphens else self.code or organisation,
            "workload": workload,
            "environment": self.environment,
            "region": self.region,
            "instance": instance,
        }
        if wrong := [p for p in re.findall(r"\{([^}]*)\}", self.pattern) if p not in parts]:
            raise NamingError(f"{{{wrong[0]}}} is not a part of a name; the parts are {', '.join(PARTS)}")
        name = re.sub(r"\{([^}]*)\}", lambda part: parts[part[1]], self.pattern)
        name = re.sub(r"-{2,}", "-", name).strip("-")
        return name if hyphens else name.replace("-", "").lower()
