"""Finds and reads an estate, in one file or several, and says everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from kade.estate.checks import check
from kade.estate.model import Estate
from kade.estate.problems import EstateError, Problem, suggestion
from kade.estate.refusals import problems_of
from kade.estate.source import Source, merge, read

FILE = "estate.yaml"


def load(target: str | Path, search_from: str | Path | None = None) -> Estate:
    """Read the estate that ``target`` names: an estate's name, its folder, or its file.

    ``search_from`` is where a name is looked for (default: the working directory and the folders above it).
    Raises `EstateError` with every problem found.
    """
    file = find(target, search_from)
    return load_file(file)


def load_file(file: Path) -> Estate:
    """Read one estate file and the files that it names."""
    base = Path.cwd()
    source = read(file, _shown(file, base))
    if not source.problems:
        _include(source, file, base)
    if source.problems:
        raise EstateError(source.problems)
    try:
        estate = Estate.model_validate(source.data)
    except ValidationError as error:
        raise EstateError(problems_of(error, Estate, source)) from None
    problems = [source.problem(f.path, f.message, found=f.found, remedy=f.remedy) for f in check(estate)]
    if problems:
        raise EstateError(sorted(problems, key=lambda p: (p.file, p.line, p.column)))
    estate._source = str(file.parent.resolve())
    return estate


def _include(source: Source, file: Path, base: Path) -> None:
    """Read the files under ``files``: names or patterns, relative to the estate file and inside its folder."""
    listed = source.data.get("files", [])
    if not isinstance(listed, list):
        return  # the model says what is wrong with it
    seen = {file.resolve()}
    for i, pattern in enumerate(listed):
        if not isinstance(pattern, str):
            continue
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            source.problems.append(
                source.problem(("files", i), "a file must be inside the estate's folder", found=repr(pattern))
            )
            continue
        found = sorted(p for p in file.parent.glob(pattern) if p.is_file())
        if not found:
            names = [
                str(p.relative_to(file.parent)) for p in file.parent.rglob("*.yaml") if p.resolve() != file.resolve()
            ]
            source.problems.append(
                source.problem(
                    ("files", i), "there is no such file", found=repr(pattern), remedy=suggestion(pattern, names)
                )
            )
        for path in found:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                merge(source, read(path, _shown(path, base)))


def _shown(path: Path, base: Path) -> str:
    """A path as it is shown: relative to the working directory where it is below it."""
    resolved = path.resolve()
    return str(resolved.relative_to(base)) if resolved.is_relative_to(base) else str(path)


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
