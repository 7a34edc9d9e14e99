"""A text that has to fit in a comment: what matters most is whole, the rest shares the room that is left.

GitHub takes 65,536 characters in a comment or an issue, ``pulumi/actions`` cuts at 64,000.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kade.report.words import plural

LIMIT: Final = 64_000  # characters
RESERVE: Final = 400  # characters that are kept for saying what was cut
LEAST: Final = 6_000  # characters for all the rest, where even the first section cannot be whole
WIDTH: Final = 400  # characters of a line of names, so that cutting lines cuts few names
CUT: Final = "\n**Cut to fit in a comment:** {}. The whole report is in the artifact of this run."


@dataclass(frozen=True)
class Section:
    """A part of the text. Where it does not fit, lines are cut from its end.

    ``what`` names what its lines are, in the plural. The first ``head`` lines and ``end`` are there or nothing is.
    ``more`` is the line that stands for what was cut. ``counts`` says how many things each line names, where not one.
    """

    what: str
    lines: Sequence[str]
    weight: float = 1  # of the room, beside the others
    head: int = 3
    end: Sequence[str] = ()
    more: str = "- … and {}"
    counts: Sequence[int] = ()

    @property
    def size(self) -> int:
        """Characters of all of it."""
        return _size([*self.lines, *self.end])


def fitted(head: Sequence[str], first: Section, rest: Sequence[Section]) -> str:
    """The text, at most `LIMIT` characters, with what is missing said at its end.

    ``first`` is whole if that is possible at all. Of the others each gets its part of the room, by weight, and what one
    does not need goes to the others.
    """
    sections = [section for section in rest if section.lines]
    room = LIMIT - RESERVE - _size(head)
    left = min(LEAST, sum(section.size for section in sections)) if first.size > room else 0
    lines, cut = _cut(first, room - left)
    made, missing = [*head, *lines], [cut]
    for section, share in zip(sections, _shares(sections, room - _size(lines)), strict=True):
        lines, cut = _cut(section, share)
        made += lines
        missing.append(cut)
    told = _told([words for words in missing if words])
    return "\n".join([*made, CUT.format(told)] if told else made) + "\n"


def _shares(sections: Sequence[Section], room: float) -> list[float]:
    """The characters that each gets: the small ones all that they ask for, the others by weight what is left."""
    found = [0.0] * len(sections)
    weights = sum(section.weight for section in sections)
    for number in sorted(range(len(sections)), key=lambda n: sections[n].size / sections[n].weight):
        section = sections[number]
        found[number] = min(section.size, room * section.weight / weights)
        room -= found[number]
        weights -= section.weight
    return found


def _cut(section: Section, room: float) -> tuple[list[str], str]:
    """The lines of a section that fit, and what is missing in words (empty: nothing)."""
    if section.size <= room:
        return [*section.lines, *section.end], ""
    left = room - _size([section.more, *section.end]) - len(_missing(section, 0))
    kept = 0
    while kept < len(section.lines) and len(section.lines[kept]) < left:
        left -= len(section.lines[kept]) + 1
        kept += 1
    if kept < section.head:
        return [], _missing(section, section.head)
    missing = _missing(section, kept)
    return [*section.lines[:kept], section.more.format(missing), *section.end], missing


def _missing(section: Section, kept: int) -> str:
    if section.counts:
        return f"{sum(section.counts[kept:])} {section.what}"
    return f"{plural(len(section.lines) - kept, 'line')} of {section.what}"


def _told(missing: Sequence[str]) -> str:
    """What is missing, as much as there is room to say."""
    told: list[str] = []
    for number, words in enumerate(missing):
        more = f" and {len(missing) - number} more parts"
        if len(CUT) + len(", ".join([*told, words])) + len(more) > RESERVE:
            return ", ".join(told) + more
        told.append(words)
    return ", ".join(told)


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def wrapped(start: str, names: Sequence[str], indent: str) -> tuple[list[str], list[int]]:
    """Names after the start of a list item, over several lines where they are many, and how many names each has."""
    lines, counts = [start], [0]
    for number, name in enumerate(names):
        if len(lines[-1]) > WIDTH:
            lines.append(indent)
            counts.append(0)
        lines[-1] += f"{'' if lines[-1].endswith(' ') else ' '}{name}{',' if number < len(names) - 1 else ''}"
        counts[-1] += 1
    return lines, counts


def code(text: str) -> str:
    """The text as code on one line; nothing in it is markup."""
    return "`" + " ".join(text.replace("`", "'").split()) + "`"


def plain(text: str) -> str:
    """The text on one line, with nothing in it that is markup, a mention or a reference to an issue."""
    one_line = " ".join(text.split())
    escaped = re.sub(r"([\\`*_\[\]|~#])", r"\\\1", one_line.replace("&", "&amp;").replace("<", "&lt;"))
    return escaped.replace("@", "@<!-- -->")
