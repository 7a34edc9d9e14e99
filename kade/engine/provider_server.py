"""Serves one of our providers over Pulumi's ``ResourceProvider`` protocol, as a plugin of the Pulumi CLI.

A plugin prints its port on the first line of its output and serves until it is stopped. Secrets stay with the CLI: it
takes the marks off before a call and puts them back after, and we mark what is secret in an output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import empty_pb2 as _empty
from pulumi.runtime.proto import plugin_pb2 as _plugin
from pulumi.runtime.proto import provider_pb2 as _provider
from pulumi.runtime.proto import provider_pb2_grpc

from kade.engine import paths, wire
from kade.engine.plan import Resource
from kade.engine.provider import Change, Diff, Made, Provider, ProviderError, Tree
from kade.engine.registry import Informed
from kade.engine.values import UNKNOWN, Secret, plain

plugin_pb2: Any = _plugin  # the generated modules have no types
provider_pb2: Any = _provider
empty_pb2: Any = _empty

_MESSAGE_LIMIT = 400 * 1024 * 1024  # bytes, as the CLI's own
_KINDS = {"add": 0, "delete": 2, "update": 4}  # PropertyDiff.Kind; one more where it forces a replacement


def _tree(struct: Any) -> Tree:
    return plain(wire.decode(struct))


def _refused(call: Callable[..., Any]) -> Callable[..., Any]:
    """A provider's refusal becomes an error of the call, with its message and nothing around it."""

    def answer(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return call(self, request, context)
        except ProviderError as refusal:
            context.abort(grpc.StatusCode.UNKNOWN, str(refusal))

    return answer


class ProviderServicer(provider_pb2_grpc.ResourceProviderServicer):
    """The protocol's calls, one to one on a `Provider`."""

    def __init__(self, provider: Provider, version: str) -> None:
        self._provider = provider
        self._version = version

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """What we accept."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """The version that the CLI asks plugins for."""
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """None: programs in Python carry their SDK with them."""
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Any configuration is taken as it is."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """No change of the configuration replaces anything."""
        return provider_pb2.DiffResponse()

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Take the configuration over, where the provider heeds one."""
        configure = getattr(self._provider, "configure", None)
        if configure is not None:
            self._provider = configure(_tree(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True)

    @_refused
    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Validate inputs. Whether it is a preview is not said, so nothing may depend on it."""
        old = _tree(request.olds) if request.HasField("olds") else None
        checked = self._provider.check(request.urn, _type(request.urn), old, _tree(request.news), preview=True)
        return provider_pb2.CheckResponse(
            inputs=wire.encode(checked.inputs),
            failures=[provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in checked.failures],
        )

    @_refused
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Compare the inputs of the state with the new ones. What is compared stands, so the provider is told of it."""
        self._tell(request)
        found = self._provider.diff(
            request.urn,
            _type(request.urn),
            request.id,
            _tree(request.old_inputs),
            _tree(request.olds),
            _tree(request.news),  # the CLI has put back what is to be ignored
        )
        return _diff_response(found)

    @_refused
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Make it, or say in a preview what it would be."""
        made = self._provider.create(
            request.urn, _type(request.urn), _tree(request.properties), preview=request.preview
        )
        return provider_pb2.CreateResponse(id="" if made.id is UNKNOWN else made.id, properties=_outputs(made))

    @_refused
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Change it in place."""
        made = self._provider.update(
            request.urn,
            _type(request.urn),
            request.id,
            _tree(request.old_inputs),
            _tree(request.olds),
            _tree(request.news),
            preview=request.preview,
        )
        return provider_pb2.UpdateResponse(properties=_outputs(made))

    @_refused
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Remove it."""
        self._provider.delete(
            request.urn, _type(request.urn), request.id, _tree(request.old_inputs), _tree(request.properties)
        )
        return empty_pb2.Empty()

    @_refused
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """What stands already; an empty id says that it does not."""
        given = request.inputs if request.inputs.fields else request.properties
        found = self._provider.read(request.urn, _type(request.urn), request.id, _tree(given))
        if found is None:
            return provider_pb2.ReadResponse(id="")
        inputs, outputs = found
        return provider_pb2.ReadResponse(id=request.id, inputs=wire.encode(inputs), properties=wire.encode(outputs))

    @_refused
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Call a function."""
        result = self._provider.invoke(request.tok, _tree(request.args), preview=request.preview)
        return provider_pb2.InvokeResponse(**{"return": wire.encode(result)})

    def _tell(self, request: Any) -> None:
        if isinstance(self._provider, Informed):
            old = Resource(
                request.urn,
                _type(request.urn),
                id=request.id,
                inputs=_tree(request.old_inputs),
                outputs=_tree(request.olds),
            )
            self._provider.begin([old], dry_run=True)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Nothing of ours takes long enough to be cancelled."""
        return empty_pb2.Empty()

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Attaching is for debuggers; there is nothing to do."""
        return empty_pb2.Empty()


def _type(urn: str) -> str:
    """The resource's own type: the last of the types in its urn."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _outputs(made: Made) -> Any:
    return wire.encode({k: Secret(v) if k in made.outputs_secret else v for k, v in made.outputs.items()})


def _diff_response(found: Diff) -> Any:
    forced = [paths.parse(path) for path in found.replaces]
    none, some = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME
    replaces = {path for path in found.changed if any(paths.contains(f, paths.parse(path)) for f in forced)}
    return provider_pb2.DiffResponse(
        changes=none if found.change is Change.NONE else some,
        replaces=sorted(replaces),
        diffs=sorted({str(paths.parse(path)[0]) for path in found.changed}),
        deleteBeforeReplace=found.delete_before_replace,
        hasDetailedDiff=True,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[kind] + (path in replaces), inputDiff=True)
            for path, kind in found.changed.items()
        },
    )


def serve(provider: Provider, version: str) -> None:
    """Serve a provider as a plugin on this machine only, until the CLI ends it."""
    limits = [("grpc.max_receive_message_length", _MESSAGE_LIMIT), ("grpc.max_send_message_length", _MESSAGE_LIMIT)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderServicer(provider, version), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
