"""Who may import whom (CONTRIBUTING), read from the source of every module."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What each part may import of ours, besides itself. A part that is not named here may import everything.
ALLOWED: dict[str, set[str]] = {
    "kade.facts": set(),
    "kade.components": {"kade.facts"},
    "kade.policies": {"kade.facts"},
    "kade.stacks": {"kade.facts", "kade.estate", "kade.components"},
    "kade.estate": {"kade.facts"},
    "kade.engine": set(),
    "kade.azure": {"kade.facts", "kade.engine"},
    "kade.check": {"kade.facts", "kade.policies"},
    "kade.inventory": set(),
}
FOLDERS = {"kade.components": "components", "kade.policies": "policies", "kade.stacks": "stacks"}


def folder(part: str) -> Path:
    return ROOT / FOLDERS.get(part, part.replace(".", "/"))


def modules_of(tree: ast.AST) -> list[tuple[int, str]]:
    """The modules that a module imports, with the line; a relative import counts as its own part."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node.lineno, node.module))
            if node.module == "kade":
                found += [(node.lineno, f"kade.{alias.name}") for alias in node.names]
    return [(line, name) for line, name in found if name.startswith("kade.")]


def part_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imports(part: str) -> list[tuple[Path, int, str]]:
    return [
        (file.relative_to(ROOT), line, part_of(module))
        for file in sorted(folder(part).rglob("*.py"))
        if ".venv" not in file.parts
        for line, module in modules_of(ast.parse(file.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_imports_only_what_it_may(part: str) -> None:
    assert folder(part).is_dir()
    wrong = [f"{f}:{line}: {name}" for f, line, name in imports(part) if name != part and name not in ALLOWED[part]]
    assert not wrong, wrong


def test_no_ring_of_parts_and_nothing_above_the_command_line() -> None:
    parts = {f"kade.{file.parent.name}" for file in (ROOT / "kade").glob("*/__init__.py")} | set(FOLDERS)
    graph = {part: {name for _, _, name in imports(part)} - {part, "kade"} for part in parts}
    assert len(list(TopologicalSorter(graph).static_order())) >= 20  # a ring raises CycleError, and names it
    assert [part for part, others in graph.items() if "kade.cli" in others] == []


def test_imports_are_absolute() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for top in ("kade", "components", "policies", "stacks")
        for file in sorted((ROOT / top).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]
    assert not wrong, wrong


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from kade.estate import load", ["kade.estate"]),
        ("from kade import estate, facts", ["kade.estate", "kade.facts"]),
        ("def f():\n    import kade.engine.plan", ["kade.engine"]),
        ("from pulumi import Output", []),
    ],
)
def test_the_reading_itself(code: str, found: list[str]) -> None:
    assert [part_of(m) for _, m in modules_of(ast.parse(code)) if m != "kade"] == found
