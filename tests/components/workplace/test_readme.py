"""The examples of the README run, and make what the tables beside them say."""

import re
from collections import Counter
from functools import reduce
from pathlib import Path

import pytest

from tests.components.network.support import run

FOLDER = Path(__file__).parents[3] / "components" / "workplace"
README = FOLDER / "README.md"
PARTS = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
EXAMPLES = [part for part in PARTS if "```python" in part]


def at(inputs, path):
    """What stands at a dotted path; a number is a place in a list."""
    found = reduce(lambda value, step: value[int(step) if step.isdecimal() else step], path.split("."), inputs)
    return int(found) if isinstance(found, float) else found  # numbers on the wire are floating


@pytest.mark.parametrize("part", EXAMPLES, ids=lambda part: part.splitlines()[0])
def test_an_example_makes_what_its_tables_say(part):
    (program,) = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    made = run(lambda: exec(compile(program, str(README), "exec"), {}))  # noqa: S102  # our own example
    counts = Counter(r.type.rsplit(":", 1)[-1] for r in made.resources)
    assert counts == {name: int(count) for name, count in re.findall(r"^\| ([\w-]+) \| (\d+) \|$", part, re.MULTILINE)}
    values = re.findall(r"^\| (\S+) \| (\S+) \| (\S+) \|$", part.partition("Its key values:")[2], re.MULTILINE)
    values = [found for found in values if found[0] not in ("resource", "---")]
    assert len(values) >= 5
    for name, path, expected in values:
        assert str(at(made.one(name).inputs, path)) == expected, f"{name}.{path}"


def test_every_component_is_in_the_readme_and_in_an_example():
    text, examples = README.read_text(encoding="utf-8"), "".join(EXAMPLES)
    for file in FOLDER.glob("*.py"):
        for name in re.findall(r"^class (\w+)\(pulumi\.ComponentResource\)", file.read_text(encoding="utf-8"), re.M):
            assert f"`{name}`" in text, f"{name} of {file} is not in {README}"
            assert f"{name}(" in examples, f"no example of {README} makes a {name}"
