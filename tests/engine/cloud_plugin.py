# ruff: noqa: N802 - the names are the protocol's
"""The test cloud as a Pulumi plugin, so that the Pulumi CLI can run the programs of the tests: prints its port."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Cloud

from kade.engine import wire
from kade.engine.provider import Change
from kade.engine.values import UNKNOWN, Secret

_KINDS = {"add": 0, "delete": 2, "update": 4}  # PropertyDiff.Kind; one more is the same with a replacement
_Response = provider_pb2.DiffResponse
_empty: Any = empty_pb2


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """One process of the CLI's; what was made in an earlier one is taken for there."""

    def __init__(self) -> None:
        self.cloud = Cloud()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return _Response(changes=_Response.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    def Check(self, request: Any, context: Any) -> Any:
        olds = wire.decode(request.olds) if request.HasField("olds") else None
        checked = self.cloud.check(request.urn, request.type, olds, wire.decode(request.news), preview=True)
        failures = [provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in checked.failures]
        return provider_pb2.CheckResponse(inputs=wire.encode(checked.inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:
        olds, news = wire.decode(request.old_inputs), wire.decode(request.news)
        found = self.cloud.diff(request.urn, request.type, request.id, olds, {}, news)
        kinds: dict[str, Any] = {
            path: provider_pb2.PropertyDiff(kind=_KINDS[kind] + (path in found.replaces), inputDiff=True)
            for path, kind in found.changed.items()
        }
        keys = sorted({path.split(".")[0].split("[")[0] for path in found.changed})
        return _Response(
            changes=_Response.DIFF_NONE if found.change is Change.NONE else _Response.DIFF_SOME,
            diffs=keys,
            replaces=[path.split(".")[0].split("[")[0] for path in found.replaces],
            detailedDiff=kinds,
            hasDetailedDiff=True,
            deleteBeforeReplace=found.delete_before_replace,
        )

    def Create(self, request: Any, context: Any) -> Any:
        made = self.cloud.create(request.urn, request.type, wire.decode(request.properties), preview=request.preview)
        id_ = "" if made.id is UNKNOWN else made.id
        return provider_pb2.CreateResponse(id=id_, properties=self._outputs(made.outputs))

    def Update(self, request: Any, context: Any) -> Any:
        olds, news = wire.decode(request.olds), wire.decode(request.news)
        made = self.cloud.update(request.urn, request.type, request.id, {}, olds, news, preview=request.preview)
        return provider_pb2.UpdateResponse(properties=self._outputs(made.outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        return _empty.Empty()

    def Read(self, request: Any, context: Any) -> Any:
        values = {"thingName": request.id.strip("/"), "size": 1}
        outputs = {**values, "endpoint": f"https://{values['thingName']}"}
        return provider_pb2.ReadResponse(id=request.id, properties=wire.encode(outputs), inputs=wire.encode(values))

    def Invoke(self, request: Any, context: Any) -> Any:
        answer = self.cloud.invoke(request.tok, wire.decode(request.args), preview=True)
        made: Any = provider_pb2.InvokeResponse()
        getattr(made, "return").CopyFrom(wire.encode(answer))
        return made

    @staticmethod
    def _outputs(outputs: dict[str, Any]) -> Any:
        return wire.encode({k: Secret(v) if k == "key" else v for k, v in outputs.items()})


def main() -> None:
    """Serve until the CLI ends us."""
    server = grpc.server(ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
