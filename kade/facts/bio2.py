"""BIO2 government measures and BIO Thema Clouddiensten. Source, version and date stand in ``bio2.json``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kade.facts.data import read, unknown


@dataclass(frozen=True)
class Measure:
    """One measure. ``label`` is our short Dutch label (empty where code has no part in it), ``text`` the formal text.

    ``framework`` is ``BIO2`` or ``BIO Thema Clouddiensten``; of the latter only the label is held.
    """

    id: str
    label: str
    text: str
    framework: str
    version: str

    @property
    def title(self) -> str:
        """The label, or the first sentence of the text, at most 120 characters."""
        first = self.label or self.text.split("\n", 1)[0]
        return first if len(first) <= 120 else first[:117].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class TlsGuideline:
    """Versions of TLS by their judgement, and the least ``max-age`` of HSTS in seconds."""

    good: tuple[str, ...]
    sufficient: tuple[str, ...]
    insufficient: tuple[str, ...]
    hsts_max_age_min: int


@cache
def measures() -> dict[str, Measure]:
    """All live measures by id: BIO2's (``8.22.01``) first, then those of BIO Thema Clouddiensten (``U.05.2``)."""
    data = read("bio2")
    found = {
        id_: Measure(id_, entry.get("label", ""), entry["text"], "BIO2", data["version"])
        for id_, entry in data["measures"].items()
    }
    thema = data["thema"]
    for id_, label in thema["measures"].items():
        found[id_] = Measure(id_, label, "", thema["source"], thema["version"])
    return found


def measure(id_: str) -> Measure:
    """The measure with that id. Raises `UnknownFactError` for an id that is not live."""
    found = measures().get(id_)
    if found is None:
        raise unknown("BIO measure", id_, list(measures()))
    return found


def tls() -> TlsGuideline:
    """What counts as good, sufficient and insufficient TLS."""
    data = read("bio2")["tls"]
    return TlsGuideline(
        tuple(data["good"]), tuple(data["sufficient"]), tuple(data["insufficient"]), data["hsts_max_age_min"]
    )
