"""The examples of the README run, each makes what the table behind it says, and every component is named."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.components.network.support import run
from tests.components.readme import component_names

FOLDER = Path(__file__).parents[3] / "components" / "services"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```(.*?)(?=```python|\Z)", README, re.DOTALL)
SETUP, EXAMPLES = BLOCKS[0][0], BLOCKS[1:]


@pytest.mark.parametrize(
    ("program", "text"), EXAMPLES, ids=[block.split("import ")[1].split("\n")[0] for block, _ in EXAMPLES]
)
def test_an_example_makes_what_its_table_says(program, text):
    made = run(lambda: exec(compile(SETUP + program, "README.md", "exec"), {}))  # noqa: S102  # our own example
    counts = Counter(r.type.rsplit(":", 1)[-1] for r in made.resources)
    assert counts == {name: int(count) for name, count in re.findall(r"^\| (\w+) \| (\d+) \|$", text, re.MULTILINE)}


def test_every_component_is_in_the_readme():
    for name in component_names("services"):
        assert f"`{name}`" in README, name
        assert f"kade:index:{name}" in README, name
