from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.check.expressions import ExpressionError, Scope, evaluate, is_expression
from kade.check.functions import FUNCTIONS
from kade.check.template import Template
from kade.policies.kit import UNKNOWN

PARAMETERS = {"n": 3, "s": "Lindewaard", "list": ["a", "b"], "o": {"Key": {"x": 1}}, "yes": True}


def value(text: str) -> Any:
    scope = Template({}, PARAMETERS).scope
    return evaluate(text, scope)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("['it''s']", "it's"),
        ("[-5]", -5),
        ("[concat('st', toLower(parameters('s')))]", "stlindewaard"),
        ("[concat(parameters('list'), createArray('c'))]", ["a", "b", "c"]),
        ("[parameters('o').key.x]", 1),
        ("[parameters('o')['KEY']]", {"x": 1}),
        ("[parameters('list')[1]]", "b"),
        ("[if(equals(parameters('n'), 3), 'yes', 'no')]", "yes"),
        ("[and(parameters('yes'), not(false()))]", True),
        ("[format('{0}-{1}', 'a', 2)]", "a-2"),
        ("[format('{{{0}}}', 'a')]", "{a}"),
        ("[substring('abcdef', 1, 3)]", "bcd"),
        ("[split('a;b,c', createArray(';', ','))]", ["a", "b", "c"]),
        ("[length('abc')]", 3),
        ("[padLeft(7, 3, '0')]", "007"),
        ("[union(createObject('a', 1), createObject('b', 2))]", {"a": 1, "b": 2}),
        ("[contains(parameters('o'), 'key')]", True),
        ("[div(-7, 2)]", -3),
        ("[mod(7, 3)]", 1),
        ("[string(true())]", "True"),
        ("[json('{\"a\": [1]}')]", {"a": [1]}),
        ("[first('abc')]", "a"),
        ("[coalesce(null(), 'x')]", "x"),
        ("[tryGet(parameters('o'), 'nope')]", None),
        ("[base64ToString(base64('é'))]", "é"),
        ("[empty(parameters('list'))]", False),
        (
            "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]",
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/resource-group"
            "/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
        ),
        (
            "[resourceId('other', 'Microsoft.Storage/storageAccounts', 'a')]",
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/other"
            "/providers/Microsoft.Storage/storageAccounts/a",
        ),
    ],
)
def test_a_value(text: str, wanted: Any) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "[reference('x').properties.y]",
        "[listKeys('x', '2019').keys[0].value]",
        "[parameters('absent')]",
        "[concat('a', parameters('absent'))]",
        "[resourceGroup().location]",
        "[if(parameters('absent'), 'a', 'b')]",
        "[substring(5, 'x')]",
        "[format('{0:D3}', 1)]",
        "[my.function('a')]",
        "[parameters('list')[9]]",
    ],
)
def test_what_cannot_be_told_is_unknown(text: str) -> None:
    assert value(text) is UNKNOWN


def test_a_condition_that_is_certain_needs_not_all_its_parts() -> None:
    assert value("[and(parameters('absent'), false())]") is False
    assert value("[or(true(), parameters('absent'))]") is True
    assert value("[if(true(), 'a', parameters('absent'))]") == "a"
    assert value("[length(createArray(parameters('absent')))]") == 1


@pytest.mark.parametrize("text", ["[concat('a'", "[concat('a',,'b')]", "['a' 'b']", "[%]", "[concat('a'))]", "[]"])
def test_a_mistake_is_told_with_the_expression(text: str) -> None:
    text = text if text.endswith("]") else text + "]"
    with pytest.raises(ExpressionError) as error:
        value(text)
    assert text in str(error.value)


def test_too_deep_is_an_error_and_no_crash() -> None:
    with pytest.raises(ExpressionError, match="deep"):
        value("[" + "string(" * 5000 + "1" + ")" * 5000 + "]")


def test_two_brackets_are_text() -> None:
    assert not is_expression("[[not an expression]")
    assert Template({}).value("[[x]", {}) == "[x]"


@given(st.text(alphabet="[]()'.,?ab1 \n\\{}", max_size=40))
def test_any_text_gives_a_value_or_an_error(text: str) -> None:
    scope = Scope(FUNCTIONS, lambda _: UNKNOWN, lambda _: UNKNOWN, {}, {})
    with suppress(ExpressionError):
        evaluate(f"[{text}]", scope)
