"""What a pack does with Pulumi's requests: relations in a preview, remediation, configuration, reasons."""

from datetime import date
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct  # ty: ignore[missing-module-member] made at run time
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from kade.policies.kit.exemptions import Exemption
from kade.policies.kit.pack import policies
from kade.policies.kit.rules import RULES
from kade.policies.kit.run_settings import RunSettings
from kade.policies.kit.serving import built_in, load
from kade.policies.kit.types import arm_type_of, current_type, former_types

ACCOUNT = "azure-native:storage:StorageAccount"
SERVICE = "azure-native:storage:BlobServiceProperties"
SETTING = "azure-native:monitor:DiagnosticSetting"
VAULT = "azure-native:keyvault:Vault"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter22"}
TODAY = date(2026, 11, 25)


def service(*rules: str, exemptions: tuple[Exemption, ...] = ()) -> Any:
    load(built_in()["security"])
    made = policies([RULES[name] for name in rules], RunSettings(exemptions), TODAY)
    return _PolicyAnalyzerServicer("kade-security", "0.0.1", made, EnforcementLevel.MANDATORY)


def struct(props: dict[str, Any]) -> Any:
    return ParseDict(props, Struct())


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:prd::kade::{type_}::{name}"


def in_stack(type_: str, name: str, props: dict[str, Any], **depends: str) -> Any:
    made = proto.AnalyzerResource(type=type_, urn=urn(type_, name), name=name, properties=struct(props))
    for key, on in depends.items():
        made.propertyDependencies[key].urns.append(on)
        made.dependencies.append(on)
    return made


def test_a_child_is_found_by_dependency_while_its_owners_name_is_unknown() -> None:
    account = in_stack(ACCOUNT, "a", {"kind": "StorageV2", "accessTier": UNKNOWN_STRING_VALUE})
    other = in_stack(ACCOUNT, "b", {"kind": "StorageV2"})
    kept = {"accountName": UNKNOWN_STRING_VALUE, "deleteRetentionPolicy": {"enabled": True, "days": 7}}
    child = in_stack(SERVICE, "c", kept, accountName=account.urn)
    answer = service("kade-storage-blob-soft-delete").AnalyzeStack(
        proto.AnalyzeStackRequest(resources=[account, other, child]), None
    )
    assert [d.urn for d in answer.diagnostics] == [other.urn]


def test_an_extension_is_found_by_dependency_and_by_id() -> None:
    id_ = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"
    known = in_stack(VAULT, "known", {"id": id_})
    new = in_stack(VAULT, "new", {})
    bare = in_stack(VAULT, "bare", {})
    logs = {"logs": [{"categoryGroup": "audit", "enabled": True}]}
    by_id = in_stack(SETTING, "by-id", {**logs, "resourceUri": id_.upper()})
    by_urn = in_stack(SETTING, "by-urn", {**logs, "resourceUri": UNKNOWN_STRING_VALUE}, resourceUri=new.urn)
    answer = service("kade-key-vault-audit-logs").AnalyzeStack(
        proto.AnalyzeStackRequest(resources=[known, new, bare, by_id, by_urn]), None
    )
    assert [d.urn for d in answer.diagnostics] == [bare.urn]


def test_the_inputs_say_what_is_absent_where_a_previews_outputs_do_not() -> None:
    """azure-native calls every output that is no input unknown in a preview."""
    rule = service("kade-storage-blob-soft-delete", "kade-storage-minimum-tls")
    rule.Analyze(proto.AnalyzeRequest(type=ACCOUNT, urn=urn(ACCOUNT, "a"), name="a", properties=struct({})), None)
    outputs = in_stack(ACCOUNT, "a", {"kind": UNKNOWN_STRING_VALUE, "name": UNKNOWN_STRING_VALUE})
    answer = rule.AnalyzeStack(proto.AnalyzeStackRequest(resources=[outputs]), None)
    assert [d.policyName for d in answer.diagnostics] == ["kade-storage-blob-soft-delete"]


