"""The Python class of a resource type of azure-native, and what its arguments are called."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import _types

from kade.facts.azure_types import unversioned


@dataclass(frozen=True)
class ClassOf:
    """``module.name`` is the class; ``arguments`` are its arguments by the property's name on the wire."""

    module: str
    name: str
    arguments: Mapping[str, str]


def class_of(type_: str) -> ClassOf | None:
    """The class of a type (``azure-native:storage:StorageAccount``) in the installed package; None without one."""
    _, module, name = unversioned(type_).split(":")
    try:
        found = importlib.import_module(f"pulumi_azure_native.{module}")
    except ImportError:
        return None
    arguments = getattr(found, f"{name}InitArgs", None) or getattr(found, f"{name}Args", None)
    if arguments is None or not hasattr(found, name):
        return None
    names = _types.input_type_py_to_pulumi_names(arguments)
    # A property `resourceName` is the argument `resource_name_`: the one without is the name in the program.
    taken = {f"{python}_" for python in names} & set(inspect.signature(getattr(found, name)._internal_init).parameters)
    return ClassOf(
        module, name, {wire: f"{python}_" if f"{python}_" in taken else python for python, wire in names.items()}
    )
