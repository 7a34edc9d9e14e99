"""The gRPC server that a program and its policy packs talk to: the monitor, and the engine's own small service."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2_grpc

_empty: Any = empty_pb2
_OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
]
_WORKERS = 128  # a registration that waits (for another stack, for a hook) holds one
_SEVERITIES = {0: "debug", 1: "info", 2: "warning", 3: "error"}


class EngineService(engine_pb2_grpc.EngineServicer):
    """What programs and packs say, and which resource is the root."""

    def __init__(self, say: Callable[[str, str, str], None]) -> None:
        """``say`` gets severity, message and urn."""
        self._say = say
        self._root = ""

    def Log(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        self._say(_SEVERITIES.get(request.severity, "info"), request.message, request.urn)
        return _empty.Empty()

    def SetRootResource(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return engine_pb2.RequirePulumiVersionResponse()


class Server:
    """A running server; `address` is where. Close it, or use it as a context manager."""

    def __init__(self, say: Callable[[str, str, str], None]) -> None:
        self._pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="monitor")
        self._server = grpc.server(self._pool, options=_OPTIONS)
        engine_pb2_grpc.add_EngineServicer_to_server(EngineService(say), self._server)
        self._port = self._server.add_insecure_port("127.0.0.1:0")
        self.address = f"127.0.0.1:{self._port}"

    def serve(self, monitor: resource_pb2_grpc.ResourceMonitorServicer) -> None:
        """Begin, with this monitor."""
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)
        self._server.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(0)
        self._pool.shutdown(wait=False, cancel_futures=True)
