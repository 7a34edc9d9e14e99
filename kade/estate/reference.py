"""The reference of the estate file, as Markdown, out of the model's own descriptions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from kade.estate import fields
from kade.estate.model import Estate
from kade.estate.schema import schema


def markdown() -> str:
    """A table for every part of the file, in the order in which they first appear."""
    definitions = schema()["$defs"] | {"Estate": schema()}
    return "\n".join(_section(model, definitions) for model in _models(Estate))


def renew(file: Path) -> None:
    """Replace what stands behind the heading `## Reference` and its sentence in a guide."""
    guide = file.read_text(encoding="utf-8")
    head, heading, tail = guide.partition("\n## Reference\n")
    if not heading:
        raise ValueError(f"{file} has no heading `## Reference`")
    sentence = tail.split("\n### ", 1)[0].rstrip("\n")
    file.write_text(f"{head}{heading}{sentence}\n\n{markdown()}", encoding="utf-8")


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {model: None}
    for info in model.model_fields.values():
        for inner in _inside(info.annotation):
            for each in _models(inner):
                found.setdefault(each, None)
    return list(found)


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    for part in fields.parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part
        for argument in getattr(part, "__args__", ()):
            yield from _inside(argument)


def _section(model: type[BaseModel], definitions: dict[str, Any]) -> str:
    summary = " ".join((model.__doc__ or "").split())
    rows = [f"### {model.__name__}", "", summary, "", "| field | form | default | |", "| --- | --- | --- | --- |"]
    properties = definitions[model.__name__].get("properties", {})
    for name, info in fields.written(model).items():
        form = _form(properties.get(name, {}))
        rows.append(f"| `{name}` | {form} | {_default(info)} | {_cell(info.description or '')} |")
    return "\n".join([*rows, ""])


def _form(part: dict[str, Any]) -> str:
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in part or "oneOf" in part:
        branches = [p for p in part.get("anyOf") or part["oneOf"] if p.get("type") != "null"]
        return " or ".join(dict.fromkeys(_form(p) for p in branches))
    if "enum" in part:
        return " ".join(f"`{value}`" for value in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    if part.get("type") == "array":
        return f"list of {_form(part.get('items', {}))}"
    if part.get("type") == "object":
        inner = part.get("additionalProperties") or next(iter(part.get("patternProperties", {}).values()), {})
        return f"map of {_form(inner)}" if isinstance(inner, dict) and inner else "map"
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    kind = part.get("type", "")
    if part.get("format") == "date":
        return "date"
    return names.get(kind, "any value") if isinstance(kind, str) else "text or number"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.default
    if value is PydanticUndefined or value is None:
        return "–"
    if isinstance(value, BaseModel) or (isinstance(value, dict) and value):
        return "see there" if isinstance(value, BaseModel) else "see the text"
    if value in ({}, []):
        return "none"
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return f"`{_cell(shown)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    renew(Path(sys.argv[1]))
