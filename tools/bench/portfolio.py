"""Made-up application portfolios of municipalities, as planning problems; the same for the same numbers.

What is drawn, and from what (shares are ours; they follow the two example estates and the shape of the GEMMA
Softwarecatalogus, in which a few components have most of the links):

- eight domains, with the freezes that each of them has every year (tax assessments, year end, summer at the counter);
- five out of six applications depend on something. Most of that goes to nine hubs (zaaksysteem, BRP, documents,
  finance, ...), which depend on each other; the rest stays inside clusters of two to six applications of one domain;
- contracts of what is bought anew end mostly on the last day of a year, a quarter of them must be tendered;
- support has ended for a third, and ends for most others before 2030;
- one in twelve shares a machine with another; one in eight is bound to a wave, one in ten to a team;
- three teams, which are full for four fifths of their time (what is bound to a wave needs that room).

``hard`` is another one: links between any two applications and so hardly any clusters or hubs, no waves, and teams that
are full for nineteen twentieths of their time.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

from kade.migration.waves.problem import Move, Prerequisite, Problem, Span, Team, slots_between

FIRST, UNTIL = date(2027, 1, 1), date(2030, 12, 31)
MONTHS = 48
CITY = 300  # applications of one municipality; more is a region
DOMAINS = {
    "bedrijfsvoering": 26, "sociaal": 16, "ruimte": 18, "openbare-werken": 12, "dienstverlening": 11, "burgerzaken": 8,
    "belastingen": 6, "griffie": 3,
}  # fmt: skip
HUBS = {
    "zaaksysteem": ("dienstverlening", 22, ("documenten", "gegevens")),
    "gegevens": ("burgerzaken", 16, ("burgerzakensysteem",)),
    "documenten": ("bedrijfsvoering", 16, ()),
    "financien": ("bedrijfsvoering", 12, ()),
    "broker": ("bedrijfsvoering", 12, ()),
    "geo": ("ruimte", 9, ("gebouwen",)),
    "gebouwen": ("ruimte", 5, ()),
    "burgerzakensysteem": ("burgerzaken", 5, ()),
    "personeel": ("bedrijfsvoering", 3, ()),
}  # the domain, the share of the links, and what it depends on itself
STRATEGIES = {"repurchase": 36, "rehost": 26, "replatform": 20, "refactor": 6, "retire": 12}
SUPPORT = {date(2023, 10, 10): 30, date(2027, 1, 12): 20, date(2029, 1, 9): 25, date(2031, 10, 14): 15, None: 10}
FREEZES = (
    ("Jaarafsluiting", (12, 15), 47, ("bedrijfsvoering",)),
    ("Aanslagoplegging", (1, 15), 59, ("belastingen", "ruimte")),
    ("Zomerdrukte balie", (6, 15), 77, ("burgerzaken",)),
)


def portfolio(count: int, *, hard: bool = False, seed: int = 1) -> Problem:
    """A problem with so many applications; above 300 those of several municipalities that cooperate."""
    draw = random.Random(seed)  # noqa: S311 - made-up data, not secrets
    cities = max(1, round(count / CITY))
    sizes = [count // cities + (i < count % cities) for i in range(cities)]
    moves = [move for i, size in enumerate(sizes) for move in _city(draw, f"g{i:02}-", size, hard)]
    names = (f"g{i:02}-{kind}" for i in range(cities) for kind in ("platform", "beheer", "leverancier"))
    in_quarter = math.ceil(count / (MONTHS / 3) / (0.95 if hard else 0.8) / (3 * cities))
    teams = tuple(Team(name, name, in_quarter / 3) for name in names)
    pilots = frozenset(f"g{i:02}-pilot{n}" for i in range(cities) for n in (1, 2))
    azure = frozenset(move.key for move in moves if move.in_azure)
    ready = Prerequisite("Landing zone", date(2027, 3, 1), azure)
    return Problem(slots_between(FIRST, UNTIL), tuple(moves), teams, tuple(_freezes()), (ready,), pilots)


def _freezes() -> list[Span]:
    found = []
    for year in range(2026, 2031):
        for title, (month, day), days, domains in FREEZES:
            starts = date(year, month, day)
            found.append(Span(f"{title} {year}", starts, starts + timedelta(days), frozenset(domains)))
    election = frozenset({"burgerzaken", "dienstverlening"})
    found.append(Span("Provinciale Statenverkiezing", date(2027, 2, 24), date(2027, 4, 7), election))
    found.append(Span("Gemeenteraadsverkiezing", date(2030, 2, 27), date(2030, 4, 10), election | {"griffie"}))
    return found


def _city(draw: random.Random, prefix: str, size: int, hard: bool) -> list[Move]:
    pilots = [Move(f"{prefix}pilot{n}", "Pilot", "rehost", "ruimte", in_azure=True) for n in (1, 2)]
    hubs = [
        Move(prefix + name, name, "replatform", domain, 4, True, in_azure=True, needs=tuple(prefix + o for o in needs))
        for name, (domain, _, needs) in HUBS.items()
    ]
    keys = [f"{prefix}a{i:03}" for i in range(size - len(pilots) - len(hubs))]
    domains = {key: _one(draw, DOMAINS) for key in keys}
    needs = _anywhere(draw, keys) if hard else _needs(draw, prefix, keys, domains)
    rest = [_move(draw, prefix, key, domains, needs[key], hard) for key in keys]
    return [*pilots, *hubs, *rest]


def _needs(draw: random.Random, prefix: str, keys: list[str], domains: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Links to hubs for two thirds, and inside clusters of a domain."""
    shares = {prefix + name: share for name, (_, share, _) in HUBS.items()}
    found = {}
    left: dict[str, list[str]] = {}
    for key in keys:
        wanted = [_one(draw, shares) for _ in range(draw.choices((0, 1, 2, 3), (34, 36, 20, 10))[0])]
        mates = left.setdefault(domains[key], [])
        if mates and draw.random() < 0.55:
            wanted.append(draw.choice(mates))
        mates.append(key)
        if len(mates) > draw.randint(1, 5):
            mates.clear()
        found[key] = tuple(dict.fromkeys(wanted))
    return found