def test_a_verdict_in_the_stack_names_its_resource() -> None:
    resources = [
        in_stack(ACCOUNT, "files", {"kind": "FileStorage"}),
        in_stack(ACCOUNT, "unknown", {"kind": UNKNOWN_STRING_VALUE}, kind="urn:x"),
        in_stack(ACCOUNT, "exempt", {"kind": "StorageV2"}),
    ]
    exemption = Exemption("kade-storage-*", "exempt", "no data", "j@x.example", date(2027, 1, 1))
    answer = service("kade-storage-blob-soft-delete", exemptions=(exemption,)).AnalyzeStack(
        proto.AnalyzeStackRequest(resources=resources), None
    )
    assert not answer.diagnostics
    (note,) = answer.not_applicable
    lines = note.reason.split("\n")
    for line, prefix, name in zip(
        lines, ("not-applicable", "not-evaluated", "exempt"), ("files", "unknown", "exempt"), strict=True
    ):
        assert line.startswith(f"{prefix}: [{urn(ACCOUNT, name)}] ")


def test_remediation_changes_one_property_and_keeps_unknowns_and_secrets() -> None:
    rule = service("kade-storage-minimum-tls")
    configuration = proto.ConfigureAnalyzerRequest()
    configuration.policyConfig["kade-storage-minimum-tls"].enforcementLevel = proto.REMEDIATE
    rule.Configure(configuration, None)
    props = {"minimumTlsVersion": "TLS1_0", "accountName": UNKNOWN_STRING_VALUE, "tags": {"k": SECRET}}
    request = proto.AnalyzeRequest(type=ACCOUNT, urn=urn(ACCOUNT, "a"), name="a", properties=struct(props))
    (made,) = rule.Remediate(request, None).remediations
    assert MessageToDict(made.properties) == {**props, "minimumTlsVersion": "TLS1_2"}
    props["minimumTlsVersion"] = "TLS1_3"
    request.properties.CopyFrom(struct(props))
    assert not rule.Remediate(request, None).remediations


def test_settings_come_from_pulumis_configuration() -> None:
    load(built_in()["residency"])
    rule = policies([RULES["kade-residency-location"]], today=TODAY)
    servicer = _PolicyAnalyzerServicer("kade-residency", "0.0.1", rule, EnforcementLevel.MANDATORY)
    props = struct({"location": "northeurope"})
    request = proto.AnalyzeRequest(type=ACCOUNT, urn=urn(ACCOUNT, "a"), name="a", properties=props)
    assert not servicer.Analyze(request, None).diagnostics
    configuration = proto.ConfigureAnalyzerRequest()
    entry = proto.PolicyConfig(enforcementLevel=proto.MANDATORY, properties=struct({"mode": "nl"}))
    configuration.policyConfig["kade-residency-location"].CopyFrom(entry)
    servicer.Configure(configuration, None)
    assert "northeurope" in servicer.Analyze(request, None).diagnostics[0].message


@pytest.mark.parametrize("type_", ["pulumi:pulumi:Stack", "kade:index:HubNetwork", "pulumi:providers:azure-native"])
def test_what_is_no_azure_resource_is_left_alone(type_: str) -> None:
    load(built_in()["residency"])
    made = policies([r for r in RULES.values() if "*" in r.types], today=TODAY)
    servicer = _PolicyAnalyzerServicer("kade-residency", "0.0.1", made, EnforcementLevel.MANDATORY)
    answer = servicer.Analyze(
        proto.AnalyzeRequest(type=type_, urn=urn(type_, "x"), name="x", properties=struct({})), None
    )
    assert not answer.diagnostics
    assert not answer.not_applicable


def test_a_program_of_azure_native_2_is_judged_as_well() -> None:
    assert former_types("azure-native:applicationinsights:Component") == ("azure-native:insights:Component",)
    assert current_type("azure-native:insights/v20200202:Component") == "azure-native:applicationinsights:Component"
    assert current_type("azure-native:storage/v20230101:StorageAccount") == ACCOUNT
    assert arm_type_of("azure-native:insights:Component") == "Microsoft.Insights/components"
