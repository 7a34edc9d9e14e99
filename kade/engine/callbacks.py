"""Calls back into the program: transforms and hooks that it registered. Its SDK serves them over gRPC."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from kade.engine import wire
from kade.engine.plan import Resource
from kade.engine.provider import ProviderError
from kade.engine.values import UNKNOWN

_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_TIME_LIMIT = 600.0  # seconds for one call


class Callbacks:
    """Connections to the program's callback servers, one for each address."""

    def __init__(self) -> None:
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()

    def call(self, callback: callback_pb2.Callback, request: Any, answer: Any) -> Any:
        """Call one back; ``answer`` is filled. Raises `ProviderError` with what the program raised."""
        with self._lock:
            if callback.target not in self._channels:
                self._channels[callback.target] = grpc.insecure_channel(callback.target, options=_OPTIONS)
            stub = callback_pb2_grpc.CallbacksStub(self._channels[callback.target])
        message = callback_pb2.CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        try:
            made = stub.Invoke(message, timeout=_TIME_LIMIT)
        except grpc.RpcError as error:
            raise ProviderError(str(error.details() if isinstance(error, grpc.Call) else error)) from error
        answer.ParseFromString(made.response)
        return answer

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()


@dataclass(frozen=True)
class Hook:
    """A registered hook."""

    callback: callback_pb2.Callback
    on_dry_run: bool = False
    ignore_errors: bool = False


class ProgramHooks:
    """The hooks of one program, by name; see `kade.engine.session.Hooks`."""

    def __init__(self, callbacks: Callbacks, *, dry_run: bool, warn: Any) -> None:
        self._callbacks, self._dry_run, self._warn = callbacks, dry_run, warn
        self.hooks: dict[str, Hook] = {}
        self.error_hooks: dict[str, Hook] = {}

    def run(self, kind: str, names: Sequence[str], old: Resource | None, new: Resource | None) -> None:
        """Run hooks in order. Raises `ProviderError` where one is unknown or fails."""
        for name in names:
            hook = self.hooks.get(name)
            resource = new or old
            if resource is None:
                continue
            if hook is None:
                raise ProviderError(f"{_spoken(kind)} hook {name!r} was not registered")
            if self._dry_run and not hook.on_dry_run:
                continue
            request = resource_pb2.ResourceHookRequest(
                urn=resource.urn, id=_id(resource), name=resource.name, type=resource.type
            )
            after = kind.startswith("After")
            if new is not None:
                request.new_inputs.CopyFrom(wire.encode(new.inputs))
                if after:
                    request.new_outputs.CopyFrom(wire.encode(new.outputs))
            if old is not None:
                request.old_inputs.CopyFrom(wire.encode(old.inputs))
                request.old_outputs.CopyFrom(wire.encode(old.outputs))
            try:
                answer = self._callbacks.call(hook.callback, request, resource_pb2.ResourceHookResponse())
                if answer.error:
                    raise ProviderError(f"{_spoken(kind)} hook {name!r} failed: {answer.error}")
            except ProviderError as error:
                if not hook.ignore_errors:
                    raise
                self._warn(str(error), resource.urn)

    def retry(
        self, names: Sequence[str], old: Resource | None, new: Resource | None, operation: str, errors: Sequence[str]
    ) -> bool:
        """Whether every error hook answers that the operation should be tried again."""
        resource = new or old
        if resource is None:
            return False
        wanted = False
        for name in names:
            hook = self.error_hooks.get(name)
            if hook is None:
                raise ProviderError(f"error hook {name!r} was not registered")
            request = resource_pb2.ErrorHookRequest(
                urn=resource.urn,
                id=_id(resource),
                name=resource.name,
                type=resource.type,
                failed_operation=operation,
                errors=errors,
            )
            if new is not None:
                request.new_inputs.CopyFrom(wire.encode(new.inputs))
            if old is not None:
                request.old_inputs.CopyFrom(wire.encode(old.inputs))
                request.old_outputs.CopyFrom(wire.encode(old.outputs))
            answer = self._callbacks.call(hook.callback, request, resource_pb2.ErrorHookResponse())
            if answer.error:
                raise ProviderError(f"error hook {name!r} failed: {answer.error}")
            wanted = wanted or answer.retry
        return wanted


def _spoken(kind: str) -> str:
    """``BeforeCreate`` as ``before create``."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in kind).strip()


def _id(resource: Resource) -> str:
    return "" if resource.id is UNKNOWN else str(resource.id or "")


def with_dependencies(struct: Any, dependencies: Mapping[str, Iterable[str]]) -> Any:
    """Properties with their dependencies as output values, so that a transform keeps track of them."""
    for key, urns in dependencies.items():
        wanted = sorted(urns)
        if not wanted or key not in struct.fields:
            continue
        value = struct.fields[key]
        fields = value.struct_value.fields if value.WhichOneof("kind") == "struct_value" else {}
        if wire.SIGNATURE in fields and fields[wire.SIGNATURE].string_value == wire.OUTPUT:
            continue
        made = type(value)()
        made.struct_value.fields[wire.SIGNATURE].string_value = wire.OUTPUT
        if not (value.WhichOneof("kind") == "string_value" and value.string_value == wire.UNKNOWN_TEXT):
            made.struct_value.fields["value"].CopyFrom(value)
        made.struct_value.fields["dependencies"].list_value.extend(wanted)
        value.CopyFrom(made)
    return struct
