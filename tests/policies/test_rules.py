"""What every rule of ours has to be, beyond its own examples."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from kade.azure.sdk_types import Kind, schema
from kade.facts.azure_types import type_by_token
from kade.policies.kit.rules import Rule
from kade.policies.kit.serving import built_in, load
from kade.policies.kit.testing import build, examples, verdict_of

RULES = [rule for folder in built_in().values() for rule in load(folder).rules]
MODULES = [path for folder in built_in().values() for path in folder.glob("*.py")]

# Top-level fields of ARM that a rule may ask any resource for.
ENVELOPE = {
    "id",
    "name",
    "location",
    "tags",
    "sku",
    "kind",
    "identity",
    "zones",
    "plan",
    "extendedLocation",
    "managedBy",
}
# What is read beside, or before, the SDK's own name: by rule, with the reason.
OTHER_NAMES = {
    ("kade-redis-entra-login", "redisConfiguration.aad-enabled"): "Azure's own name; the table has only the SDK's",
    ("kade-sql-encryption-at-rest", "status"): "Azure's name in API versions before 2021-02-01-preview",
    ("kade-key-vault-secret-expiry", "attributes.exp"): "Azure's own name",
    ("kade-cosmos-mongo-entra-login", "authConfig.allowedModes"): "of a newer API version than the SDK's default",
    ("kade-residency-log-replication", "replication.enabled"): "of a newer API version than the SDK's default",
    ("kade-residency-log-replication", "replication.location"): "of a newer API version than the SDK's default",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_types_are_in_the_table(rule: Rule) -> None:
    unknown = [t for t in rule.types if t != "*" and not t.startswith("arm:") and type_by_token(t) is None]
    assert not unknown, f"{rule.id}: not a type of azure-native: {unknown}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_properties_that_are_read_exist(rule: Rule) -> None:
    if rule.whole_stack or "*" in rule.types:
        pytest.skip("reads resources of any type")
    for name, _, given in examples(rule):
        reads: set[str] = set()
        resources = build(rule, given, reads)
        verdict_of(rule, resources, given[0].config)
        types = {resources[0].type, *rule.types}  # a rule on several types may ask for what only one of them has
        for path in sorted(p for p in reads if (rule.id, p) not in OTHER_NAMES):
            assert any(_exists(t, path) for t in types), (
                f"{rule.id} {name}: there is no property {path} in azure-native"
            )


def _exists(token: str, path: str) -> bool:
    known = None if token.startswith("arm:") else schema(token)
    if known is None:
        return True  # not a type of the SDK: nothing says what it has
    steps = [re.sub(r"\[\d+\]", "", part).lower() for part in path.split(".")]
    if steps[0] in {name.lower() for name in ENVELOPE}:
        return True
    at = [*known.inputs.items(), *known.outputs.items()]
    for depth, step in enumerate(steps):
        members = [*at, *(inner for name, kind in at if name == "properties" for inner in _members(kind))]
        found = [kind for name, kind in members if name.lower() == step]
        if not found or depth == len(steps) - 1:
            return bool(found)
        if any(kind.name in ("any", "map") for kind in found):
            return True  # any name may stand here
        at = [member for kind in found for member in _members(kind)]
    return True


def _members(kind: Kind) -> Iterator[tuple[str, Kind]]:
    """The properties of an object, also where it stands in a list or is one of several forms."""
    if kind.item is not None:
        yield from _members(kind.item)
    for option in kind.options:
        yield from _members(option)
    if kind.shape is not None:
        yield from kind.shape.fields.items()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_are_told_well(rule: Rule) -> None:
    assert rule.id.startswith("kade-")
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 100, f"{rule.id}: the title has {len(rule.title)} characters"
    assert rule.remediation.endswith((".", ")")), f"{rule.id}: the remediation is a sentence"
    if ".preflight." not in rule.module:
        assert rule.measures, f"{rule.id}: names no measure of BIO2 or BIO Thema Clouddiensten"
    others = {*rule.psrule, *rule.checkov}
    for deviation in rule.deviations:
        tool, colon, reason = deviation.partition(": ")
        assert colon, f"{rule.id}: a deviation starts with the other tool's id and a colon: {deviation!r}"
        assert reason, f"{rule.id}: the deviation from {tool} has no reason"
    assert len(others) == len(rule.psrule) + len(rule.checkov), f"{rule.id}: an equivalent is named twice"


def test_ids_and_titles_are_unique() -> None:
    for what in ("id", "title"):
        values = [getattr(rule, what) for rule in RULES]
        assert len(values) == len(set(values)), f"used twice: {sorted({v for v in values if values.count(v) > 1})}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_hides_no_other(path: Path) -> None:
    taken = set(sys.stdlib_module_names) | set(packages_distributions())
    assert path.stem in ("__init__", "__main__") or path.stem not in taken, (
        f"{path.name}: a pack's folder comes first on sys.path, so this name would hide the module {path.stem}"
    )


@pytest.mark.parametrize("name", sorted(built_in()))
def test_a_pack_names_the_environment_that_make_sets_up(name: str) -> None:
    text = (built_in()[name] / "PulumiPolicy.yaml").read_text()
    assert "virtualenv: ../../.venv" in text
    assert re.search(r"^version: \d+\.\d+\.\d+$", text, re.MULTILINE)
