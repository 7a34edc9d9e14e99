from dataclasses import replace

from kade.policies.kit.docs import page
from kade.policies.kit.rules import RULES
from tools.rule_docs import FOLDER, pages


def test_the_pages_are_those_of_the_rules() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    wanted = pages()
    differ = sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))
    assert not differ, f"run `make docs`: {len(differ)} pages are not current, such as {differ[0]}"


def test_a_rule_of_ours_leads_to_its_page_and_another_to_none() -> None:
    made = pages()
    ours = [rule for rule in RULES.values() if rule.id.startswith("kade-")]
    assert ours
    assert {rule.url.partition("/docs/rules/")[2] for rule in ours} <= made.keys()
    assert replace(ours[0], id="lindewaard-tags").url == ""


def test_a_page_tells_what_one_needs_to_know() -> None:
    pages()
    text = page(RULES["kade-storage-minimum-tls"])
    for part in (
        "Azure.Storage.MinTLS",
        "8.24.04",
        "21(2)(h)",
        "TLS 1.0",
        "`remediate`",
        '"minimumTlsVersion": "TLS1_3"',
    ):
        assert part in text
