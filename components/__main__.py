"""The component host: serves the components to a program in any Pulumi language."""

from __future__ import annotations

import dataclasses
import sys
from importlib import import_module
from pathlib import Path
from typing import Union

import pulumi
from pulumi.provider.experimental import component_provider_host

import kade

PARTS = ("landing_zone", "network", "services", "workload", "workplace")
# A rule collection holds rules of three kinds, and Pulumi's schema has no union: a firewall is made from Python only.
NOT_SERVED = ("Firewall",)


def components() -> list[type[pulumi.ComponentResource]]:
    """Every component of the parts that are served, by name."""
    found: dict[str, type[pulumi.ComponentResource]] = {}
    for part in PARTS:
        for file in sorted((Path(__file__).parent / part).glob("[!_]*.py")):
            module = import_module(f"kade.components.{part}.{file.stem}")
            for name, value in vars(module).items():
                own = isinstance(value, type) and value.__module__ == module.__name__
                if own and issubclass(value, pulumi.ComponentResource) and name not in NOT_SERVED:
                    found[name] = value
    return [found[name] for name in sorted(found)]


def defaults_are_optional() -> None:
    """Say of every argument with a default that it may be left out: Pulumi's analyser reads that off the type alone."""
    for name, module in list(sys.modules.items()):
        if not name.startswith("kade.components."):
            continue
        for kind in vars(module).values():
            if not (isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__ == name):
                continue
            for field in dataclasses.fields(kind):
                given = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
                if given:
                    hint = kind.__annotations__[field.name]
                    kind.__annotations__[field.name] = Union[hint, None]  # noqa: UP007  # ty: ignore[invalid-type-form]  # made while it runs


if __name__ == "__main__":
    served = components()
    defaults_are_optional()
    component_provider_host(name="kade", components=served, version=getattr(kade, "__version__", "0.1.0"))
