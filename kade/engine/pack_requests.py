"""What a policy pack is asked: resources as the messages of Pulumi's analyzer protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from kade.engine.mask import Mask
from kade.engine.pack_values import encode, secret_texts
from kade.engine.plan import Resource


def analyze_request(
    resource: Resource, properties: Any, provider: Resource | None, delete_before_replace: bool | None
) -> bytes:
    """One resource, serialised; ``properties`` is the Struct of its inputs."""
    request = pb.AnalyzeRequest(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=properties,
        options=_options(resource, delete_before_replace),
    )
    if provider is not None:
        request.provider.CopyFrom(_provider(provider))
    return request.SerializeToString()


def _options(resource: Resource, delete_before_replace: bool | None) -> pb.AnalyzerResourceOptions:
    options = pb.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        deleteBeforeReplace=bool(delete_before_replace),
        deleteBeforeReplaceDefined=delete_before_replace is not None,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        parent=resource.parent,
    )
    if resource.custom_timeouts:
        known = {key: resource.custom_timeouts.get(key, 0) for key in ("create", "update", "delete")}
        options.customTimeouts.CopyFrom(pb.AnalyzerResourceOptions.CustomTimeouts(**known))
    return options


def _provider(provider: Resource) -> pb.AnalyzerProviderResource:
    inputs: Any = encode(provider.inputs)
    return pb.AnalyzerProviderResource(type=provider.type, urn=provider.urn, name=provider.name, properties=inputs)


def stack_request(resources: Sequence[Resource], mask: Mask) -> bytes:
    """The whole stack by its outputs, serialised; their secrets are masked from now on."""
    request = pb.AnalyzeStackRequest()
    providers = {f"{r.urn}::{r.id}": r for r in resources if r.type.startswith("pulumi:providers:")}
    for resource in resources:
        mask.add(secret_texts(resource.outputs))
        item = request.resources.add(
            type=resource.type,
            urn=resource.urn,
            name=resource.name,
            properties=encode(resource.outputs),
            options=_options(resource, None),
            parent=resource.parent,
            dependencies=resource.dependencies,
        )
        if resource.provider in providers:
            item.provider.CopyFrom(_provider(providers[resource.provider]))
        for key, urns in resource.property_dependencies.items():
            item.propertyDependencies[key].urns.extend(urns)
    return request.SerializeToString()
