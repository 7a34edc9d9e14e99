"""Reads exemptions, and the residency rule, from YAML: ``exemptions.yaml``, and the files of an estate.

Only the blocks ``exemptions:`` and ``residency:`` of a file are parsed: an estate is long, YAML is slow, and a pack
starts with every preview.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kade.policies.kit.exemptions import Exemption, ExemptionError, made_of

_BLOCK: Final = re.compile(r"^(?:exemptions|residency):.*\n?(?:(?:[ \t#-].*)?(?:\n|\Z))*", re.MULTILINE)
RESIDENCY_RULES: Final = "kade-residency-*"


def load(path: Path) -> list[Exemption]:
    """The exemptions in a file of their own: a list, or a list or map under ``exemptions:``. Raises `ExemptionError`.

    .. code-block:: yaml

        exemptions:
          - rule: kade-storage-minimum-tls
            resource: "*/storageAccounts/stscanners"
            reason: scanners in the town hall speak TLS 1.1 only, replaced with the contract of 2027
            owner: j.devries@lindewaard.example
            until: 2027-03-31
    """
    document = _parsed(path, _text(path))
    if isinstance(document, Mapping):
        unknown = [key for key in document if key != "exemptions"]
        if unknown:
            line = document.lc.key(unknown[0])[0] + 1
            raise ExemptionError(f"{path}:{line}: unknown key {unknown[0]!r}; only exemptions:")
        document = document.get("exemptions")
    return [made_of(fields, where) for fields, where in _items(document, path)]


def of_estate(folder: Path, environment: str = "") -> tuple[list[Exemption], dict[str, Any]]:
    """The exemptions in the files of an estate's folder that hold in the environment, and its residency rule.

    An exemption under ``residency:`` counts for all residency rules, and only for its regions. Raises `ExemptionError`.
    """
    exemptions: list[Exemption] = []
    residency: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yaml")):
        text = _text(path)
        if path.name == "exemptions.yaml" or not _BLOCK.search(text):
            continue
        document = _parsed(path, _only_blocks(text))
        if not isinstance(document, Mapping):
            continue
        for fields, where in _items(document.get("exemptions"), path):
            environments = fields.get("environments") if isinstance(fields, Mapping) else None
            if not environments or not environment or environment in environments:
                exemptions.append(made_of(fields, where))
        block = document.get("residency")
        if isinstance(block, Mapping):
            residency |= block
            for fields, where in _items(block.get("exemptions"), path):
                exemptions.append(made_of({"rule": RESIDENCY_RULES, **fields}, where))
    return exemptions, residency


def _only_blocks(text: str) -> str:
    """The text with everything but the blocks blanked, so that lines keep their numbers."""
    kept, at = [], 0
    for block in _BLOCK.finditer(text):
        kept += ["\n" * text.count("\n", at, block.start()), block[0]]
        at = block.end()
    return "".join(kept)


def _items(document: Any, path: Path) -> Iterator[tuple[Any, str]]:
    """The items of a list or map with file and line."""
    if document is None:
        return
    if isinstance(document, Mapping):
        for key, fields in document.items():
            yield fields, f"{path}:{document.lc.key(key)[0] + 1}"
        return
    if not isinstance(document, Sequence) or isinstance(document, str):
        raise ExemptionError(f"{path}: exemptions is no list; each item starts with a hyphen")
    for index, fields in enumerate(document):
        yield fields, f"{path}:{document.lc.item(index)[0] + 1}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExemptionError(f"{path}: cannot be read: {error}") from None


def _parsed(path: Path, text: str) -> Any:
    from ruamel.yaml import YAML, RoundTripConstructor  # 50 ms, so only where there is a file
    from ruamel.yaml.error import YAMLError

    class Dates(RoundTripConstructor):
        """Leaves a date as text: one that is no day in the calendar is told with its line, by `made_of`."""

    Dates.add_constructor("tag:yaml.org,2002:timestamp", Dates.construct_yaml_str)
    yaml = YAML()
    yaml.Constructor = Dates
    try:
        return yaml.load(text)
    except YAMLError as error:
        raise ExemptionError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