def _anywhere(draw: random.Random, keys: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {key: [] for key in keys}
    for _ in keys:
        user, used = draw.sample(keys, 2)
        if used not in found[user] and user not in found[used]:
            found[user].append(used)
    return {key: tuple(needs) for key, needs in found.items()}


def _move(
    draw: random.Random, prefix: str, key: str, domains: dict[str, str], needs: tuple[str, ...], hard: bool
) -> Move:
    strategy = _one(draw, STRATEGIES)
    weight = draw.choices((1, 2, 3, 4), (25, 45, 20, 10))[0]
    supported = _one(draw, SUPPORT)
    in_azure = strategy in ("rehost", "replatform", "refactor")
    ends = tender = window = None
    if not in_azure and draw.random() < 0.8:
        ends = date(draw.randint(2027, 2031), 12, 31) if draw.random() < 0.6 else _some_month_end(draw)
        if draw.random() < 0.25 and ends > date(2027, 12, 1):
            tender = date(2027, 9, 25)
    elif not hard and draw.random() < 0.2:
        year = draw.randint(2027, 2030)
        window = Span(f"golf-{year}", date(year, 3, 16), date(year, 12, 10))
    mates = [other for other in needs if not hard and domains.get(other) == domains[key]]
    shares = tuple(mates[:1]) if in_azure and window is None and draw.random() < 0.25 else ()
    team = prefix + draw.choice(("platform", "beheer", "leverancier")) if draw.random() < 0.1 else ""
    return Move(
        key, key, strategy, domains[key], weight, weight > 2, in_azure, team, ends, None, tender,
        supported, "", window, needs, shares,
    )  # fmt: skip


def _some_month_end(draw: random.Random) -> date:
    month = draw.randint(6, 60)  # months after January 2027
    return date(2027 + month // 12, month % 12 + 1, 1) - timedelta(1)


def _one(draw: random.Random, shares: dict):
    return draw.choices(list(shares), list(shares.values()))[0]
