from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kade.check import CheckError, CheckReport, run

ACCOUNT = {
    "type": "Microsoft.Storage/storageAccounts",
    "name": "stlinde",
    "location": "westeurope",
    "kind": "StorageV2",
    "properties": {"minimumTlsVersion": "TLS1_2"},
}
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stlinde"
URN = "urn:pulumi:prd::kade::azure-native:storage:StorageAccount::account"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc:def"}


def tls(report: CheckReport) -> list[tuple[str, str, str]]:
    return [(r.resource, r.type, r.verdict) for r in report.results if r.rule == "kade-storage-minimum-tls"]


def state(**parts: Any) -> dict[str, Any]:
    resource = {"urn": URN, "type": "azure-native:storage:StorageAccount", "custom": True, "id": ID, **parts}
    stack = {"urn": "urn:pulumi:prd::kade::pulumi:pulumi:Stack::kade-prd", "type": "pulumi:pulumi:Stack"}
    return {"version": 3, "deployment": {"manifest": {}, "resources": [stack, resource]}}


ONE = ("stlinde", "Microsoft.Storage/storageAccounts", "pass")


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (ACCOUNT, ONE),
        ([ACCOUNT], ONE),
        (
            [{**ACCOUNT, "type": "microsoft.storage/STORAGEACCOUNTS"}],
            (ONE[0], "microsoft.storage/STORAGEACCOUNTS", "pass"),
        ),
        ({"value": [ACCOUNT]}, ONE),
        ({"data": [{**ACCOUNT, "id": ID, "subscriptionId": "s"}], "count": 1}, (ID, ONE[1], "pass")),
        ([{**ACCOUNT, "id": ID, "resourceGroup": "g", "properties": None}], (ID, ONE[1], "not_evaluated")),
        (state(inputs={"minimumTlsVersion": "TLS1_2"}), (ID, ONE[1], "pass")),
        (state(inputs={}, outputs={"minimumTlsVersion": "TLS1_0"}), (ID, ONE[1], "fail")),
        (state(inputs={"minimumTlsVersion": "TLS1_2"}, outputs={"minimumTlsVersion": "TLS1_0"}), (ID, ONE[1], "fail")),
    ],
)
def test_what_is_taken(check: Callable[..., CheckReport], content: Any, wanted: tuple[str, str, str]) -> None:
    assert tls(check(content)) == [wanted]


def test_a_template_with_comments_a_byte_order_mark_and_its_parameters(
    save: Callable[..., Path], template: Callable[..., dict[str, Any]]
) -> None:
    text = """\ufeff// made by hand
    {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", /* a
    comment */ "contentVersion": "1.0.0.0", "parameters": {"tls": {"type": "string"}}, "resources": [
    {"type": "Microsoft.Storage/storageAccounts", "name": "st//a", "properties":
    {"minimumTlsVersion": "[parameters('tls')]"}}]}"""
    parameters = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "parameters": {"Tls": {"value": "TLS1_0"}},
    }
    both = run([save(text), save(parameters, "p.json")], verdicts="all", exemptions=[])
    assert tls(both) == [("st//a", "Microsoft.Storage/storageAccounts", "fail")]
    alone = run([save(text)], verdicts="all", exemptions=[])
    assert tls(alone)[0][2] == "not_evaluated"
    with pytest.raises(CheckError, match="parameters only"):
        run([save(parameters)])


def test_a_preview_without_what_it_deletes(check: Callable[..., CheckReport]) -> None:
    new = {"urn": URN, "type": "azure-native:storage/v20230101:StorageAccount", "inputs": {}}
    report = check(
        {
            "steps": [
                {
                    "op": "create",
                    "urn": URN,
                    "newState": {**new, "inputs": {"minimumTlsVersion": "[unknown until deployed]"}},
                },
                {"op": "delete", "urn": URN, "oldState": new},
            ],
            "changeSummary": {"create": 1},
        }
    )
    assert tls(report) == [("account", "Microsoft.Storage/storageAccounts", "not_evaluated")]


def test_an_output_that_is_unknown_in_a_preview_is_not_taken_for_an_input(check: Callable[..., CheckReport]) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    new = {
        "urn": URN,
        "type": "azure-native:storage:StorageAccount",
        "inputs": {},
        "outputs": {"minimumTlsVersion": unknown},
    }
    assert tls(check({"steps": [{"op": "create", "newState": new}]}))[0][2] == "fail"


def test_a_secret_in_a_state_is_never_shown(check: Callable[..., CheckReport]) -> None:
    report = check(state(inputs={"minimumTlsVersion": SECRET}))
    assert "abc" not in str(report.to_json())
    assert "[secret]" in str(report.to_json())


def test_what_stands_in_a_resource_of_its_own_type_is_not_judged_as_one(check: Callable[..., CheckReport]) -> None:
    extension = {"name": "Default", "type": ACCOUNT["type"], "properties": {"state": "Enabled"}}
    assert tls(check([{**ACCOUNT, "resources": [extension]}])) == [ONE]


def test_template_expressions_in_a_list_are_not_evaluated_without_a_crash(check: Callable[..., CheckReport]) -> None:
    odd = {**ACCOUNT, "properties": {"minimumTlsVersion": "[parameters('tls')]", "x": "[concat('a'"}}
    assert tls(check([odd]))[0][2] == "not_evaluated"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ('{"a": 1,\n "b": }', "2:7"),
        ("resource st 'Microsoft.Storage/storageAccounts@2023-01-01'", "az bicep build"),
        ({"hello": 1}, "an object with hello"),
        ([{"hello": 1}], "a list whose items have no ARM type"),
        ("5", "a int"),
        ({"version": 2, "deployment": {}}, "only 3"),
        ("[" * 100_000, "nested too deep"),
        (
            {
                "$schema": "x/deploymentTemplate.json#",
                "resources": [{"type": "A.B/c", "name": "[concat("}, {"name": "[f(]"}],
            },
            "[f(]",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_the_file(save: Callable[..., Path], content: Any, said: str) -> None:
    path = save(content)
    with pytest.raises(CheckError) as error:
        run([path])
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_a_file_that_is_not_there_or_of_another_kind(save: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="cannot be read"):
        run([tmp_path / "nope.json"])
    with pytest.raises(CheckError, match="--input state"):
        run([save(ACCOUNT)], input="state")
    with pytest.raises(CheckError, match="one of auto"):
        run([save(ACCOUNT)], input="yaml")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CheckError, match="UTF-8"):
        run([tmp_path / "binary.json"])
