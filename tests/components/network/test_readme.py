"""The examples of the README run, and make what the tables beside them say."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.components.network.support import run

README = Path("components/network/README.md")
EXAMPLES = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
EXAMPLES = [part for part in EXAMPLES if "```python" in part]


def value(inputs, path):
    """What stands at a dotted path; a number is a place in a list."""
    for step in path.split("."):
        inputs = inputs[int(step)] if step.isdecimal() else inputs[step]
    return inputs


@pytest.mark.parametrize("part", EXAMPLES, ids=lambda part: part.splitlines()[0])
def test_an_example_makes_what_its_tables_say(part):
    (program,) = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    made = run(lambda: exec(compile(program, str(README), "exec"), {}))  # noqa: S102  # our own example
    counts = Counter(r.type.rsplit(":", 1)[-1] for r in made.resources)
    assert counts == {name: int(count) for name, count in re.findall(r"^\| (\w+) \| (\d+) \|$", part, re.MULTILINE)}
    values = re.findall(r"^\| (\S+) \| (\w+(?:\.\w+)*) \| (\S+) \|$", part, re.MULTILINE)
    values = [found for found in values if found[0] != "resource"]
    assert len(values) >= 5
    for name, path, expected in values:
        assert str(value(made.one(name).inputs, path)) == expected, f"{name}.{path}"


def test_every_component_is_in_the_readme():
    text = README.read_text(encoding="utf-8")
    examples = "".join(EXAMPLES)
    for file in Path("components/network").glob("*.py"):
        for name in re.findall(r"^class (\w+)\(pulumi\.ComponentResource\)", file.read_text(encoding="utf-8"), re.M):
            assert f"`{name}`" in text, f"{name} of {file} is not in {README}"
            assert f"{name}(" in examples, f"no example of {README} makes a {name}"
