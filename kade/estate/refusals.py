"""Turns what pydantic refuses into problems with a place, the value found, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from kade.estate import fields
from kade.estate.problems import Problem, shown, suggestion
from kade.estate.source import PathKey, Source

EXPECTED = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a map of fields",
    "list_type": "must be a list",
    "model_type": "must be a map of fields",
    "date_type": "must be a date, written 2027-03-17",
    "none_required": "must be empty",
}


def in_file(path: Iterable[Any], data: Any) -> PathKey:
    """A path of pydantic's without what does not stand in the file (the branch of a union, the mark of a key)."""
    out: list[Any] = []
    steps = list(path)
    for i, step in enumerate(steps):
        last = i == len(steps) - 1
        if step == "[key]":
            continue
        if (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        ):
            data = data[step]
        elif not last:
            continue
        out.append(step)
    return tuple(out)


def problems_of(error: ValidationError, model: type[BaseModel], source: Source) -> list[Problem]:
    """One problem for each thing refused, in the order of the file."""
    found = [_problem(dict(e), model, source) for e in error.errors(include_url=False)]
    return sorted(dict.fromkeys(found), key=lambda p: (p.file, p.line, p.column))


def _problem(error: Mapping[str, Any], model: type[BaseModel], source: Source) -> Problem:
    kind, value, context = str(error["type"]), error.get("input"), error.get("ctx", {})
    path = in_file(error["loc"], source.data)
    if kind == "missing":
        fitting = fields.at(model, path[:-1], source.data)  # what is right itself was not meant for another
        strays = [str(k) for k in value if str(k) not in fitting] if isinstance(value, dict) else []
        near = suggestion(str(path[-1]), strays) if strays else ""
        hint = near if near.startswith("Did") else "Add it; `docs/estate.md` says what it is."
        return source.problem(path, "a required field is missing", remedy=hint)
    if kind == "extra_forbidden":
        if value is None and " " in str(path[-1]):
            hint = "A text with a comma in it needs quotes inside { }."
            return source.problem(path, "unknown field", remedy=hint)
        return source.problem(
            path,
            "unknown field",
            found=shown(value),
            remedy=suggestion(str(path[-1]), fields.at(model, path[:-1], source.data)),
        )
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        allowed = _allowed(str(context.get("expected") or context.get("expected_tags") or ""))
        if kind == "union_tag_invalid":
            path, value = (*path, "kind"), context.get("tag")
        near = suggestion(str(value), allowed)
        hint = f"{near} " if near.startswith("Did") else ""
        return source.problem(path, f"must be one of {', '.join(allowed)}", found=shown(value), remedy=hint.strip())
    if kind == "union_tag_not_found":
        return source.problem(path, "`kind` is missing, which decides the other fields", remedy="Add `kind: …`.")
    if "reason" in context:
        return source.problem(path, str(context["reason"]), found=shown(value))
    return source.problem(path, EXPECTED.get(kind, _plain(str(error["msg"]))), found=shown(value))


def _allowed(expected: str) -> list[str]:
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _plain(message: str) -> str:
    """Pydantic's own sentence, beginning as ours do."""
    return (message[:1].lower() + message[1:]).replace("input should", "must")
