"""The rule kit: write a rule as a small function, and it runs in a policy pack and in ``kade check`` alike.

See ``policies/README.md`` for how. `kade.policies.kit.serve` makes a pack of the rules in a folder.
"""

from kade.policies.kit.exemptions import exempt
from kade.policies.kit.resource import Resource, Stack, not_applicable, not_evaluated
from kade.policies.kit.rules import Example, Finding, Result, Rule, rule, stack_rule
from kade.policies.kit.serving import serve
from kade.policies.kit.values import UNKNOWN, Node, UnknownValueError, sift

__all__ = [
    "UNKNOWN",
    "Example",
    "Finding",
    "Node",
    "Resource",
    "Result",
    "Rule",
    "Stack",
    "UnknownValueError",
    "exempt",
    "not_applicable",
    "not_evaluated",
    "rule",
    "serve",
    "sift",
    "stack_rule",
]
