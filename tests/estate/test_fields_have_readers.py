"""A field of the estate file that nothing reads is a promise that nobody keeps."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from pydantic import BaseModel

import kade.estate

ROOT = Path(__file__).parents[2]
for module in iter_modules(kade.estate.__path__):
    import_module(f"kade.estate.{module.name}")
CODE = {
    file: file.read_text(encoding="utf-8")
    for top in ("kade", "stacks", "components")
    for file in (ROOT / top).rglob("*.py")
}
VALIDATED = {"Network.topology"}  # its validator refuses Virtual WAN, and there is no other value


def models(of: type[BaseModel]) -> set[type[BaseModel]]:
    below = {model for child in of.__subclasses__() for model in models(child)}
    return below | ({of} if of.__module__.startswith("kade.estate.") else set())


FIELDS = sorted(
    {
        (f"{model.__name__}.{name}", model.__module__)
        for model in models(BaseModel)
        for name in model.model_fields
        if name in model.__annotations__
    }
)


def test_there_are_many() -> None:
    assert len(FIELDS) > 300


def test_a_field_has_a_reader() -> None:
    unread = []
    for field, module in FIELDS:
        own = ROOT.joinpath(*module.split(".")).with_suffix(".py")
        read = re.compile(rf"\.{field.rpartition('.')[2]}\b")
        if field not in VALIDATED and not any(read.search(text) for file, text in CODE.items() if file != own):
            unread.append(field)
    assert unread == []
