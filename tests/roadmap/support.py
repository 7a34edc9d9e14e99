"""The page of an example estate, as it is and with something changed, as text without tags."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from kade.cost.costing import Costs, Line
from kade.cost.prices import PriceFile
from kade.cost.years import moves_of
from kade.estate import load
from kade.roadmap.gather import gather
from kade.roadmap.page import page
from kade.roadmap.words import words

ROOT = Path(__file__).parents[2]
ESTATE = load(ROOT / "estates" / "lindewaard")
MOVES = moves_of(ESTATE)
TODAY = date(2026, 11, 25)
FILE = PriceFile("een proef", date(2026, 11, 1), "EUR")


def made(estate: Any = ESTATE, language: str = "nl", today: date = TODAY, **given: Any) -> str:
    """The page. ``given`` is what `gather` takes besides."""
    moves = given.pop("moves", MOVES)
    return page(gather(estate, moves, given.pop("standing", ()), today, **given), words(language))


def shown(estate: Any = ESTATE, language: str = "nl", today: date = TODAY, **given: Any) -> str:
    """The page as text: without tags, with single spaces."""
    return plain(made(estate, language, today, **given))


def plain(html: str) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"[\s\u00a0]+", " ", unescape(text))


def but(**changes: Any) -> Any:
    """The estate with parts changed."""
    return ESTATE.model_copy(update=changes)


def changed(key: str, **changes: Any) -> Any:
    """The estate with one application changed."""
    return but(applications={**ESTATE.applications, key: ESTATE.applications[key].model_copy(update=changes)})


def programme(**changes: Any) -> Any:
    """The estate with its programme changed."""
    return but(programme=ESTATE.programme.model_copy(update=changes))


def costs(*monthly: float | None, usage: bool = False, layer: str = "workloads-zaaksysteem") -> Costs:
    """Costs of the case system, or of another layer; a line for each amount."""
    stack = f"lindewaard.prd.{layer}"
    urn = f"urn:pulumi:{stack}::kade::azure-native:web:AppServicePlan::zaaksysteem-web-plan"
    type_ = "azure-native:web:AppServicePlan"
    return Costs([Line(stack, urn, type_, "plan", amount, usage=usage) for amount in monthly], FILE)
