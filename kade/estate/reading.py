"""Reads an estate, in one file or several, and says everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from kade.estate.cache import expand
from kade.estate.checks import check
from kade.estate.model import Estate
from kade.estate.problems import EstateError, suggestion
from kade.estate.refusals import problems_of
from kade.estate.source import Source, merge, read


def read_estate(file: Path) -> tuple[Estate, list[Path]]:
    """The estate in a file and the files that it names, and all of these files. Raises `EstateError`."""
    source, files = read_source(file)
    if source.problems:
        raise EstateError(source.problems)
    try:
        estate = Estate.model_validate(source.data)
    except ValidationError as error:
        raise EstateError(problems_of(error, Estate, source)) from None
    problems = [source.problem(f.path, f.message, found=f.found, remedy=f.remedy) for f in check(estate)]
    if problems:
        raise EstateError(sorted(problems, key=lambda p: (p.file, p.line, p.column)))
    return estate, files


def read_source(file: Path) -> tuple[Source, list[Path]]:
    """What an estate file and the files that it names say, before anything is made of it, and all of these files."""
    base = Path.cwd()
    source = read(file, _shown(file, base))
    files = [file]
    if not source.problems:
        files = _include(source, file, base)
    return source, files


def _include(source: Source, file: Path, base: Path) -> list[Path]:
    """Read the files under ``files``: names or patterns, relative to the estate file and inside its folder."""
    listed = source.data.get("files", [])
    if not isinstance(listed, list):
        return [file]  # the model says what is wrong with it
    patterns: list[str] = []
    for i, pattern in enumerate(listed):
        if not isinstance(pattern, str):
            continue
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            source.problems.append(
                source.problem(("files", i), "a file must be inside the estate's folder", found=repr(pattern))
            )
        elif not any(p.is_file() for p in file.parent.glob(pattern)):
            there = (p for p in file.parent.rglob("*.yaml") if p.resolve() != file.resolve())
            remedy = suggestion(pattern, (str(p.relative_to(file.parent)) for p in there))
            source.problems.append(
                source.problem(("files", i), "there is no such file", found=repr(pattern), remedy=remedy)
            )
        else:
            patterns.append(pattern)
    files = expand(file, patterns)
    for path in files[1:]:
        merge(source, read(path, _shown(path, base)))
    return files


def _shown(path: Path, base: Path) -> str:
    """A path as it is shown: relative to the working directory where it is below it."""
    resolved = path.resolve()
    return str(resolved.relative_to(base)) if resolved.is_relative_to(base) else str(path)
