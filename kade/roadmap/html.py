"""Pieces of a page: escaped text, sections, tables that read aloud well, charts with their figures below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kade.roadmap.words import Words

_SHORT = 12  # rows


def paragraph(*texts: str, kind: str = "") -> str:
    """A paragraph of sentences; empty ones are left out."""
    body = " ".join(escape(text) for text in texts if text)
    return f"<p{f' class={kind}' if kind else ''}>{body}</p>" if body else ""


def section(key: str, title: str, *parts: str, level: int = 2) -> str:
    """A section with its heading, which links can point to."""
    body = "".join(part for part in parts if part)
    return f"<section id='{key}'><h{level}>{escape(title)}</h{level}>{body}</section>"


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Sequence[int] = (),
    *,
    shown: bool = False,
) -> str:
    """A table whose first column names the row; ``numbers`` are the columns that are aligned to the right.

    The caption is read aloud; it is ``shown`` only where no heading above the table says the same. A short table is
    printed on one page. On a narrow screen each row is a block that says the heads again; the roles keep it a table.
    """
    body = [list(row) for row in rows]
    if not body:
        return ""
    kind = "wide short" if len(body) <= _SHORT else "wide"
    right = [" class='number'" if at in numbers else "" for at in range(len(heads))]
    head = "".join(
        f"<th scope='col' role='columnheader'{right[at]}>{escape(text)}</th>" for at, text in enumerate(heads)
    )
    lines = "".join(
        f"<tr role='row'><th scope='row' role='rowheader'>{escape(row[0])}</th>"
        + "".join(
            f"<td role='cell' data-head='{escape(heads[at], quote=True)}'{right[at]}>{escape(text)}</td>"
            for at, text in enumerate(row[1:], 1)
        )
        + "</tr>"
        for row in body
    )
    return (
        f"<div class='{kind}' tabindex='0' role='region' aria-label='{escape(caption, quote=True)}'>"
        f"<table role='table'><caption{'' if shown else ' class=heard'}>{escape(caption)}</caption>"
        f"<thead role='rowgroup'><tr role='row'>{head}</tr></thead><tbody role='rowgroup'>{lines}</tbody></table></div>"
    )


def figure(chart: str, caption: str) -> str:
    """A chart with what it shows below it."""
    return f"<figure>{chart}<figcaption>{escape(caption)}</figcaption></figure>"


def sources(say: Words, *keys: str) -> str:
    """The line that says where the figures above it come from; the last chapter says what each of these is."""
    return paragraph(say("source", names=say.names([say(f"source_{key}") for key in keys])), kind="source")


def bullets(texts: Iterable[str]) -> str:
    """A list; nothing where there is nothing to list."""
    body = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{body}</ul>" if body else ""
