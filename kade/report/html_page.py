"""The one page of the HTML reports: no network, no library, usable by keyboard, on a phone, on paper and in the dark.

It aims at WCAG 2.1 AA, which Dutch public bodies have to meet. The content security policy in the page itself makes
sure that nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from typing import Any, Final

ROWS_LIMIT: Final = 300  # rows of one table: a page has to open quickly, and the list has everything
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class Section:
    """A part of the page. ``body`` is HTML, in which everything that came from outside is escaped already."""

    id: str
    title: str
    body: str


@dataclass(frozen=True)
class Listing:
    """The list with search and filters.

    An item has ``k`` (kind, by which one filters), ``t`` (name), ``s`` (type), ``g`` (number of its group), and may
    have ``p`` (depth), ``c`` (colour), ``m`` (more text to search), ``l`` (lines), ``d`` (changes: path, sign, old,
    new, whether it forces a replacement) and ``j`` (JSON to show).
    """

    title: str
    items: Sequence[Mapping[str, Any]]
    groups: Sequence[str]
    group_word: str
    off: Sequence[str] = field(default=())  # kinds that are not shown at first
    order: Sequence[str] = field(default=())  # kinds as their filters stand; others come behind these


def page(title: str, intro: str, sections: Sequence[Section], listing: Listing) -> str:
    """The whole page; ``intro`` is HTML that stands under the title."""
    parts = [*sections, Section("list", listing.title, _listing(listing))]
    links = "".join(f'<li><a href="#{s.id}">{escape(s.title)}</a></li>' for s in parts)
    body = "\n".join(
        f'<section aria-labelledby="{s.id}"><h2 id="{s.id}">{escape(s.title)}</h2>\n{s.body}</section>' for s in parts
    )
    data = json.dumps({"items": listing.items, "groups": listing.groups}, ensure_ascii=False, separators=(",", ":"))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>
{_asset("page.css")}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>{escape(title)}</h1>
{intro}
<nav aria-label="On this page"><ul>{links}</ul></nav>
</header>
<main id="content" tabindex="-1">
{body}
</main>
<footer><p class="soft">Made by Kade. This page is one file and fetches nothing.</p></footer>
<script type="application/json" id="data">{_in_script(data)}</script>
<script>
{_asset("page.js")}</script>
</body>
</html>
"""


def _listing(listing: Listing) -> str:
    kinds = dict.fromkeys(listing.order, 0)
    for item in listing.items:
        kinds[item["k"]] = kinds.get(item["k"], 0) + 1
    boxes = "".join(
        f'<label><input type="checkbox" name="kind" value="{escape(kind)}"{"" if kind in listing.off else " checked"}>'
        f"{escape(kind)} ({count})</label>"
        for kind, count in kinds.items()
        if count
    )
    options = "".join(f'<option value="{n}">{escape(name)}</option>' for n, name in enumerate(listing.groups))
    return f"""<noscript><p class="notice">The list needs JavaScript; everything above does without.</p></noscript>
<div class="controls" role="search" aria-label="Filter the list">
<div><label for="search">Search names, types and values</label>
<input type="search" id="search" autocomplete="off"></div>
<div><label for="group">{escape(listing.group_word)}</label>
<select id="group"><option value="">all</option>{options}</select></div>
</div>
<fieldset class="controls-kinds"><legend>Show</legend>{boxes}</fieldset>
<p id="count" class="soft" role="status" aria-live="polite"></p>
<ul id="rows" class="rows"></ul>
<p><button type="button" id="more" hidden>Show more</button></p>
"""


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> str:
    """A table; the cells are HTML. It is scrolled sideways by keyboard too, and on a phone each row stands as a list,
    with the heads above the cells. Of very many rows the first.
    """
    more = f"<p>and {len(rows) - ROWS_LIMIT} more; the list below has them all</p>\n" if len(rows) > ROWS_LIMIT else ""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    cells = [f'<td data-head="{escape(h)}">' for h in heads]
    body = "".join(
        "<tr>" + "".join(f"{cell}{text}</td>" for cell, text in zip(cells, row, strict=True)) + "</tr>\n"
        for row in rows[:ROWS_LIMIT]
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>\n{more}"
    )


def counts(pairs: Sequence[tuple[str, int]]) -> str:
    """Numbers side by side."""
    return '<dl class="counts">' + "".join(f"<div><dt>{escape(w)}</dt><dd>{n}</dd></div>" for w, n in pairs) + "</dl>\n"


def folded(title: str, body: str, *, opened: bool = False) -> str:
    """A part that opens and closes; ``body`` is HTML."""
    return f"<details{' open' if opened else ''}><summary>{escape(title)}</summary>\n{body}</details>\n"


def _in_script(text: str) -> str:
    """JSON that cannot end the script element or open a comment in it."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _asset(name: str) -> str:
    return (files("kade.report") / "assets" / name).read_text(encoding="utf-8")
