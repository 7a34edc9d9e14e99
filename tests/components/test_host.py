"""The component host as another language uses it: its schema, and a component that is made from plain dictionaries."""

import json
import subprocess
import sys
from concurrent import futures
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc

EMPTY, STRUCT = vars(empty_pb2)["Empty"], vars(struct_pb2)["Struct"]  # protobuf makes them while it is imported
HOST = Path(__file__).parents[2] / "components"


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Takes every registration and gives it back with a urn and an id."""

    def __init__(self):
        self.registered = []

    def GetDeploymentInfo(self, request, context):  # noqa: N802
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "not here")

    def SupportsFeature(self, request, context):  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "outputValues"))

    def RegisterResource(self, request, context):  # noqa: N802
        self.registered.append(request)
        urn = f"urn:pulumi:test::kade::{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"id-{request.name}", object=request.object)

    def RegisterResourceOutputs(self, request, context):  # noqa: N802
        return EMPTY()


class Engine(engine_pb2_grpc.EngineServicer):
    def Log(self, request, context):  # noqa: N802
        return EMPTY()


@pytest.fixture
def monitor():
    return Monitor()


@pytest.fixture
def address(monitor):
    server = grpc.server(futures.ThreadPoolExecutor(4))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0)


@pytest.fixture
def host(address):
    command = [sys.executable, "-u", str(HOST), address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.kill()


def test_the_schema_has_every_component_with_its_arguments(host):
    schema = json.loads(host.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert schema["name"] == "kade"
    groups = schema["resources"]["kade:index:ManagementGroups"]
    assert groups["isComponent"] is True
    assert "groups" in groups["requiredInputs"]
    assert "rootParent" in groups["inputProperties"]
    served = {"Subscription", "PolicyAssignments", "KeyVault", "Spoke", "HubNetwork", "PublicDnsZone", "Ingress"}
    assert served <= {t.rsplit(":", 1)[-1] for t in schema["resources"]}


def test_a_component_is_made_from_plain_dictionaries(host, monitor, address):
    inputs = STRUCT()
    inputs.update({"groups": {"top": {"id": "voorbeeld", "displayName": "Gemeente Voorbeeld"}}, "rootParent": "mg"})
    request = provider_pb2.ConstructRequest(
        project="kade",
        stack="test",
        type="kade:index:ManagementGroups",
        name="groups",
        inputs=inputs,
        monitorEndpoint=address,
        parallel=1,
    )
    answer = host.Construct(request)
    assert answer.urn.endswith("kade:index:ManagementGroups::groups")
    (group,) = [r for r in monitor.registered if r.type == "azure-native:management:ManagementGroup"]
    assert group.object["displayName"] == "Gemeente Voorbeeld"
    assert group.object["details"]["parent"]["id"].endswith("/managementGroups/mg")
    assert group.parent == answer.urn
