"""Writes ``docs/rules``: a page for each rule, and an index. ``python -m tools.rule_docs [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from kade.policies.kit.docs import index, page
from kade.policies.kit.serving import built_in, load

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"


def pages() -> dict[str, str]:
    """The content of every file in the folder, by name."""
    packs = {name: load(folder).rules for name, folder in built_in().items()}
    made = {f"{rule.id}.md": page(rule) for rules in packs.values() for rule in rules}
    return {"README.md": index(packs), **made}


def main() -> None:
    """Write the pages, and remove those of rules that are gone."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"{folder}: {len(made) - 1} rules")


if __name__ == "__main__":
    main()
