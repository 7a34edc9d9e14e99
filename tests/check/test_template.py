from typing import Any

import pytest

from kade.check.template import Template
from kade.policies.kit import UNKNOWN


def resources(document: dict[str, Any], **given: Any) -> list[dict[str, Any]]:
    return list(Template(document, given).resources())


def test_parameters_come_from_the_file_first_then_from_the_default() -> None:
    document = {
        "parameters": {"Tls": {"defaultValue": "TLS1_0"}, "kind": {"defaultValue": "[concat('Storage', 'V2')]"}},
        "resources": [{"type": "A.B/c", "name": "x", "kind": "[parameters('kind')]", "tls": "[parameters('tls')]"}],
    }
    assert resources(document)[0]["tls"] == "TLS1_0"
    assert resources(document, tls="TLS1_2")[0] == {"type": "A.B/c", "name": "x", "kind": "StorageV2", "tls": "TLS1_2"}


def test_variables_may_refer_to_each_other_and_not_to_themselves() -> None:
    document = {
        "variables": {"a": "[variables('b')]", "b": "ok", "c": "[variables('d')]", "d": "[variables('c')]"},
        "resources": [{"type": "A.B/c", "name": "x", "a": "[variables('a')]", "c": "[variables('c')]"}],
    }
    made = resources(document)[0]
    assert made["a"] == "ok"
    assert made["c"] is UNKNOWN


def test_copy_of_resources_properties_and_variables() -> None:
    document = {
        "variables": {"copy": [{"name": "names", "count": 2, "input": "[concat('v', copyIndex('names', 1))]"}]},
        "resources": [
            {
                "type": "A.B/c",
                "name": "[concat('r', copyIndex())]",
                "copy": {"name": "loop", "count": "[length(variables('names'))]"},
                "properties": {
                    "outer": "[variables('names')[copyIndex('loop')]]",
                    "copy": [
                        {
                            "name": "rules",
                            "count": 2,
                            "input": {"n": "[copyIndex('rules')]", "o": "[copyIndex('loop')]"},
                        }
                    ],
                },
            }
        ],
    }
    made = resources(document)
    assert [r["name"] for r in made] == ["r0", "r1"]
    assert made[1]["properties"] == {"outer": "v2", "rules": [{"n": 0, "o": 1}, {"n": 1, "o": 1}]}


def test_a_count_that_is_unknown_still_gives_the_resource_once() -> None:
    made = resources(
        {"resources": [{"type": "A.B/c", "name": "x", "copy": {"name": "l", "count": "[parameters('n')]"}}]}
    )
    assert len(made) == 1


def test_a_condition_that_is_false_leaves_the_resource_out_and_an_unknown_one_keeps_it() -> None:
    made = resources(
        {
            "resources": [
                {"type": "A.B/c", "name": "no", "condition": "[equals(1, 2)]"},
                {"type": "A.B/c", "name": "maybe", "condition": "[parameters('absent')]"},
            ]
        }
    )
    assert [r["name"] for r in made] == ["maybe"]


def test_children_get_the_full_type_and_name() -> None:
    made = resources(
        {"resources": [{"type": "A.B/c", "name": "p", "resources": [{"type": "d", "name": "k", "resources": []}]}]}
    )
    assert made[0]["resources"][0] == {"type": "A.B/c/d", "name": "p/k"}


def test_a_parameter_without_a_value_still_names_parent_and_child_alike() -> None:
    made = resources(
        {
            "resources": [
                {"type": "A.B/c", "name": "[parameters('n')]"},
                {"type": "A.B/c/d", "name": "[concat(parameters('n'), '/default')]"},
            ]
        }
    )
    assert [r["name"] for r in made] == ["{n}", "{n}/default"]


@pytest.mark.parametrize(("scope", "wanted"), [("inner", "given"), ("outer", "outer")])
def test_nested_deployments(scope: str, wanted: str) -> None:
    inner = {
        "parameters": {"x": {"type": "string"}},
        "resources": [{"type": "A.B/c", "name": "n", "value": "[parameters('x')]"}],
    }
    deployment = {
        "type": "Microsoft.Resources/deployments",
        "name": "d",
        "properties": {
            "expressionEvaluationOptions": {"scope": scope},
            "parameters": {"x": {"value": "given"}},
            "template": inner,
        },
    }
    made = resources({"parameters": {"x": {"defaultValue": "outer"}}, "resources": [deployment]})
    assert [r["type"] for r in made] == ["Microsoft.Resources/deployments", "A.B/c"]
    assert made[1]["value"] == wanted
    assert made[0]["properties"]["template"] == inner, "rules on deployments read the template as it is written"


def test_symbolic_names_and_existing_resources() -> None:
    made = resources(
        {
            "languageVersion": "2.0",
            "resources": {
                "mine": {"type": "A.B/c", "name": "x"},
                "theirs": {"type": "A.B/c", "name": "y", "existing": True},
            },
        }
    )
    assert [r["name"] for r in made] == ["x"]


@pytest.mark.parametrize("odd", [None, 5, "text", {"a": 1}, [None, 3, "x", []]])
def test_oddly_shaped_templates_give_nothing(odd: Any) -> None:
    assert resources({"resources": odd, "parameters": odd, "variables": odd}) == []
