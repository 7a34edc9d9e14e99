"""Random resources crash no rule: any type, any shape. ``make fuzz`` runs a hundred thousand of them."""

import json
import os
import random
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kade.check import run
from kade.facts.azure_types import module_data, type_by_token
from kade.policies.kit.evaluate import Context, check_resource, check_stack
from kade.policies.kit.resource import Resource, Stack
from kade.policies.kit.rules import Rule
from kade.policies.kit.serving import built_in, load
from kade.policies.kit.testing import build, examples
from kade.policies.kit.values import UNKNOWN

COUNT = int(os.environ.get("KADE_FUZZ", "2000"))
RULES = [rule for folder in built_in().values() for rule in load(folder).rules]
TYPES = sorted({t for rule in RULES for t in rule.types if t != "*"})
CONTEXT = Context(today=date(2026, 11, 25))
WORDS = [
    "",
    "*",
    "Allow",
    "deny",
    "TLS1_2",
    "22-25",
    "0.0.0.0/0",
    "westeurope",
    "/subscriptions/x",
    "Enabled",
    "é\0",
    "[x]",
]
LEAVES: list[Any] = [None, True, False, 0, -1, 7.5, 10**30, float("nan"), float("inf"), UNKNOWN, *WORDS]


class Maker:
    """Makes resources at random, with the names that the table knows so that rules get deep into them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 repeatable on purpose

    def value(self, module: str, kind: str, depth: int = 0) -> Any:
        chance = self.random.random()
        if depth > 4 or chance < 0.3:
            return self.random.choice(LEAVES)
        if chance < 0.4:
            return [self.value(module, kind, depth + 1) for _ in range(self.random.randrange(3))]
        shapes = module_data(module)["shapes"]
        shape = shapes.get(kind.strip("[]{}>").split("|")[0].replace(">", ""), {})
        if not shape:
            return self.random.choice(
                [self.random.choice(LEAVES), {self.random.choice(WORDS): None}, [[]], {"a": [{}]}]
            )
        made = self.props(module, shape, depth + 1)
        return [made, self.random.choice(LEAVES)] if kind.startswith("[") and chance < 0.9 else made

    def props(self, module: str, table: dict[str, str], depth: int = 0) -> dict[str, Any]:
        names = [n for n in table if self.random.random() < 0.6]
        made = {name: self.value(module, table[name].partition(":")[2], depth) for name in names}
        return {(k.upper() if self.random.random() < 0.05 else k): v for k, v in made.items()}

    def resource(self, number: int) -> Resource:
        type_ = self.random.choice(TYPES)
        known = type_by_token(type_)
        props = self.props(known.module, known.props) if known else {}
        props |= {
            n: self.random.choice(LEAVES) for n in ("location", "tags", "sku", "name") if self.random.random() < 0.3
        }
        depends = [f"urn:{self.random.randrange(number + 1)}" for _ in range(self.random.randrange(3))]
        return Resource(type_, props, urn=f"urn:{number}", name=self.random.choice(WORDS), depends_on=depends)


def judge(resources: list[Resource]) -> int:
    stack = Stack(resources)
    judged = 0
    for rule in RULES:
        if rule.whole_stack:
            judged += len(list(check_stack(rule, stack, CONTEXT)))
            continue
        for resource in resources:
            if rule.applies_to(resource.type):
                check_resource(rule, resource, CONTEXT)
                judged += 1
    return judged


def test_random_resources_crash_no_rule() -> None:
    judged = 0
    for seed in range(0, COUNT, 50):
        maker = Maker(seed)
        judged += judge([maker.resource(number) for number in range(min(50, COUNT))])
    assert judged >= COUNT


def test_examples_with_anything_in_any_place_crash_no_rule() -> None:
    chosen = random.Random(1)  # noqa: S311 repeatable on purpose

    def spoil(value: Any) -> Any:
        if chosen.random() < 0.15:
            return chosen.choice([*LEAVES, [], {}, [None], {"a": 1}])
        if isinstance(value, dict):
            return {k: spoil(v) for k, v in value.items()}
        return [spoil(v) for v in value] if isinstance(value, list) else value

    def spoilt(rule: Rule) -> None:
        for _, _, given_ in examples(rule):
            made = build(rule, given_)
            for resource in made:
                resource._data = {key: spoil(value) for key, value in resource.props.items()}
                resource._lower = None
            stack = Stack(made)
            if rule.whole_stack:
                list(check_stack(rule, stack, CONTEXT))
            else:
                check_resource(rule, made[0], CONTEXT)

    for _ in range(max(3, COUNT // 500)):
        for rule in RULES:
            spoilt(rule)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
ARM = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["Microsoft.Storage/storageAccounts", "microsoft.network/networksecuritygroups", "x/y", "A.B/c"]
        )
    },
    optional={
        "name": JSON,
        "id": JSON,
        "location": JSON,
        "properties": JSON,
        "resources": JSON
        | st.lists(st.fixed_dictionaries({"type": st.just("blobServices"), "name": JSON}), max_size=2),
        "tags": JSON,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ARM | JSON, min_size=1, max_size=4))
def test_random_arm_is_read_without_a_crash(tmp_path: Path, resources: list[Any]) -> None:
    path = tmp_path / "fuzz.json"
    path.write_text(json.dumps([{"type": "Microsoft.Storage/storageAccounts", "name": "a"}, *resources]))
    assert run([path], exemptions=[]).resources >= 1
