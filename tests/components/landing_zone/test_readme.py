"""The example of the README runs, and makes what the table beside it says."""

import re
from collections import Counter
from pathlib import Path

from tests.components.network.support import run

FOLDER = Path(__file__).parents[3] / "components" / "landing_zone"
README = FOLDER / "README.md"


def test_the_example_makes_what_the_table_says():
    text = README.read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    made = run(lambda: exec(compile(program, str(README), "exec"), {}))  # noqa: S102  # our own example
    counts = Counter(r.type.rsplit(":", 1)[-1] for r in made.resources)
    expected = {name: int(count) for name, count in re.findall(r"^\| ([\w-]+) \| (\d+) \|$", text, re.MULTILINE)}
    assert counts == expected
    assert made.one("groups-top").inputs["details"]["parent"]["id"].endswith("/mg-samenwerking")
    assert made.one("beheer-budget").inputs["amount"] == 1500


def test_every_component_is_in_the_readme():
    text = README.read_text(encoding="utf-8")
    for file in FOLDER.glob("*.py"):
        for name in re.findall(r"^class (\w+)\(pulumi\.ComponentResource\)", file.read_text(encoding="utf-8"), re.M):
            assert f"`{name}`" in text, f"{name} of {file} is not in {README}"
