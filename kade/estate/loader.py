"""Finds an estate by its name, folder or file, and loads it."""

from __future__ import annotations

from pathlib import Path

from kade.estate.cache import recall, remember
from kade.estate.model import Estate
from kade.estate.problems import EstateError, Problem, suggestion

FILE = "estate.yaml"


def load(target: str | Path, search_from: str | Path | None = None) -> Estate:
    """Read the estate that ``target`` names: an estate's name, its folder, or its file.

    ``search_from`` is where a name is looked for (default: the working directory and the folders above it).
    Raises `EstateError` with every problem found.
    """
    return load_file(find(target, search_from))


def load_file(file: Path) -> Estate:
    """Read one estate file and the files that it names, or recall it where none of them has changed."""
    known = recall(file)
    if known is not None:
        return known
    from kade.estate.reading import read_estate  # parsing YAML is not needed for what is remembered

    estate, files = read_estate(file)
    estate._source = str(file.parent.resolve())
    remember(file, files, estate)
    return estate


def find(target: str | Path, search_from: str | Path | None = None) -> Path:
    """The estate file that a name, a folder or a file means. Raises `EstateError`, naming the estates there are."""
    given = Path(target)
    start = Path(search_from) if search_from is not None else Path.cwd()
    for path in (given, start / given):
        if path.is_file():
            return path
        if (path / FILE).is_file():
            return path / FILE
    known: dict[str, Path] = {}
    for folder in (start.resolve(), *start.resolve().parents):
        for file in sorted((folder / "estates").glob(f"*/{FILE}")):
            known.setdefault(file.parent.name, file)
        if (folder / FILE).is_file():
            known.setdefault(_name_in(folder / FILE), folder / FILE)
        if known:
            break
    if str(target) in known:
        return known[str(target)]
    raise EstateError([_not_found(str(target), given, known)])


def _not_found(target: str, given: Path, known: dict[str, Path]) -> Problem:
    if given.suffix in {".yaml", ".yml"}:
        return Problem(target, 0, 0, "", "there is no such file", remedy=suggestion(target, map(str, known.values())))
    if given.is_dir():
        return Problem(target, 0, 0, "", f"the folder has no {FILE}", remedy="`kade init` writes one to begin with.")
    remedy = suggestion(target, known) or f"There is no estates folder and no {FILE} here; give its path."
    return Problem("", 0, 0, "", f"there is no estate {target!r}", remedy=remedy)


def _name_in(file: Path) -> str:
    """The estate's name as its file says, without checking anything else; the folder's name where it says nothing."""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("name:"):
            return line.removeprefix("name:").split("#")[0].strip().strip("'\"")
    return file.parent.name
