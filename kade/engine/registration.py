"""From a registration on the wire to a goal: what parents give on, transforms, providers, dependencies.

Source: ``RegisterResource`` in ``pkg/resource/deploy/source_eval.go`` of pulumi/pulumi.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pulumi.runtime.proto import callback_pb2

from kade.engine import transforms, urns, wire
from kade.engine.aliases import Alias
from kade.engine.callbacks import Callbacks, with_dependencies
from kade.engine.goal import Goal
from kade.engine.provider import ProviderError
from kade.engine.values import Value

DefaultProvider = Callable[[str, str, str], str]
"""Gives the reference of a package's default provider: package, version, download URL."""

_HOOKS = [  # on the wire, and in the state
    ("before_create", "BeforeCreate"),
    ("after_create", "AfterCreate"),
    ("before_update", "BeforeUpdate"),
    ("after_update", "AfterUpdate"),
    ("before_delete", "BeforeDelete"),
    ("after_delete", "AfterDelete"),
    ("on_error", "OnError"),
]
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass
class Family:
    """What has been registered under which parent, and what children take over from it."""

    goals: dict[str, Goal] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    providers: dict[str, Mapping[str, str]] = field(default_factory=dict)  # of components, by package
    transforms: dict[str, Sequence[callback_pb2.Callback]] = field(default_factory=dict)
    stack_transforms: list[callback_pb2.Callback] = field(default_factory=list)

    def inherit(self, request: Any) -> None:
        """Fill in the options that a child has of its parent. The request is changed."""
        parent = self.goals.get(request.parent)
        if parent is None:
            return
        if not request.deletedWith:
            request.deletedWith = parent.deleted_with
        if not request.HasField("protect") and parent.protect is not None:
            request.protect = parent.protect
        if not request.HasField("retainOnDelete") and parent.retain_on_delete is not None:
            request.retainOnDelete = parent.retain_on_delete
        if not request.provider and parent.provider:
            fits = urns.package_of(urns.type_of(parent.provider)) == urns.package_of(request.type)
            if fits or not (request.custom or request.remote):
                request.provider = parent.provider

    def provider(self, reference: str, given: Mapping[str, str], parent: str, package: str) -> str:
        """The explicit provider of a resource: its own, of its providers, or of its parent's."""
        return reference or given.get(package, "") or self.providers.get(parent, {}).get(package, "")

    def transforms_for(self, own: Sequence[callback_pb2.Callback], parent: str) -> list[callback_pb2.Callback]:
        """The resource's own transforms, then its parents', then the stack's."""
        found = list(own)
        while parent:
            found += self.transforms.get(parent, ())
            parent = self.parents.get(parent, "")
        return found + self.stack_transforms


def read_goal(
    request: Any,
    family: Family,
    callbacks: Callbacks,
    default_provider: DefaultProvider,
    package: tuple[str, str, str] | None,
    folder: Path,
    root: Path,
) -> tuple[Goal, Mapping[str, str]]:
    """The goal of a request, and the providers that it gives on. Raises `ProviderError` for what is refused."""
    family.inherit(request)
    if request.custom or request.remote:
        own = urns.package_of(request.type)
        request.provider = family.provider(request.provider, request.providers, request.parent, own)
    found = family.transforms_for(request.transforms, request.parent)
    options = transforms.options_of(request)
    properties = request.object
    if request.transforms:
        wanted = {key: item.urns for key, item in request.propertyDependencies.items()}
        properties = with_dependencies(properties, wanted)
    if found:
        properties, options = transforms.transform_resource(callbacks, found, request, properties, options)
    inputs, everything, by_property = _inputs(request, properties, options, folder)
    providers = dict(options.providers)
    if not request.custom:
        providers = {**family.providers.get(request.parent, {}), **providers}
    reference = options.provider
    if urns.is_provider(request.type):
        reference = ""
        _describe_provider(inputs, options)
    elif not request.custom:
        reference = options.provider
    elif not reference:
        name, version, url = package or (own_package(request.type), options.version, options.plugin_download_url)
        reference = default_provider(name, version, url)
    trigger: Value = None
    if options.HasField("replacement_trigger"):
        trigger = wire.decode_value(options.replacement_trigger, wire.Found(), folder)
    goal = Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=inputs,
        parent=request.parent,
        provider=reference,
        dependencies=everything,
        property_dependencies=by_property,
        protect=options.protect if options.HasField("protect") else None,
        retain_on_delete=options.retain_on_delete if options.HasField("retain_on_delete") else None,
        deleted_with=options.deleted_with,
        replace_with=list(options.replace_with),
        replacement_trigger=trigger,
        delete_before_replace=options.delete_before_replace if options.HasField("delete_before_replace") else None,
        ignore_changes=list(options.ignore_changes),
        replace_on_changes=list(options.replace_on_changes),
        additional_secret_outputs=list(options.additional_secret_outputs),
        aliases=[alias_of(item) for item in options.aliases],
        import_id=getattr(options, "import"),
        custom_timeouts=_timeouts(options),
        hide_diff=list(options.hide_diff),
        hooks={state: list(getattr(options.hooks, name)) for name, state in _HOOKS if getattr(options.hooks, name)},
        source_position=position(request, root),
    )
    return goal, providers


