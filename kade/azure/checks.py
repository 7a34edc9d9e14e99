"""What is wrong with a resource's inputs: a name that does not exist, one that is missing, a value of another type.

A dictionary is not checked by the SDK, so a misspelt key in one is lost without a word in Azure. Here it is an error,
with the name that was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from kade.azure import sdk_types
from kade.azure.sdk_types import Kind
from kade.engine.provider import Failure, Tree
from kade.engine.values import UNKNOWN, Archive, Asset, Secret, Value

_TYPES = {"string": str, "boolean": bool, "list": list, "map": dict, "object": dict}


# Values that Azure takes and an enum of the SDK lacks, by the first of those that it has: of two enums of one name the
# SDK keeps one (monitor's ConditionOperator), and of another an old form (ScalingHostPoolType). Read off 3.29, 2026-11.
_LACKING = {
    "eq": ("Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"),
    "Pooled": ("Personal",),
    # Streams of data collection (Microsoft Learn, "Data collection rule structure"), and a tier of API Management.
    "Microsoft-Event": ("Microsoft-PrometheusMetrics", "Microsoft-ContainerInsights-Group-Default"),
    "Developer": ("StandardV2", "PremiumV2"),
}
CATALOGUE = 60  # values: sizes of machines and SKUs have more, kinds and states fewer


@dataclass
class Found:
    """Failures and warnings, in the order of the properties."""

    failures: list[Failure] = field(default_factory=list)
    warnings: list[Failure] = field(default_factory=list)

    def fail(self, path: str, reason: str) -> None:
        """Add what Azure or its provider would refuse."""
        self.failures.append(Failure(path, reason))

    def warn(self, path: str, reason: str) -> None:
        """Add what is likely wrong."""
        self.warnings.append(Failure(path, reason))


def check(schema: sdk_types.Schema, inputs: Tree) -> Found:
    """Compare inputs with what the resource takes. Keys that start with two underscores are the provider's own."""
    found = Found()
    _properties("", inputs, schema.inputs, schema.required, schema.token, found)
    return found


def _properties(
    at: str,
    values: Mapping[str, Value],
    known: Mapping[str, Kind],
    required: frozenset[str],
    owner: str,
    found: Found,
) -> None:
    for name, value in values.items():
        path = f"{at}.{name}" if at else name
        if name in known:
            _value(path, value, known[name], found)
        elif not name.startswith("__") and name != "azureApiVersion":
            found.fail(path, _no_such(name, known, owner))
    for name in sorted(required - values.keys()):
        found.fail(f"{at}.{name}" if at else name, f"missing required property '{at + '.' if at else ''}{name}'")


def _no_such(name: str, known: Mapping[str, Kind], owner: str) -> str:
    spelt = [sdk_types.python_name(each) for each in known] if "_" in name else list(known)
    lower = {each.lower().replace("_", ""): each for each in spelt}
    near = get_close_matches(name.lower().replace("_", ""), list(lower), n=1, cutoff=0.7)
    guess = f' Did you mean "{lower[near[0]]}"?' if near else f" It takes {', '.join(sorted(known))}."
    return f'{owner} has no property "{name}".{guess}'


def _value(path: str, value: Value, kind: Kind, found: Found) -> None:
    if isinstance(value, Secret):
        value = value.value
    if value is UNKNOWN or value is None or kind.name == "any" or isinstance(value, Asset | Archive):
        return
    if kind.name == "union":
        _option(path, value, kind, found)
        return
    if not _fits(value, kind):
        found.fail(path, f"should be {_article(kind.shown)}, but is {_article(_name_of(value))}")
    elif kind.shape is not None:
        _properties(path, value, kind.shape.fields, kind.shape.required, kind.shape.name, found)
    elif kind.name == "list" and kind.item:
        for position, item in enumerate(value):
            _value(f"{path}[{position}]", item, kind.item, found)
    elif kind.name == "map" and kind.item:
        for key, item in value.items():
            _value(f"{path}.{key}", item, kind.item, found)
    elif kind.values:
        _choice(path, value, kind, found)


def _option(path: str, value: Value, kind: Kind, found: Found) -> None:
    """Of several types the one that the value fits best."""
    tried: list[Found] = []
    for option in kind.options:
        one = Found()
        _value(path, value, option, one)
        if not one.failures:
            found.warnings += one.warnings
            return
        tried.append(one)
    found.failures += min(tried, key=lambda each: len(each.failures)).failures


def _choice(path: str, value: Value, kind: Kind, found: Found) -> None:
    """An enum's value in any letter case; another one may be newer than the SDK, so it is a warning.

    A long list is a catalogue (sizes of machines), of which the SDK's copy is always behind: nothing is said of it.
    """
    if value in kind.values or len(kind.values) > CATALOGUE or value in _LACKING.get(str(kind.values[0]), ()):
        return
    if str(value).lower() in {str(each).lower() for each in kind.values}:
        return
    choices = [str(each) for each in kind.values]
    near = get_close_matches(str(value), choices, n=1, cutoff=0.6)
    guess = f' Did you mean "{near[0]}"?' if near else f" Known: {', '.join(choices)}."
    found.warn(path, f'"{value}" is not one of the known values.{guess}')


def _fits(value: Value, kind: Kind) -> bool:
    if kind.name in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return kind.name == "number" or float(value).is_integer()
    return isinstance(value, _TYPES[kind.name])


def _name_of(value: Value) -> str:
    for name, cls in (("boolean", bool), ("string", str), ("list", list), ("object", dict)):
        if isinstance(value, cls):
            return name
    return "number" if isinstance(value, int | float) else type(value).__name__


def _article(name: str) -> str:
    return name if name.startswith("a ") else f"an {name}" if name[0] in "aeiouAEIOU" else f"a {name}"
