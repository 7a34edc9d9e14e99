"""Which fields the model knows at a path: for suggestions at a misspelt key, and for the reference."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def parts(annotation: Any) -> Iterator[Any]:
    """An annotation without Annotated, and each branch of a union."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from parts(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from parts(part)
    elif annotation is not type(None):
        yield annotation


def models(annotation: Any) -> list[type[BaseModel]]:
    """The models that a value of this annotation may be."""
    return [p for p in parts(annotation) if isinstance(p, type) and issubclass(p, BaseModel)]


def written(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """A model's fields by the name that the file uses."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def at(model: type[BaseModel], path: Sequence[Any], data: Any = None) -> list[str]:
    """The names of the fields that may stand at a path; nothing where the path holds no model.

    ``data`` is the file's content: where a map may be one of several models (told apart by ``kind``), it decides.
    """
    annotations: list[Any] = [model]
    for step in path:
        following: list[Any] = []
        for annotation in annotations:
            for part in parts(annotation):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    info = written(part).get(step)
                    following += [info.annotation] if info else []
                elif get_origin(part) in (dict, list):
                    following.append(get_args(part)[-1])
        data = data[step] if isinstance(data, dict) and step in data else None
        annotations = following
    found = [m for a in annotations for m in models(a)]
    kind = data.get("kind") if isinstance(data, dict) else None
    told_apart = [(m, m.model_fields["kind"].annotation) for m in found if "kind" in m.model_fields]
    exact = [m for m, kinds in told_apart if kind is not None and kind in get_args(kinds)]
    return sorted({name for m in exact or found for name in written(m)})
