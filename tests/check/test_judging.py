from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kade.check import CheckError, CheckReport, RuleFaultError, run
from kade.policies.kit.exemptions import Exemption

GROUP = "/subscriptions/s/resourceGroups/g/providers"
ACCOUNT = {"type": "Microsoft.Storage/storageAccounts", "kind": "StorageV2", "name": "a", "properties": {}}
KEPT = {"deleteRetentionPolicy": {"enabled": True, "days": 14}}
SERVICE = "Microsoft.Storage/storageAccounts/blobServices"


def verdicts(report: CheckReport, rule: str) -> dict[str, str]:
    return {r.resource: r.verdict for r in report.results if r.rule == rule}


@pytest.mark.parametrize(
    "resources",
    [
        [{**ACCOUNT, "resources": [{"type": SERVICE, "name": "default", "properties": KEPT}]}],
        [{**ACCOUNT, "resources": [{"type": "blobServices", "name": "default", "properties": KEPT}]}],
        [ACCOUNT, {"type": SERVICE, "name": "a/default", "properties": KEPT}],
        [{"type": SERVICE.upper(), "name": "A/default", "properties": KEPT}, ACCOUNT],
        [
            {**ACCOUNT, "id": f"{GROUP}/Microsoft.Storage/storageAccounts/a"},
            {
                "id": f"{GROUP}/microsoft.storage/storageaccounts/A/blobServices/default",
                "type": SERVICE,
                "properties": KEPT,
            },
        ],
    ],
)
def test_a_control_in_a_child_counts_nested_or_apart(check: Callable[..., CheckReport], resources: list[Any]) -> None:
    found = verdicts(check(resources), "kade-storage-blob-soft-delete")
    assert list(found.values()) == ["pass"]


def test_a_child_of_another_account_does_not_count(check: Callable[..., CheckReport]) -> None:
    report = check([ACCOUNT, {"type": SERVICE, "name": "b/default", "properties": KEPT}])
    assert verdicts(report, "kade-storage-blob-soft-delete") == {"a": "fail"}


def test_a_child_without_an_id_gets_that_of_its_parent(check: Callable[..., CheckReport]) -> None:
    id_ = f"{GROUP}/Microsoft.Network/networkSecurityGroups/nsg"
    rule = {
        "type": "Microsoft.Network/networkSecurityGroups/securityRules",
        "name": "ssh",
        "properties": {
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "*",
            "sourceAddressPrefix": "*",
            "destinationPortRange": "22",
        },
    }
    report = check([{"type": "Microsoft.Network/networkSecurityGroups", "id": id_, "name": "nsg", "resources": [rule]}])
    assert verdicts(report, "kade-network-no-open-management-ports") == {
        id_: "pass",
        f"{id_}/securityRules/ssh": "fail",
    }


def test_the_report_has_the_form_of_the_contract(check: Callable[..., CheckReport]) -> None:
    report = check([ACCOUNT])
    assert set(report.to_json()) == {"version", "summary", "results"}
    first = report.to_json()["results"][0]
    assert set(first) == {
        "rule", "equivalents", "resource", "type", "verdict", "severity", "measures", "message",
    }  # fmt: skip
    assert set(first["equivalents"]) == {"psrule", "checkov"}
    assert report.failed
    assert report.summary["resources"] == 1
    assert sum(report.summary["verdicts"].values()) == len(report.results)


def test_only_failures_are_kept_unless_asked_and_the_summary_counts_all(save: Callable[..., Path]) -> None:
    failed = run([save([ACCOUNT])], exemptions=[])
    every = run([save([ACCOUNT])], exemptions=[], verdicts="all")
    assert {r.verdict for r in failed.results} == {"fail"}
    assert failed.summary == every.summary
    assert len(every.results) > len(failed.results)


