import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest

from kade.check import CheckReport, CheckResult
from kade.report import CHECK, reporter

ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st1"


def result(rule="kade-storage-minimum-tls", verdict="fail", severity="high", resource=ID, **parts):
    defaults: dict[str, Any] = {
        "title": "Refuse old TLS",
        "equivalents": {"psrule": ["Azure.Storage.MinTLS"], "checkov": []},
        "type": "Microsoft.Storage/storageAccounts",
        "measures": ["8.24.04"],
        "message": "minimumTlsVersion is <TLS1_0> & old\x01",
        "remediation": "Set it.",
        "enforcement": "mandatory",
        "pack": "kade-security",
        "file": "infra/template one.json",
    }
    return CheckResult(rule=rule, verdict=verdict, severity=severity, resource=resource, **(defaults | parts))


@pytest.fixture
def report():
    results = [
        result(),
        result(),  # the same rule twice on one resource
        result("kade-b", severity="low", resource="other"),
        result("kade-b", verdict="pass"),
        result("kade-c", verdict="not_evaluated"),
        result("kade-c", verdict="exempt"),
        result("kade-c", verdict="not_applicable"),
    ]
    counts = Counter(r.verdict for r in results)
    return CheckReport(results, counts, resources=2, rules=3, unread=Counter({"Microsoft.X/y": 1}))


@pytest.mark.parametrize("name", CHECK)
def test_every_format_renders_a_full_and_an_empty_report(name, report):
    assert "kade-storage-minimum-tls" in reporter(CHECK, name)(report)
    assert reporter(CHECK, name)(CheckReport(rules=3, resources=2))


def test_sarif_is_of_the_form_of_2_1_0(report):
    log = json.loads(reporter(CHECK, "sarif")(report))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules)
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
        assert found["level"] in ("error", "warning", "note", "none")
        assert found["kind"] in ("fail", "pass", "review", "notApplicable", "open", "informational")
        assert found["kind"] == "fail" or found["level"] == "none"  # section 3.27.10 of the standard
        assert found["message"]["text"]
        (place,) = found["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "infra/template%20one.json"
    exempt = [r for r in run["results"] if r["properties"]["verdict"] == "exempt"]
    assert [s["kind"] for r in exempt for s in r["suppressions"]] == ["external"]


def test_sarif_keeps_its_fingerprints(report):
    def prints(of):
        run = json.loads(reporter(CHECK, "sarif")(of))["runs"][0]
        return [r["partialFingerprints"]["kadeFinding/v1"] for r in run["results"] if r["kind"] == "fail"]

    first = prints(report)
    assert len(set(first)) == len(first)
    report.results.insert(0, result("kade-a", resource="new"))
    assert set(first) <= set(prints(report))


def test_junit_is_xml_with_the_right_numbers(report):
    suites = ElementTree.fromstring(reporter(CHECK, "junit")(report))  # noqa: S314 - our own text
    (suite,) = suites
    cases = list(suite)
    failures, skipped = suite.findall("testcase/failure"), suite.findall("testcase/skipped")
    assert suite.attrib["tests"] == str(len(cases)) == "7"
    assert suite.attrib["failures"] == str(len(failures)) == "3"
    assert suite.attrib["skipped"] == str(len(skipped)) == "3"
    assert failures[0].attrib["message"].startswith("minimumTlsVersion is <TLS1_0> & old")


def test_junit_without_failures_has_one_case():
    suites = ElementTree.fromstring(reporter(CHECK, "junit")(CheckReport(rules=3, resources=2)))  # noqa: S314
    assert len(suites.findall("testsuite/testcase")) == 1
