"""Charts as SVG: bars and a timeline. Each has a title and a description, and the page gives its figures as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from textwrap import wrap
from typing import Final

INK, PALE, ACCENT, SECOND = "#1b1b1b", "#d9e2ec", "#01538f", "#a8480c"  # all but PALE have 4.5:1 on white
_FONT: Final = "font-family='system-ui, sans-serif'"
_ROW, _LABEL, _WIDE = 26, 210, 640
_LETTERS, _LINE = 26, 16  # of a label: letters on a line, and its height


def bars(title: str, text: str, values: Mapping[str, float], show: Mapping[str, str]) -> str:
    """Horizontal bars, one for each name; ``show`` is what stands behind each."""
    most = max([*values.values(), 1.0])
    height = _ROW * len(values) + 8
    parts = []
    for at, (name, value) in enumerate(values.items()):
        y = at * _ROW + 6
        length = (_WIDE - _LABEL - 90) * value / most
        parts.append(
            f"<text x='{_LABEL - 8}' y='{y + 14}' text-anchor='end'>{escape(name)}</text>"
            f"<rect x='{_LABEL}' y='{y}' width='{length:.1f}' height='18' fill='{ACCENT}'/>"
            f"<text x='{_LABEL + length + 6:.1f}' y='{y + 14}'>{escape(show[name])}</text>"
        )
    return _svg(title, text, height, "".join(parts))


def columns(
    title: str, text: str, values: Mapping[str, float], limit: Mapping[str, float], show: Mapping[str, str]
) -> str:
    """Columns, one for each name, with a line at the height of its limit where it has one."""
    most = max([*values.values(), *limit.values(), 1.0])
    height, room = 210, 150
    width = (_WIDE - 40) / max(len(values), 1)
    parts = []
    for at, (name, value) in enumerate(values.items()):
        x, tall = 20 + at * width, room * value / most
        parts.append(
            f"<rect x='{x + width * 0.2:.1f}' y='{30 + room - tall:.1f}' width='{width * 0.6:.1f}'"
            f" height='{tall:.1f}' fill='{ACCENT}'/>"
            f"<text x='{x + width / 2:.1f}' y='{24 + room - tall:.1f}' text-anchor='middle'>{escape(show[name])}</text>"
            f"<text x='{x + width / 2:.1f}' y='{height - 8}' text-anchor='middle'>{escape(name)}</text>"
        )
        if name in limit:
            y = 30 + room - room * limit[name] / most
            parts.append(
                f"<line x1='{x + width * 0.08:.1f}' x2='{x + width * 0.92:.1f}' y1='{y:.1f}' y2='{y:.1f}'"
                f" stroke='{SECOND}' stroke-width='3' stroke-dasharray='6 3'/>"
            )
    return _svg(title, text, height, "".join(parts))


def timeline(
    title: str,
    text: str,
    phases: Sequence[tuple[str, date, date]],
    freezes: Sequence[tuple[date, date]],
    first: date,
    last: date,
) -> str:
    """Phases as bars over the years; times without changes as pale bands behind them."""
    span = max((last - first).days, 1)
    labels = [wrap(name, _LETTERS) for name, _starts, _ends in phases]
    rows = [max(_ROW, _LINE * len(lines) + 8) for lines in labels]
    height = sum(rows) + 34
    inner = _WIDE - _LABEL - 16

    def x(day: date) -> float:
        return _LABEL + inner * min(max((day - first).days, 0), span) / span

    parts = [
        f"<rect x='{x(a):.1f}' y='20' width='{max(x(b) - x(a), 1):.1f}' height='{height - 24}' fill='{PALE}'/>"
        for a, b in freezes
        if b >= first and a <= last
    ]
    for year in range(first.year, last.year + 1):
        begin = max(date(year, 1, 1), first)
        parts.append(
            f"<line x1='{x(begin):.1f}' x2='{x(begin):.1f}' y1='18' y2='{height - 4}' stroke='{INK}'"
            " stroke-width='0.5'/>"
            f"<text x='{x(begin) + 4:.1f}' y='13'>{year}</text>"
        )
    y = 26
    for (_name, starts, ends), lines, row in zip(phases, labels, rows, strict=True):
        text_ = "".join(
            f"<tspan x='{_LABEL - 8}' y='{y + 14 + at * _LINE}'>{escape(line)}</tspan>" for at, line in enumerate(lines)
        )
        parts.append(
            f"<text text-anchor='end'>{text_}</text>"
            f"<rect x='{x(starts):.1f}' y='{y}' width='{max(x(ends) - x(starts), 2):.1f}' height='18' fill='{ACCENT}'/>"
        )
        y += row
    return _svg(title, text, height, "".join(parts))


def _svg(title: str, text: str, height: float, body: str) -> str:
    return (
        f"<svg viewBox='0 0 {_WIDE} {height:.0f}' role='img' aria-label='{escape(f'{title}. {text}', quote=True)}'"
        f" {_FONT} font-size='13' fill='{INK}'><title>{escape(title)}</title><desc>{escape(text)}</desc>{body}</svg>"
    )