def test_an_exemption_holds_until_its_day_and_is_named_when_it_has_ended(check: Callable[..., CheckReport]) -> None:
    rule = "kade-storage-minimum-tls"
    exemption = Exemption(rule, "a", "old scanners", "jan@lindewaard.example", date(2027, 3, 31), "exemptions.yaml:2")
    before = check([ACCOUNT], exemptions=[exemption], today=date(2027, 3, 31))
    after = check([ACCOUNT], exemptions=[exemption], today=date(2027, 4, 1))
    assert [(r.verdict, "old scanners" in r.message) for r in before.results if r.rule == rule] == [("exempt", True)]
    assert [
        (r.verdict, "jan@lindewaard.example ended on 2027-03-31" in r.message) for r in after.results if r.rule == rule
    ] == [("fail", True)]


def test_enforcement_and_settings_are_configured_by_rule(check: Callable[..., CheckReport]) -> None:
    account = {**ACCOUNT, "location": "northeurope", "properties": {"minimumTlsVersion": "TLS1_0"}}
    off = check([account], config={"kade-storage-minimum-tls": {"enforcementLevel": "disabled"}})
    assert verdicts(off, "kade-storage-minimum-tls") == {}
    assert verdicts(off, "kade-residency-location") == {"a": "pass"}
    nl = check([account], config={"kade-residency-location": {"mode": "nl"}})
    assert verdicts(nl, "kade-residency-location") == {"a": "fail"}
    with pytest.raises(CheckError, match="enforcementLevel 'maybe'"):
        check([account], config={"kade-storage-minimum-tls": {"enforcementLevel": "maybe"}})


def test_two_templates_do_not_know_each_other_and_two_exports_do(save: Callable[..., Path]) -> None:
    service = {"type": SERVICE, "name": "a/default", "properties": KEPT}
    exports = run([save([ACCOUNT], "1.json"), save([service], "2.json")], verdicts="all", exemptions=[])
    assert verdicts(exports, "kade-storage-blob-soft-delete") == {"a": "pass"}
    schema = {"$schema": "x/deploymentTemplate.json#", "contentVersion": "1"}
    apart = [save({**schema, "resources": [r]}, f"t{i}.json") for i, r in enumerate((ACCOUNT, service))]
    assert verdicts(run(apart, verdicts="all", exemptions=[]), "kade-storage-blob-soft-delete") == {"a": "fail"}


OWN = """from kade.policies.kit import Resource, Result, rule, serve


@rule("lindewaard-own", "Accounts have an owner", severity="low", types=["azure-native:storage:StorageAccount"],
      measures=["5.09.01"], remediation="Set the tag owner.", passes=[{{"tags": {{"owner": "x"}}}}], fails=[{{}}])
def owned(account: Resource) -> Result:
    {body}


serve("lindewaard")
"""


def test_a_pack_of_ones_own_comes_on_top(check: Callable[..., CheckReport], tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(
        OWN.format(body='return None if account.has("tags.owner") else "no tag owner"')
    )
    report = check([ACCOUNT], packs=[tmp_path])
    assert verdicts(report, "lindewaard-own") == {"a": "fail"}
    assert verdicts(report, "kade-storage-minimum-tls") == {"a": "fail"}


def test_a_rule_that_fails_itself_is_a_fault_and_no_verdict(check: Callable[..., CheckReport], tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(OWN.format(body="return 1 / 0"))
    with pytest.raises(RuleFaultError, match="lindewaard-own failed on a: ZeroDivisionError"):
        check([ACCOUNT], packs=[tmp_path])


def test_packs_that_are_none_or_of_another_kind_are_refused(check: Callable[..., CheckReport], tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="no policy pack here"):
        check([ACCOUNT], packs=[tmp_path])
    (tmp_path / "__main__.py").write_text("from pulumi_policy import PolicyPack\nPolicyPack('x', [])\n")
    with pytest.raises(CheckError, match="kade preview TARGET --pack"):
        check([ACCOUNT], packs=[tmp_path])
