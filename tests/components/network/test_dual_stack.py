"""Dual stack: every rule holds addresses of one version, and both versions get what the matrix says."""

from kade.components.network.matrix_rules import firewall_group, security_rules
from kade.components.network.reach import Packet, judge_security_group
from kade.components.network.rules import NetworkRule
from kade.components.network.segments import Flow, Matrix, Zone

FRONT = ["10.0.0.0/26", "fd12:3456:789a::/64"]
DATA = ["10.0.0.64/26", "fd12:3456:789a:1::/64"]
ZONES = {"frontend": Zone("frontend", {"a": FRONT}, 2), "data": Zone("data", {"a": DATA}, 4)}
MATRIX = Matrix(ZONES, [Flow("pages", "frontend", "data", "Pages read their data", ["5432"])])


def test_no_rule_mixes_versions_and_both_are_judged_alike():
    rules = security_rules(MATRIX, "data", "a", DATA)
    for rule in rules:
        if rule.access == "Allow":
            assert len({":" in address for address in (*rule.sources, *rule.destinations)}) == 1
    for source, target in (("10.0.0.9", "10.0.0.70"), ("fd12:3456:789a::9", "fd12:3456:789a:1::9")):
        for port, wanted in ((5432, True), (5433, False)):
            assert judge_security_group(rules, Packet(source, target, port), "Inbound").allowed == wanted
    numbers = [(r.direction, r.priority) for r in rules]
    assert len(set(numbers)) == len(numbers)


def test_the_firewall_is_told_no_ipv6():
    group = firewall_group(MATRIX, "matrix", 1000)
    assert group is not None
    (rule,) = group.collections[0].rules
    assert isinstance(rule, NetworkRule)
    assert (rule.sources, rule.destinations) == (("10.0.0.0/26",), ("10.0.0.64/26",))
