"""What a preview writes for code scanning and for test reports."""

import json

import pytest
from defusedxml import ElementTree

from kade.report import ENDINGS, reporter_for
from kade.report.model import Preview
from tests.report.samples import finding, stack


def report():
    made = stack()
    made.policies = [
        finding(made),
        finding(made, verdict="pass", name="rg-new"),
        finding(made, verdict="exempt", name="moved"),
        finding(made, verdict="not_evaluated", name="rg-same"),
        finding(made, verdict="not_applicable", name="rg-old"),
    ]
    return Preview("lindewaard (prd)", [made], source="estates/lindewaard/estate.yaml")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_has_a_report(ending):
    assert reporter_for(ending)(report())


def test_sarif_names_the_estate_file_and_keeps_its_fingerprints():
    first, second = (json.loads(reporter_for(".sarif")(report()))["runs"][0]["results"] for _ in range(2))
    assert [r["kind"] for r in first] == ["fail", "fail"]
    assert [bool(r.get("suppressions")) for r in first] == [False, True]
    places = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in first}
    assert places == {"estates/lindewaard/estate.yaml"}
    assert [r["partialFingerprints"] for r in first] == [r["partialFingerprints"] for r in second]
    assert {r["ruleId"] for r in first} == {"kade-network-inbound"}


def test_two_stacks_with_a_resource_of_one_name_have_their_own_fingerprints():
    def prints(*names):
        stacks = [stack(name) for name in names]
        for one in stacks:
            one.policies = [finding(one)]
        results = json.loads(reporter_for(".sarif")(Preview("x", stacks, source="estate.yaml")))["runs"][0]["results"]
        return [tuple(r["partialFingerprints"].values()) for r in results]

    first, second = prints("x.prd.platform", "x.prd.workplace")
    assert prints("x.prd.workplace") == [second]  # it stays the same alert when the other one is mended
    assert first != second


def test_junit_has_a_suite_for_each_stack_and_no_case_for_what_does_not_apply():
    root = ElementTree.fromstring(reporter_for(".xml")(report()))
    [suite] = root
    assert suite.get("name") == "lindewaard.prd.platform"
    assert [suite.get(name) for name in ("tests", "failures", "skipped")] == ["4", "1", "2"]


def test_junit_of_no_verdict_has_one_case():
    root = ElementTree.fromstring(reporter_for(".xml")(Preview("x", [stack()])))
    assert [case.get("name") for case in root.iter("testcase")] == ["no rule applies"]
