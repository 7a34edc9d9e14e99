"""Every rule, by its own examples: a rule that has them is tested with no more lines."""

import pytest

from kade.policies.kit.rules import Rule
from kade.policies.kit.serving import built_in, load
from kade.policies.kit.testing import test_rule

RULES = [rule for folder in built_in().values() if (folder / "__main__.py").exists() for rule in load(folder).rules]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples(rule: Rule) -> None:
    test_rule(rule)
