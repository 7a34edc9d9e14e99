"""The points of a backend, whatever it is, and how they are shown."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kade.backend.points import Point, Verdict
from kade.backend.residency import Rule
from kade.backend.store import Store

_WORDS: Final[dict[Verdict, str]] = {"pass": "ok", "fail": "FAILS", "not_checked": "not checked"}


def check(store: Store, rule: Rule, arm: Sequence[Path] = ()) -> list[Point]:
    """The points of a store. Raises `AddressError` for files of another account."""
    from kade.backend import azblob, azblob_points, folder, s3, s3_points

    if isinstance(store, s3.S3):
        return list(s3_points.points(store, rule))
    if isinstance(store, azblob.AzBlob):
        return list(azblob_points.points(store, rule, arm))
    if isinstance(store, folder.Folder):
        return list(folder.points(store))
    raise TypeError(f"there is nothing to ask of {type(store).__name__}")


def as_text(url: str, points: Sequence[Point]) -> str:
    """For people: a line a point, and below it the remedy or how to find out."""
    lines = [url]
    for point in points:
        lines.append(f"  {_WORDS[point.verdict]:<12} {point.title}: {point.found}")
        lines += [f"{'':15}mend: {fix.command}" for fix in point.fixes]
        if point.how:
            lines += textwrap.wrap(f"to know: {point.how}", 105, initial_indent=" " * 15, subsequent_indent=" " * 15)
    counts = {verdict: sum(point.verdict == verdict for point in points) for verdict in _WORDS}
    lines.append(f"{counts['pass']} in order, {counts['fail']} failing, {counts['not_checked']} not checked")
    return "\n".join(lines) + "\n"


def as_json(url: str, points: Sequence[Point]) -> str:
    """For programs; a contract, see docs/state.md."""
    made = [
        {
            "id": point.id,
            "title": point.title,
            "verdict": point.verdict,
            "found": point.found,
            "remedy": [fix.command for fix in point.fixes],
            "how": point.how,
        }
        for point in points
    ]
    return json.dumps({"version": 1, "url": url, "points": made}, indent=2, ensure_ascii=False) + "\n"
