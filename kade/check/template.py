"""Expands an ARM template into its resources: parameters, variables, conditions, copy loops, nested deployments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kade.check.expressions import ExpressionError, Scope, evaluate, is_expression
from kade.check.functions import FUNCTIONS
from kade.policies.kit import UNKNOWN

SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"
GROUP: Final = "resource-group"  # stands for the group that nobody knows before the deployment
DEPLOYMENT: Final = "microsoft.resources/deployments"
_MOST_COPIES: Final = 800  # what Azure allows in one template

Object = dict[str, Any]


@dataclass
class Template:
    """One template with what it was given; parameters and variables are evaluated when they are asked for."""

    document: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)  # values of parameters by lower-case name
    group: str = GROUP
    lenient: bool = False  # a mistake in an expression makes its value unknown, and is no error

    def __post_init__(self) -> None:
        self._parameters = _lower(self.document.get("parameters"))
        variables = self.document.get("variables")
        self._variables = _lower(variables)
        for loop in _objects(self._variables.pop("copy", None)):
            name = str(loop.get("name", "")).lower()
            self._variables[name] = _Loop(loop)
        self._busy: set[str] = set()
        self._known: Object = {}
        self._symbolic = 0
        self.scope = Scope(FUNCTIONS, self.parameter, self.variable, {}, _context(self.group))

    def parameter(self, name: str) -> Any:
        """The value of a parameter: given, else its default; `UNKNOWN` where there is neither."""
        if name in self.given:
            return self.given[name]
        declared = self._parameters.get(name)
        default = declared.get("defaultValue", UNKNOWN) if isinstance(declared, Mapping) else UNKNOWN
        value = self._once(f"parameters {name}", default)
        return f"{{{name}}}" if value is UNKNOWN and self._symbolic else value

    def variable(self, name: str) -> Any:
        """The value of a variable."""
        return self._once(f"variables {name}", self._variables.get(name, UNKNOWN))

    def _once(self, key: str, value: Any) -> Any:
        held = f"{key} {self._symbolic > 0}"
        if held not in self._known:
            if key in self._busy:
                return UNKNOWN  # it is made of itself, which Azure refuses
            self._busy.add(key)
            try:
                self._known[held] = self._loop(value.fields, {}) if isinstance(value, _Loop) else self.value(value, {})
            finally:
                self._busy.discard(key)
        return self._known[held]

    def value(self, value: Any, copies: Mapping[str, int]) -> Any:
        """A value of the template with every expression in it evaluated."""
        if isinstance(value, str):
            if is_expression(value):
                return self._evaluated(value, copies)
            return value[1:] if value.startswith("[[") else value
        if isinstance(value, list):
            return [self.value(item, copies) for item in value]
        if isinstance(value, dict):
            made: Object = {}
            for key, member in value.items():
                if key == "copy" and isinstance(member, list):
                    for loop in _objects(member):
                        made[str(loop.get("name"))] = self._loop(loop, copies)
                    continue
                name = self.value(key, copies) if is_expression(key) else key
                made[str(name)] = self.value(member, copies)
            return made
        return value

    def _evaluated(self, value: str, copies: Mapping[str, int]) -> Any:
        self.scope.copies = copies
        try:
            return evaluate(value, self.scope)
        except ExpressionError:
            if self.lenient:
                return UNKNOWN
            raise

    def _loop(self, loop: Mapping[str, Any], copies: Mapping[str, int]) -> Any:
        count = self.value(loop.get("count"), copies)
        if not isinstance(count, int):
            return UNKNOWN
        name = str(loop.get("name", "")).lower()
        return [
            self.value(loop.get("input"), {**copies, name: index, "": index})
            for index in range(max(0, min(count, _MOST_COPIES)))
        ]

    def name(self, value: Any, copies: Mapping[str, int]) -> str:
        """A resource's name; a parameter without a value stands in it as ``{parameter}``, so that names still match."""
        self._symbolic += 1
        try:
            name = self.value(value, copies)
        finally:
            self._symbolic -= 1
        return name if isinstance(name, str) else str(value)

    def resources(self) -> Iterator[Object]:
        """Every resource with its expressions evaluated, full type and name, and its child ``resources`` inside."""
        yield from self._resources(self.document.get("resources"), "", "", {})

    def _resources(self, given: Any, type_: str, name: str, copies: Mapping[str, int]) -> Iterator[Object]:
        listed = given.values() if isinstance(given, Mapping) else given if isinstance(given, list) else []
        for resource in _objects(list(listed)):
            if resource.get("existing") is True:
                continue
            for indices in self._copies(resource.get("copy"), copies):
                if self.value(resource.get("condition", True), indices) is not False:
                    yield from self._resource(resource, type_, name, indices)

    def _copies(self, copy: Any, copies: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
        if not isinstance(copy, Mapping):
            yield copies
            return
        name = str(copy.get("name", "")).lower()
        count = self.value(copy.get("count"), copies)
        for index in range(max(0, min(count, _MOST_COPIES))) if isinstance(count, int) else [0]:
            yield {**copies, name: index, "": index}

    def _resource(
        self, resource: Mapping[str, Any], parent_type: str, parent_name: str, copies: Mapping[str, int]
    ) -> Iterator[Object]:
        type_ = self.name(resource.get("type", ""), copies)
        name = self.name(resource.get("name", ""), copies)
        if parent_type and "." not in type_.split("/")[0]:
            type_, name = f"{parent_type}/{type_}", f"{parent_name}/{name}"
        nested = _nested(resource) if type_.lower() == DEPLOYMENT else None
        apart = ("resources", "copy", "condition", "type", "name", *(("properties",) if nested else ()))
        made = self.value({k: v for k, v in resource.items() if k not in apart}, copies)
        made |= {"type": type_, "name": name}
        if nested:
            kept = {k: v for k, v in resource["properties"].items() if k not in ("template", "parameters")}
            # The template stays as it is written: rules on deployments read whether a secret stands in it.
            made["properties"] = self.value(kept, copies) | {"template": nested}
        children = list(self._resources(resource.get("resources"), type_, name, copies))
        if children:
            made["resources"] = children
        yield made
        if nested:
            yield from self._deployment(resource, nested, copies)

    def _deployment(
        self, resource: Mapping[str, Any], template: Mapping[str, Any], copies: Mapping[str, int]
    ) -> Iterator[Object]:
        properties = resource["properties"]
        group = self.value(resource.get("resourceGroup"), copies)
        group = group if isinstance(group, str) and group else self.group
        options = properties.get("expressionEvaluationOptions")
        if isinstance(options, Mapping) and str(options.get("scope", "")).lower() == "inner":
            values = _lower(properties.get("parameters"))
            given = {k: self.value(v.get("value"), copies) if "value" in v else UNKNOWN for k, v in values.items()}
            yield from Template(template, given, group).resources()
            return
        # The default: its expressions are evaluated with the outer template's parameters and variables.
        outer = {**template, "parameters": self.document.get("parameters"), "variables": self.document.get("variables")}
        yield from Template(outer, self.given, group).resources()


@dataclass(frozen=True)
class _Loop:
    """A copy loop among the variables."""

    fields: Mapping[str, Any]


def _nested(resource: Mapping[str, Any]) -> Mapping[str, Any] | None:
    properties = resource.get("properties")
    template = properties.get("template") if isinstance(properties, Mapping) else None
    return template if isinstance(template, Mapping) and "resources" in template else None


def _context(group: str) -> Object:
    """What Azure would tell, as far as names and ids go; anything else is unknown."""
    subscription = f"/subscriptions/{SUBSCRIPTION}"
    unknown = {"location": UNKNOWN, "tags": UNKNOWN, "properties": UNKNOWN, "managedBy": UNKNOWN}
    return {
        "group": group,
        "subscription_id": SUBSCRIPTION,
        "resource_group": {"id": f"{subscription}/resourceGroups/{group}", "name": group, **unknown},
        "subscription": {"id": subscription, "subscriptionId": SUBSCRIPTION, "tenantId": UNKNOWN},
        "tenant": UNKNOWN,
        "deployment": {"name": "deployment", "location": UNKNOWN},
        "environment": {
            "name": "AzureCloud",
            "suffixes": {
                "storage": "core.windows.net",
                "keyvaultDns": ".vault.azure.net",
                "sqlServerHostname": ".database.windows.net",
                "acrLoginServer": ".azurecr.io",
            },
            "resourceManager": "https://management.azure.com/",
            "authentication": UNKNOWN,
        },
    }


def _lower(value: Any) -> Object:
    return {str(k).lower(): v for k, v in value.items()} if isinstance(value, Mapping) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
