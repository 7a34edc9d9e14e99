"""Words that Azure keeps out of names. Source and date stand in ``reserved_names.json``."""

from __future__ import annotations

from kade.facts.data import read


def reserved_word(name: str) -> str:
    """The word for which Azure refuses a name of a resource with a public endpoint; empty where it refuses none."""
    facts, word = read("reserved_names"), name.lower()
    if word in facts["whole"]:
        return word
    held = (w for w in facts["inside"] if w in word)
    begun = (w for w in facts["start"] if word.startswith(w))
    return next(held, "") or next(begun, "")


def administrators() -> list[str]:
    """The names that the administrator of a virtual machine may not have, in lower case."""
    return read("reserved_names")["administrators"]["names"]
