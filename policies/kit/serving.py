"""Packs: which rules a folder holds, and serving them. What speaks Pulumi's protocol is in `kade.policies.kit.pack`."""

from __future__ import annotations

import importlib
import pkgutil
import re
import runpy
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kade.policies.kit.rules import RULES, Rule


class PackError(ValueError):
    """A folder that is no pack, or none that can be read without Pulumi; the message says which and the remedy."""


@dataclass(frozen=True)
class Pack:
    """A policy pack written with this kit."""

    name: str
    folder: Path
    description: str = ""
    version: str = ""
    rules: tuple[Rule, ...] = field(default=(), repr=False)


_collected: list[Pack] | None = None  # set while `load` reads a pack, so that it is not served

BUILT_IN: Final = ("security", "residency", "preflight")


def serve(name: str, *, package: str = "", description: str = "") -> None:
    """Serve the rules of a pack to Pulumi; the last line of its ``__main__.py``. Blocks until Pulumi ends it.

    ``package`` is the import name of the package whose modules hold the rules. Without it, they are those in the
    folder of the calling file, in modules that it has imported.
    """
    folder = Path(sys._getframe(1).f_globals["__file__"]).resolve().parent
    rules = _of_package(package) if package else _of_folder(folder)
    if not rules:
        raise PackError(
            f"{folder}: the pack {name} has no rules; define some with @rule, or import the modules that do"
        )
    pack = Pack(name, folder, description, _version(folder), tuple(rules))
    if _collected is not None:
        _collected.append(pack)
        return
    from kade.policies.kit.pack import start  # imports Pulumi, which `kade check` does without

    start(pack)


def load(folder: Path) -> Pack:
    """The pack in a folder, without serving it. Raises `PackError` where the folder holds none of this kit's."""
    global _collected
    main = folder / "__main__.py"
    if not main.is_file():
        raise PackError(f"{folder}: no policy pack here; a pack has a __main__.py and a PulumiPolicy.yaml")
    text = main.read_text(encoding="utf-8")
    if "kade.policies.kit" not in text:
        raise PackError(
            f"{folder}: this pack is not written with kade.policies.kit, so it can only be run on a preview: "
            "kade preview TARGET --pack DIR"
        )
    before, _collected = _collected, []
    try:
        with _first_on_path(folder):
            runpy.run_path(str(main), run_name="__main__")
    except PackError:
        raise
    except Exception as error:  # whatever the pack's own code raises
        raise PackError(f"{main}: the pack cannot be read: {type(error).__name__}: {error}") from error
    finally:
        held, _collected = _collected, before
        for made in [r for r in RULES.values() if r.module == "__main__"]:
            del RULES[made.id]  # another pack may be read in this process, or this one again
    if len(held) != 1:
        raise PackError(f"{main}: serve(...) has to be called once; it was called {len(held)} times")
    return held[0]


def built_in() -> dict[str, Path]:
    """The folders of Kade's own packs by name."""
    home = Path(__file__).resolve().parent.parent
    return {name: home / name for name in BUILT_IN}


def _of_package(package: str) -> list[Rule]:
    parent = importlib.import_module(package)
    modules = {
        f"{package}.{info.name}"
        for info in pkgutil.iter_modules(parent.__path__)
        if info.name != "__main__" and not info.ispkg
    }
    for name in sorted(modules):
        importlib.import_module(name)
    return sorted((r for r in RULES.values() if r.module in modules), key=lambda r: r.id)


def _of_folder(folder: Path) -> list[Rule]:
    return sorted(
        (r for r in RULES.values() if folder in Path(r.file).resolve().parents),
        key=lambda r: r.id,
    )


def _version(folder: Path) -> str:
    file = folder / "PulumiPolicy.yaml"
    found = (
        re.search(r"^version:\s*['\"]?([\w.+-]+)", file.read_text(encoding="utf-8"), re.M) if file.is_file() else None
    )
    return found[1] if found else ""


@contextmanager
def _first_on_path(folder: Path) -> Generator[None]:
    """The folder first on ``sys.path``, as it is in a pack that Pulumi runs."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
