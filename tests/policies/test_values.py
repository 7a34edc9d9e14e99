from collections.abc import Callable
from typing import Any

import pytest

from kade.policies.kit import UNKNOWN, Node, UnknownValueError, sift


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(True, True), ("true", True), ("Enabled", True), ("Off", False), (" disabled ", False), (None, False)],
)
def test_a_flag(value: Any, wanted: bool) -> None:
    assert Node({"a": value}).flag("a", default=False) is wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("TLS1_2", 1.2), ("1.2", 1.2), ("Tls13", 1.3), ("TLS1_0", 1.0), (1.2, 1.2), ("TLSv1.1", 1.1),
        ("TLSEnforcementDisabled", 0.0), ("1", 1.0), (None, 1.0),
    ],
)  # fmt: skip
def test_a_tls_version(value: Any, wanted: float) -> None:
    assert Node({"a": value}).tls("a", default=1.0) == wanted


READS: list[Callable[[Node], Any]] = [
    lambda n: n.flag("a", default=True),
    lambda n: n.text("a"),
    lambda n: n.number("a"),
    lambda n: n.tls("a", default=1.0),
    lambda n: list(n.items("a")),
    lambda n: n.node("a"),
    lambda n: n.words("a"),
    lambda n: list(n.entries("a")),
    lambda n: n.has("a"),
    lambda n: n.raw("a"),
    lambda n: n.text("a.b"),
    lambda n: n.is_("a", "x"),
]


@pytest.mark.parametrize("read", READS)
def test_an_unknown_value_raises_and_says_where(read: Any) -> None:
    with pytest.raises(UnknownValueError, match=r"^a is not known until deployed"):
        read(Node({"a": UNKNOWN}))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("maybe", lambda n: n.flag("a", default=True)),
        (3, lambda n: n.flag("a", default=True)),
        ([], lambda n: n.text("a")),
        (True, lambda n: n.number("a")),
        ("NaN", lambda n: n.number("a")),
        ("x", lambda n: list(n.items("a"))),
        ([], lambda n: n.node("a")),
        ("x", lambda n: n.text("a.b")),
        ([5], lambda n: [i.text("x") for i in n.items("a")]),
    ],
)
def test_a_value_of_another_type_raises_without_the_value(value: Any, read: Any) -> None:
    with pytest.raises(UnknownValueError, match="expected") as error:
        read(Node({"a": value}))
    assert "maybe" not in str(error.value)


def test_letter_case_null_and_properties() -> None:
    node = Node(
        {"AuthorizedIPRanges": ["1.2.3.4"], "sku": None, "properties": {"enabled": "true", "sku": {"name": "x"}}}
    )
    assert node.words("authorizedIpRanges") == ["1.2.3.4"]
    assert node.flag("enabled", default=False)
    assert not node.has("sku")
    assert node.text("absent.at.all", "x") == "x"


def test_a_property_whose_properties_are_unknown_is_unknown() -> None:
    with pytest.raises(UnknownValueError, match="properties"):
        Node({"properties": UNKNOWN}).flag("enabled", default=False)


def test_singular_and_plural_together_and_places_in_lists() -> None:
    node = Node({"one": "A", "many": ["b", None, "", "C"], "rules": [None, {"x": 1}, UNKNOWN]})
    assert node.words("one", "many", "none") == ["a", "b", "c"]
    first, second = node.items("rules")
    assert first.at("x") == "rules[1].x"
    with pytest.raises(UnknownValueError, match=r"rules\[2\]"):
        second.text("x")


def test_refers_counts_what_is_still_to_be_made() -> None:
    assert Node({"nsg": {"id": UNKNOWN}}).refers("nsg.id")
    assert not Node({"nsg": {"id": ""}}).refers("nsg.id")


def test_sift_reports_what_is_certain_before_what_is_not() -> None:
    items = list(Node({"r": [UNKNOWN, {"open": True}, {"open": False}]}).items("r"))
    found = sift(items, lambda n: n.flag("open", default=False))
    assert next(found).path == "r[1]"
    with pytest.raises(UnknownValueError):
        next(found)
