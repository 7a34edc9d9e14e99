"""What the installed pulumi-azure-native says of each resource: tokens, inputs, API versions, old names."""

from __future__ import annotations

import collections.abc
import enum
import importlib
import inspect
import re
import typing
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
import pulumi_azure_native
from pulumi import _types

_VERSIONS = re.compile(
    r"Uses Azure REST API version ([\w-]+)\."
    r"(?: In version 2\.x of the Azure Native provider, it used API version ([\w-]+)\.)?"
)


@dataclass
class SdkResource:
    """One resource class. ``props`` maps an input to its type: ``s``, ``>SkuArgs``, ``[>SubnetArgs]``, ``{s}``."""

    token: str
    module: str
    name: str
    api: str
    api_v2: str
    props: dict[str, str]
    required: list[str]
    outputs: set[str]
    path_inputs: list[str] | None  # what the read function takes; None where there is no such function
    old_tokens: list[str]


@dataclass
class SdkModule:
    """The resources of one module, and the input types that they use."""

    name: str
    resources: list[SdkResource] = field(default_factory=list)
    shapes: dict[str, dict[str, str]] = field(default_factory=dict)


def modules() -> list[str]:
    """The names of all modules of the installed package."""
    base = Path(str(pulumi_azure_native.__file__)).parent
    return sorted(p.name for p in base.iterdir() if (p / "__init__.py").exists() and p.name != "config")


def read_module(name: str) -> SdkModule:
    """Everything of one module."""
    module = importlib.import_module(f"pulumi_azure_native.{name}")
    getattr(module, "_", None)  # the SDK loads its modules at the first look into them
    made = SdkModule(name)
    classes: dict[str, type] = {}
    for class_name, found in list(vars(module).items()):
        if isinstance(found, type) and issubclass(found, pulumi.CustomResource) and found is not pulumi.CustomResource:
            made.resources.append(_resource(module, name, class_name, found, classes))
    seen: dict[str, type] = {}
    while classes:
        shape, cls = classes.popitem()
        if shape not in seen:
            seen[shape] = cls
            made.shapes[shape] = _properties(cls, classes)[0]
    return made


def _resource(module: typing.Any, module_name: str, name: str, cls: type, classes: dict[str, type]) -> SdkResource:
    args = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    source = inspect.getsource(cls)
    token = _first(r"super\(.*?\)\.__init__\(\s*'(azure-native:[^']+)'", source)
    versions = _VERSIONS.search(source)
    props, required = _properties(args, classes)
    read = getattr(module, f"get_{cls.__module__.rsplit('.', 1)[1]}", None)
    taken = re.findall(r"__args__\['(\w+)'\] =", inspect.getsource(read)) if read else None
    aliases = re.findall(r'type_="(azure-native:[^"]+)"', source)
    plain = {re.sub(r"/v\w+:", ":", alias) for alias in aliases}
    return SdkResource(
        token=token,
        module=module_name,
        name=name,
        api=versions.group(1) if versions else "",
        api_v2=(versions.group(2) or "") if versions else "",
        props=props,
        required=required,
        outputs=set(_types.resource_types(cls)),
        path_inputs=taken,
        old_tokens=sorted(plain - {token}),
    )


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"the SDK's source has no {pattern}")
    return found.group(1)


def _properties(cls: type, classes: dict[str, type]) -> tuple[dict[str, str], list[str]]:
    names = _types.input_type_py_to_pulumi_names(cls)
    types = _types.input_type_types(cls)
    parameters = inspect.signature(cls.__init__).parameters
    required = [
        names[key]
        for key, parameter in parameters.items()
        if key != "__self__" and parameter.default is inspect.Parameter.empty
    ]
    return {wire: _short(types[wire], classes) for wire in names.values()}, required


def _short(found: typing.Any, classes: dict[str, type]) -> str:
    simple = {str: "s", int: "i", float: "n", bool: "b"}
    if found in simple:
        return simple[found]
    if isinstance(found, type) and issubclass(found, enum.Enum):
        return "e"
    origin, arguments = typing.get_origin(found), typing.get_args(found)
    if origin is typing.Union:
        parts = list(dict.fromkeys(_short(a, classes) for a in arguments if not _plumbing(a)))
        return "e" if "e" in parts else "|".join(parts) or "a"
    if origin in (list, collections.abc.Sequence):
        return f"[{_short(arguments[0], classes)}]"
    if origin in (dict, collections.abc.Mapping):
        return f"{{{_short(arguments[1], classes)}}}"
    if isinstance(found, type) and _types.is_input_type(found):
        classes[found.__name__] = found
        return f">{found.__name__}"
    return "a"


def _plumbing(found: typing.Any) -> bool:
    """Whether a member of a union is None, an awaitable or an output: how an input may come, not what it is."""
    origin = typing.get_origin(found)
    return found is type(None) or origin in (collections.abc.Awaitable, pulumi.Output)
