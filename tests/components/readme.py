"""Runs the examples of a component folder's README, and holds what they make against the tables beside them.

An example is a section with a program; ``| Type | 3 |`` says how many of a type it makes, ``| name | a.path | value |``
what stands in a resource.
"""

import re
from collections import Counter
from functools import reduce
from pathlib import Path

from tests.components.network.support import run

COMPONENTS = Path(__file__).parents[2] / "components"


def sections(folder):
    """The sections of a README that have a program."""
    text = (COMPONENTS / folder / "README.md").read_text(encoding="utf-8")
    return [part for part in re.split(r"^## ", text, flags=re.MULTILINE) if "```python" in part]


def heading(part):
    return part.splitlines()[0]


def at(inputs, path):
    """What stands at a dotted path; a number is a place in a list. Numbers on the wire are floating."""
    found = reduce(lambda value, step: value[int(step) if step.isdecimal() else step], path.split("."), inputs)
    return int(found) if isinstance(found, float) and found.is_integer() else found


def makes_what_its_tables_say(part):
    """Run a section's program; at least five key values have to be beside it."""
    (program,) = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    made = run(lambda: exec(compile(program, "README.md", "exec"), {}))  # noqa: S102  # our own example
    counts = Counter(r.type.rsplit(":", 1)[-1] for r in made.resources)
    assert counts == {name: int(count) for name, count in re.findall(r"^\| ([\w-]+) \| (\d+) \|$", part, re.MULTILINE)}
    values = re.findall(r"^\| (\S+) \| (\w+(?:\.\w+)*) \| (\S+) \|$", part, re.MULTILINE)
    values = [found for found in values if found[0] not in ("resource", "---")]
    assert len(values) >= 5
    for name, path, expected in values:
        assert str(at(made.one(name).inputs, path)) == expected, f"{name}.{path}"


def component_names(folder):
    """The components of a folder, by their classes."""
    pattern = re.compile(r"^class (\w+)\(pulumi\.ComponentResource\)", re.MULTILINE)
    files = (COMPONENTS / folder).glob("*.py")
    return [name for file in files for name in pattern.findall(file.read_text(encoding="utf-8"))]


def names_and_makes_every_component(folder):
    """Fail for a component that the README does not name, or that no example makes."""
    text = (COMPONENTS / folder / "README.md").read_text(encoding="utf-8")
    examples = "".join(sections(folder))
    assert [name for name in component_names(folder) if f"`{name}`" not in text] == []
    assert [name for name in component_names(folder) if f"{name}(" not in examples] == []
