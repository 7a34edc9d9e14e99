import json

from kade.engine.values import UNKNOWN, Secret
from kade.report import json_digest
from kade.report.model import Preview
from tests.report.samples import finding, stack


def digest(*stacks, **parts):
    return json.loads(json_digest.render(Preview("lindewaard", stacks, **parts)))


def test_one_stack_is_pulumis_digest():
    made = stack()
    made.config = {"kade:estate": "lindewaard"}
    found = digest(made, timings={"program": 0.5})
    assert found["config"] == {"kade:estate": "lindewaard"}
    assert found["duration"] == 1_250_000_000
    assert found["timings"] == {"program": 0.5}
    update = next(s for s in found["steps"] if s["op"] == "update")
    assert update["detailedDiff"]["tags.owner"] == {"kind": "update", "inputDiff": True}
    assert update["oldState"]["inputs"]["tags"] == {"owner": "a"}
    assert update["newState"]["parent"].endswith("kade:index:Hub::hub")
    create = next(s for s in found["steps"] if s["op"] == "create")
    assert create["detailedDiff"] is None
    assert "oldState" not in create
    assert next(s for s in found["steps"] if s["op"] == "replace")["replaceReasons"] == ["location"]


def test_estate_has_all_steps_on_top_and_each_stack_by_name():
    found = digest(stack(), stack("lindewaard.prd.connectivity"))
    assert list(found["stacks"]) == ["lindewaard.prd.platform", "lindewaard.prd.connectivity"]
    assert len(found["steps"]) == 2 * len(found["stacks"]["lindewaard.prd.platform"]["steps"])
    assert found["changeSummary"]["update"] == 2
    assert "lindewaard.prd.connectivity" in found["steps"][-1]["urn"]


def test_unknown_and_secret_are_said_in_words():
    made = stack()
    made.outputs = {"a": Secret("x"), "b": UNKNOWN, "c": [UNKNOWN]}
    assert digest(made)["stacks"][made.stack]["outputs"] == {
        "a": "[secret]",
        "b": "[unknown until deployed]",
        "c": ["[unknown until deployed]"],
    }


def test_a_policy_result_has_the_members_of_check():
    made = stack()
    made.policies = [finding(made)]
    (result,) = digest(made)["policies"]["results"]
    assert result["equivalents"] == {"psrule": ["Azure.NSG.AnyInboundSource"], "checkov": []}
    assert {k: result[k] for k in ("rule", "resource", "type", "verdict", "severity", "measures", "message")} == {
        "rule": "kade-network-inbound",
        "resource": "vnet",
        "type": "Microsoft.Network/virtualNetworks",
        "verdict": "fail",
        "severity": "high",
        "measures": ["8.20.01"],
        "message": "allows 0.0.0.0/0 on port 22",
    }
