"""The example of the README runs, and makes what the table beside it says; so does what it says of classifications."""

import ast
import re
from collections import Counter
from pathlib import Path

from tests.components.network.support import run
from tests.components.readme import component_names

FOLDER = Path(__file__).parents[3] / "components" / "workload"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_example_makes_what_the_table_says():
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    made = run(lambda: exec(compile(program, "README.md", "exec"), {}))  # noqa: S102  # our own example
    counts = Counter(r.type.rsplit(":", 1)[-1] for r in made.resources)
    expected = {name: int(count) for name, count in re.findall(r"^\| (\w+) \| (\d+) \|$", TEXT, re.MULTILINE)}
    assert counts == expected
    assert made.one("database-server").inputs["storage"]["storageSizeGB"] == 512
    assert made.one("files-share").inputs["shareQuota"] == 2160
    assert [made.one(f"machines-app-{n}").inputs["zones"] for n in (1, 2)] == [["1"], ["2"]]
    assert {d.inputs["encryption"]["type"] for d in made.of("Disk")} == {"EncryptionAtRestWithPlatformAndCustomerKeys"}
    assert made.of("MaintenanceConfiguration")[0].inputs["recurEvery"] == "1Month Third Sunday"


def test_every_component_is_in_the_readme():
    assert [name for name in component_names("workload") if f"`{name}`" not in TEXT] == []


def test_every_argument_with_a_default_is_documented():
    """But for tags, and what is None for nothing at all, whose type says it."""
    bare: list[str] = []
    for file in FOLDER.glob("*.py"):
        for kind in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(kind, ast.ClassDef) and "dataclass" in map(ast.unparse, kind.decorator_list):
                for item, after in zip(kind.body, [*kind.body[1:], None], strict=True):
                    given = isinstance(item, ast.AnnAssign) and item.value is not None
                    if given and ast.unparse(item.target) not in ("tags", "domain") and not isinstance(after, ast.Expr):
                        bare.append(f"{file.name}: {ast.unparse(item)}")
    assert not bare
