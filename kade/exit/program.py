"""A plain Pulumi program of a stack, without Kade: from its state, with references between resources where they are.

Names, parents and types are those of the state, so that its preview against the same state changes nothing. Inside an
argument the names are Azure's own (``accountName``), which the SDK passes on as they are.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kade.engine.plan import Resource, is_default_provider
from kade.engine.urns import STACK_TYPE
from kade.engine.values import Secret, has_secret
from kade.exit.classes import class_of
from kade.exit.writing import Code, written

PROVIDER = "pulumi:providers:azure-native"
_OF_THE_SDK = ("azureApiVersion", "version", "__internal")  # it gives these itself
_SETTINGS = {
    "subscriptionId": "subscription_id",
    "tenantId": "tenant_id",
    "clientId": "client_id",
    "environment": "environment",
    "location": "location",
}


class ProgramError(ValueError):
    """A state of which no plain program can be made: the resource, and why."""


def program_of(stack: str, resources: Sequence[Resource], outputs: Mapping[str, Any]) -> str:
    """The program of a stack. ``resources`` stand in the order of the state, what others need first.

    Raises `ProgramError` for a resource of another package than azure-native.
    """
    maker = _Maker(stack)
    for resource in resources:
        if made_by_program(resource):
            maker.add(resource)
    return maker.finish(outputs)


def made_by_program(resource: Resource) -> bool:
    """Whether a program makes it: not the stack itself, a default provider, or what was only read."""
    made = resource.type != STACK_TYPE and not resource.external and not resource.delete
    return made and not is_default_provider(resource.urn)


class _Maker:
    """Writes one resource after the other; knows the variables of those that are written."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self._variables: dict[str, str] = {}  # by urn
        self._resources: dict[str, Resource] = {}
        self._modules: set[str] = set()
        self._secrets = False
        self._parts: list[str] = []

    def add(self, resource: Resource) -> None:
        """Write one resource."""
        if not resource.custom:
            call, first, arguments = "pulumi.ComponentResource", [resource.type, resource.name, None], {}
        else:
            call, arguments = self._call(resource)
            first = [resource.name]
        options = self._options(resource, {urn for urn, name in self._variables.items() if _names(arguments, name)})
        variable = self._variable(resource.name)
        lines = [f"    {written(value, 4)},\n" for value in first]
        lines += [f"    {name}={written(value, 4)},\n" for name, value in arguments.items()]
        lines += [f"    opts=pulumi.ResourceOptions({', '.join(options)}),\n"] if options else []
        self._parts.append(f"{variable} = {call}(\n{''.join(lines)})\n")
        self._variables[resource.urn], self._resources[resource.urn] = variable, resource

    def finish(self, outputs: Mapping[str, Any]) -> str:
        """The whole text."""
        imports = "import pulumi\nimport pulumi_azure_native as azure_native\n"
        if self._modules:
            imports += f"from pulumi_azure_native import {', '.join(sorted(self._modules))}\n"
        config = "\nconfig = pulumi.Config()  # what was secret; give it once more before a new deployment\n"
        shown = {name: value for name, value in outputs.items() if not has_secret(value)}
        exports = "".join(f"pulumi.export({written(name, 0)}, {written(value, 0)})\n" for name, value in shown.items())
        body = "\n".join(self._parts)
        head = f'"""The stack {self._stack}, as plain Pulumi."""\n\n{imports}{config if self._secrets else ""}'
        return f"{head}\n{body}\n{exports}".rstrip() + "\n"

    def _call(self, resource: Resource) -> tuple[str, dict[str, Any]]:
        """The class of a resource, and its arguments."""
        if resource.type == PROVIDER:
            inputs = {key: value for key, value in resource.inputs.items() if key not in _OF_THE_SDK}
            if wrong := [key for key in inputs if key not in _SETTINGS]:
                raise ProgramError(f"{resource.urn}: the setting {wrong[0]} of a provider is not written")
            return "azure_native.Provider", {_SETTINGS[key]: value for key, value in inputs.items()}
        found = class_of(resource.type) if resource.type.startswith("azure-native:") else None
        if found is None:
            raise ProgramError(f"{resource.urn}: {resource.type} is not a type of the installed pulumi-azure-native")
        self._modules.add(found.module)
        if wrong := [key for key in resource.inputs if key not in found.arguments and key not in _OF_THE_SDK]:
            raise ProgramError(f"{resource.urn}: {found.module}.{found.name} has no argument for {wrong[0]}")
        arguments: dict[str, Any] = {}
        for key, argument in found.arguments.items():
            if key in resource.inputs:
                urns = resource.property_dependencies.get(key, ())
                sources = [self._resources[urn] for urn in urns if urn in self._resources]
                arguments[argument] = self._value(f"{resource.name}-{key}", resource.inputs[key], sources)
        return f"{found.module}.{found.name}", arguments

    def _value(self, name: str, value: Any, sources: Sequence[Resource]) -> Any:
        """A value with what it takes of other resources; a secret is asked from the settings, by ``name``."""
        if isinstance(value, Secret):
            self._secrets = True
            return Code(f"config.get_secret({written(name, 0)})")
        if isinstance(value, str):
            return self._reference(value, sources)
        if isinstance(value, list):
            return [self._value(f"{name}-{n}", item, sources) for n, item in enumerate(value)]
        if isinstance(value, Mapping):
            return {key: self._value(f"{name}-{key}", item, sources) for key, item in value.items()}
        return value

    def _reference(self, value: str, sources: Sequence[Resource]) -> Any:
        """What it takes of another resource, whole or as a part; the longest match wins."""
        found = ("", "")
        for source in sources:
            for output, text in (("id", source.id), ("name", source.outputs.get("name"))):
                if isinstance(text, str) and len(text) > max(3, len(found[0])) and text in value:
                    found = (text, f"{self._variables[source.urn]}.{output}")
        text, code = found
        if not text or text == value:
            return Code(code) if text else value
        before, _, after = value.partition(text)
        parts = [*([written(before, 0)] if before else []), code, *([written(after, 0)] if after else [])]
        return Code(f"pulumi.Output.concat({', '.join(parts)})")

    def _options(self, resource: Resource, used: set[str]) -> list[str]:
        """Options; ``used`` are resources that the arguments take something of, and so wait for."""
        options: list[str] = []
        provider = resource.provider.rpartition("::")[0]
        if resource.parent in self._variables:
            options.append(f"parent={self._variables[resource.parent]}")
        if provider in self._variables:
            options.append(f"provider={self._variables[provider]}")
        waits = [u for u in resource.dependencies if u in self._variables and u not in used]
        if waits:
            options.append(f"depends_on=[{', '.join(self._variables[u] for u in waits)}]")
        options += ["protect=True"] * resource.protect + ["retain_on_delete=True"] * resource.retain_on_delete
        ignored = list(dict.fromkeys([*resource.ignore_changes, *_secret_paths(resource.inputs)]))
        return [*options, f"ignore_changes={written(ignored, 0)}"] if ignored else options

    def _variable(self, name: str) -> str:
        """A name of Python that no other resource has."""
        base = re.sub(r"\W", "_", name).lower()
        base = base if base.isidentifier() and not keyword.iskeyword(base) else f"r_{base}"
        taken = {*self._variables.values(), *self._modules, "config", "pulumi", "azure_native"}
        found, number = base, 2
        while found in taken:
            found, number = f"{base}_{number}", number + 1
        return found


def _names(value: Any, variable: str) -> bool:
    """Whether code somewhere in a value names a variable."""
    if isinstance(value, Code):
        return re.search(rf"\b{re.escape(variable)}\.", value.text) is not None
    if isinstance(value, Mapping):
        return any(_names(item, variable) for item in value.values())
    return isinstance(value, list) and any(_names(item, variable) for item in value)


def _secret_paths(value: Any, path: str = "") -> Iterator[str]:
    """Where secrets stand, as options of Pulumi write a path."""
    if isinstance(value, Secret):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _secret_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _secret_paths(item, f"{path}[{n}]")
