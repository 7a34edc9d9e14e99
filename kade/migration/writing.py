"""Writes generated records into the files of an estate, and leaves what engineers have changed as it is.

Three versions of each value are compared: the one that was generated last (`waves.lock.yaml` beside the estate), the
one in the file, and the one that is generated now. Only what is still as it was generated is replaced. Comments, order
and quotes of the files stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from kade.estate.cache import expand
from kade.estate.loader import FILE as ESTATE

LOCK = "waves.lock.yaml"
HEAD = """\
# What `kade waves write` generated last, by application. Kade compares with it, so that your own changes survive; it
# belongs in git, and nobody edits it.
"""
Record = Mapping[str, Any]


def generated(folder: Path) -> dict[str, Record]:
    """What was generated last, by application."""
    lock = folder / LOCK
    return (_yaml().load(lock.read_text(encoding="utf-8")) or {}) if lock.is_file() else {}


def written(folder: Path, patterns: list[str], records: Mapping[str, Record], notes: list[str]) -> dict[Path, str]:
    """The new text of each file that changes, the lock file included; nothing is written here.

    Raises `KeyError` for a record of an application that stands in none of the estate's files.
    """
    lock = folder / LOCK
    before = generated(folder)
    texts: dict[Path, str] = {}
    left = dict(records)
    for file in expand(folder / ESTATE, patterns):
        old = file.read_text(encoding="utf-8")
        content = _yaml().load(old)
        applications = (content.get("applications") if isinstance(content, dict) else None) or {}
        here = [key for key in left if key in applications]
        changed = False
        for key in here:
            said = list(_merge(applications[key], before.get(key) or {}, left.pop(key), key))
            notes += said
            changed = changed or any(not note.startswith("kept:") for note in said)
        if changed:
            texts[file] = _dumped(content)
    if left:
        raise KeyError(", ".join(left))
    kept = {**before, **{key: dict(record) for key, record in records.items()}}
    text = HEAD + _dumped({key: kept[key] for key in sorted(kept)})
    if not lock.is_file() or lock.read_text(encoding="utf-8") != text:
        texts[lock] = text
    return texts


def _merge(mine: MutableMapping[str, Any], base: Record, new: Record, at: str) -> Iterator[str]:
    """Bring the generated values into a map, and say of each what was done."""
    for key, value in new.items():
        place = f"{at}.{key}"
        if isinstance(value, Mapping) and isinstance(mine.get(key), MutableMapping):
            old = base.get(key)
            yield from _merge(mine[key], old if isinstance(old, Mapping) else {}, value, place)
        elif key not in mine:
            if key in base:
                yield f"kept: {place}: you have taken it away"
            else:
                mine[key] = _node(value)
                yield f"added: {place}"
        elif mine[key] != value:
            if key in base and mine[key] == base[key]:
                mine[key] = _node(value)
                yield f"changed: {place}: {base[key]} is now {value}"
            else:
                yield f"kept: {place}: yours is {_short(mine[key])}, generated would be {_short(value)}"
    for key in [key for key in base if key not in new and key in mine]:
        if mine[key] == base[key]:
            del mine[key]
            yield f"removed: {at}.{key}"
        else:
            yield f"kept: {at}.{key}: yours is {_short(mine[key])}, and it would no longer be generated"


def _short(value: Any) -> str:
    text = str(dict(value) if isinstance(value, Mapping) else value)
    return text if len(text) < 60 else f"{text[:57]}..."


def _node(value: Any) -> Any:
    """A value as it is to look: a map of plain values, and a list, on one line."""
    if isinstance(value, Mapping):
        made = CommentedMap((key, _node(item)) for key, item in value.items())
        if made and not any(isinstance(item, Mapping) for item in value.values()):
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        made = CommentedSeq(value)
        made.fa.set_flow_style()
        return made
    return value


def _dumped(content: Any) -> str:
    out = StringIO()
    _yaml().dump(content, out)
    return out.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 120
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.ignore_aliases = lambda *_: True
    return yaml