def own_package(type_: str) -> str:
    """The package of a custom resource's type, which has three parts. Raises `ProviderError` for another form."""
    if type_.count(":") < 2:
        raise ProviderError(f"the type {type_!r} of a custom resource has to be package:module:Name")
    return urns.package_of(type_)


def _inputs(
    request: Any, properties: Any, options: Any, folder: Path
) -> tuple[dict[str, Value], list[str], dict[str, list[str]]]:
    """Inputs, all dependencies, and those of each property, by name: an SDK sends a set, in another order each run.

    Where the resource has transforms of its own, only what they gave back tells on what its properties depend; so does
    Pulumi, and an SDK that drops it there (Python's does) drops it here too.
    """
    transformed = len(request.transforms) > 0
    given = {key: list(item.urns) for key, item in request.propertyDependencies.items()}
    everything = dict.fromkeys(options.depends_on)
    inputs: dict[str, Value] = {}
    by_property: dict[str, list[str]] = {}
    for key, value in properties.fields.items():
        found = wire.Found()
        inputs[key] = wire.decode_value(value, found, folder)
        deps = dict.fromkeys(sorted(found.dependencies))
        if not transformed:
            known = given.get(key, ()) if given else everything
            deps = dict.fromkeys(known) | deps
        else:
            everything |= deps
        if deps:
            by_property[key] = list(deps)
    if not transformed:
        by_property |= {key: deps for key, deps in given.items() if key not in by_property and deps}
    return inputs, sorted(everything), {key: sorted(deps) for key, deps in by_property.items()}


def _describe_provider(inputs: dict[str, Value], options: Any) -> None:
    if options.version:
        inputs["version"] = options.version
        inputs.setdefault("__internal", {})
    if options.plugin_download_url:
        inputs["__internal"] = {"pluginDownloadURL": options.plugin_download_url}


def alias_of(item: Any) -> Alias:
    """An alias on the wire."""
    if item.WhichOneof("alias") == "urn":
        return Alias(urn=item.urn)
    spec = item.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _timeouts(options: Any) -> dict[str, float]:
    if not options.HasField("custom_timeouts"):
        return {}
    made = {}
    for kind in ("create", "update", "delete"):
        text = getattr(options.custom_timeouts, kind)
        if text:
            made[kind] = seconds(text)
    return made


def seconds(text: str) -> float:
    """A duration as Go writes it (``1h30m``) in seconds. Raises `ProviderError` for what is none."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ProviderError(f"unable to parse customTimeout value {text!r}: use for instance 30s, 10m or 1h30m")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def position(request: Any, root: Path) -> str:
    """Where in the project a request was made (``project:///main.py#12``); empty for code outside of it."""
    found = getattr(request, "sourcePosition", None)
    if found is None or not found.uri.startswith("file://"):
        return ""
    path = Path(unquote(found.uri.removeprefix("file://")))
    if not path.is_relative_to(root):
        return ""
    column = f",{found.column}" if found.column else ""
    return f"project:///{path.relative_to(root).as_posix()}#{found.line}{column}"
