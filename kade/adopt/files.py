"""The files of an adoption, `adopted.yaml` (entries) and `imports.yaml`; neither is overwritten unasked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from kade.adopt.adopting import Adoption
from kade.adopt.export import AdoptError
from kade.adopt.proposal import Entry
from kade.estate.imports import FILE as IMPORTS
from kade.estate.loader import FILE as ESTATE

ADOPTED = "adopted.yaml"
_TRIED = "adopted-tried.yaml"
_HEAD = {
    ADOPTED: "# What stands already, as `kade adopt` proposes to know it. Look through it, then commit it.\n",
    IMPORTS: "# What stands and is taken over, by stack. `kade adopt` wrote it; docs/adopt.md says what it means.\n",
}


def contents(adoption: Adoption) -> dict[str, str]:
    """The text of each file that has something in it, by its name."""
    made: dict[str, str] = {}
    if adoption.proposal.entries:
        made[ADOPTED] = _HEAD[ADOPTED] + _dump(commented(adoption.proposal.entries))
    if adoption.imports:
        tree: dict[str, Any] = {
            stack: {
                f"{type_} {name}": {"id": item.id, "stands": dict(item.stands)}
                | ({"keep": list(item.keep)} if item.keep else {})
                for (type_, name), item in sorted(items.items())
            }
            for stack, items in sorted(adoption.imports.items())
        }
        made[IMPORTS] = _HEAD[IMPORTS] + _dump(tree)
    return made


def commented(entries: list[Entry]) -> CommentedMap:
    """The entries as a tree, with the reason above the first value that has it."""
    made = CommentedMap()
    told: set[str] = set()
    for entry in entries:
        at = made
        for step in entry.path[:-1]:
            at = at.setdefault(step, CommentedMap())
        at[entry.path[-1]] = entry.value
        if entry.why not in told:
            told.add(entry.why)
            indent = 2 * (len(entry.path) - 1)
            at.yaml_set_comment_before_after_key(entry.path[-1], before=entry.why, indent=indent)
    return made


def write(folder: Path, files: Mapping[str, str], *, replace: bool) -> list[str]:
    """Write the files beside the estate, and name the entries in `files:` of estate.yaml; what was written.

    Raises `AdoptError`, before anything is written, where a file is there with other content and ``replace`` is off.
    """
    for name, text in files.items():
        file = folder / name
        if file.exists() and file.read_text(encoding="utf-8") != text and not replace:
            raise AdoptError(
                f"{file}: is there already, with other content, and is not overwritten; compare it with what stands "
                "above, then run again with --replace, or move it"
            )
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    if ADOPTED not in files:
        return list(files)
    listed = include(folder / ESTATE, ADOPTED)
    return [*files, *([f"{ESTATE} (`files:` names {ADOPTED})"] if listed else [])]


def try_out(folder: Path, entries: Mapping[str, Any]) -> None:
    """Add entries to a copy of an estate, in a file of their own."""
    (folder / _TRIED).write_text(_dump(entries), encoding="utf-8")
    include(folder / ESTATE, _TRIED)


def include(file: Path, part: str) -> bool:
    """Name a part under `files:` of an estate file, touching no other line; False where it is named already."""
    text = file.read_text(encoding="utf-8")
    said = (YAML(typ="safe", pure=True).load(text) or {}).get("files") or []
    if any(Path(part).match(str(pattern)) for pattern in said):
        return False
    inline = re.search(r"^files:[ ]*\[(.*)\]", text, re.MULTILINE)
    block = re.search(r"^files:[^\n]*\n((?:[ ]*#[^\n]*\n)*)([ ]*)- ", text, re.MULTILINE)
    if inline:
        items = f"{inline.group(1)}, {part}" if inline.group(1).strip() else part
        text = text[: inline.start()] + f"files: [{items}]" + text[inline.end() :]
    elif block:
        text = text[: block.start(2)] + f"{block.group(2)}- {part}\n" + text[block.start(2) :]
    else:
        text = text.rstrip("\n") + f"\n\nfiles: [{part}]\n"
    file.write_text(text, encoding="utf-8")
    return True


def _dump(tree: Mapping[str, Any]) -> str:
    yaml = YAML()
    yaml.width = 4096  # an id stays on its line
    yaml.default_flow_style = False
    out = StringIO()
    yaml.dump(tree, out)
    return out.getvalue()
