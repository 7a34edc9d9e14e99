"""Transforms: functions of the program that change what it registers or calls, before anything else sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi.runtime.proto import callback_pb2, resource_pb2

from kade.engine.callbacks import Callbacks

_Callback = callback_pb2.Callback


def options_of(request: Any) -> Any:
    """The options of a registration, as transforms see and change them."""
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=[*(_urn_alias(urn) for urn in request.aliasURNs), *request.aliases],
        provider=request.provider,
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=request.providers,
        plugin_checksums=request.pluginChecksums,
        hide_diff=request.hideDiffs,
        replace_with=request.replace_with,
    )
    setattr(options, "import", request.importId)
    if request.HasField("protect"):
        options.protect = request.protect
    if request.HasField("retainOnDelete"):
        options.retain_on_delete = request.retainOnDelete
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    for theirs, ours in (
        ("customTimeouts", "custom_timeouts"),
        ("hooks", "hooks"),
        ("replacement_trigger", "replacement_trigger"),
    ):
        if request.HasField(theirs):
            getattr(options, ours).CopyFrom(getattr(request, theirs))
    return options


def _urn_alias(urn: str) -> Any:
    from pulumi.runtime.proto import alias_pb2

    return alias_pb2.Alias(urn=urn)


def transform_resource(
    callbacks: Callbacks, transforms: Sequence[_Callback], request: Any, properties: Any, options: Any
) -> tuple[Any, Any]:
    """Properties and options after all transforms. Raises `ProviderError` where one fails."""
    for callback in transforms:
        message = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=properties,
            options=options,
        )
        answer = callbacks.call(callback, message, resource_pb2.TransformResponse())
        if answer.HasField("properties"):
            properties = answer.properties
        if answer.HasField("options"):
            options = answer.options
    return properties, options


def transform_invoke(
    callbacks: Callbacks, transforms: Sequence[_Callback], token: str, args: Any, options: Any
) -> tuple[Any, Any]:
    """Arguments and options of an invoke after all transforms. Raises `ProviderError` where one fails."""
    for callback in transforms:
        message = resource_pb2.TransformInvokeRequest(token=token, args=args, options=options)
        answer = callbacks.call(callback, message, resource_pb2.TransformInvokeResponse())
        if answer.HasField("args"):
            args = answer.args
        if answer.HasField("options"):
            options = answer.options
    return args, options
