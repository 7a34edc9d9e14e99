"""The first page: five questions that an administrator has, each with an answer that needs no other page."""

from __future__ import annotations

from kade.roadmap.figures import Roadmap
from kade.roadmap.html import bullets, paragraph, section, table
from kade.roadmap.words import Words


def essentials(map_: Roadmap, say: Words) -> str:
    """All of the first page but its title."""
    answers = (
        _now(map_, say),
        _year(map_, say),
        _cost(map_, say),
        _risks(map_, say),
        _asked(map_, say),
        _wait(map_, say),
    )
    about = paragraph(say("what_text", total=len(map_.moves), until=map_.until, inhabitants=map_.inhabitants))
    parts = (section("what", say("what"), about, level=3), *answers)
    return section("essentials", say("essentials"), *parts)


def _now(map_: Roadmap, say: Words) -> str:
    total, moved = len(map_.moves), len(map_.moved)
    late = [move.title for move in map_.late]
    return section(
        "now",
        say("now"),
        paragraph(
            say("now_text", moved=moved, total=total, togo=total - moved),
            say("late_text", names=say.names(late)) if late else say("not_late"),
        ),
        f"<div class='meter' role='img' aria-label='{moved} / {total}'>"
        f"<span style='width:{100 * moved / max(total, 1):.0f}%'></span></div>",
        level=3,
    )


def _year(map_: Roadmap, say: Words) -> str:
    year = map_.today.year
    now, later = map_.in_year(year), sorted({move.starts.year for move in map_.to_go if move.starts})
    following = next((other for other in later if other > year), None)
    return section(
        "year",
        say("this_year", year=str(year)),
        bullets(f"{move.title} ({say.day(move.starts)})" for move in now if move.starts)
        or paragraph(say("this_year_none", year=str(year))),
        paragraph(
            say("next_year", year=str(following), names=say.names([move.title for move in map_.in_year(following)]))
            if following
            else ""
        ),
        level=3,
    )


def _cost(map_: Roadmap, say: Words) -> str:
    money, parts = map_.money, []
    year = next((year for year in sorted(map_.budgets) if year >= map_.today.year), None)
    if money is None:
        parts.append(paragraph(say("cost_none")))
    else:
        last = max(money.by_year)
        monthly, amount = say.money(money.monthly, money.currency), say.money(money.by_year[last], money.currency)
        parts.append(paragraph(say("cost_text", monthly=monthly, year=str(last), amount=amount), kind="big"))
        parts.append(paragraph(say("cost_missing", unpriced=money.unpriced, use=money.by_use)))
        parts.append(paragraph(say("cost_source", source=money.source, day=money.day), kind="source"))
    if year is not None:
        budget = map_.budgets[year]
        decided = say("budget_decided", day=budget.decided) if budget.decided else say("budget_undecided")
        text = say(
            "budget_text", year=str(year), investment=say.money(budget.investment), running=say.money(budget.running)
        )
        parts.append(paragraph(text, decided))
    return section("cost", say("cost"), *parts, level=3)


def _risks(map_: Roadmap, say: Words) -> str:
    rows = [
        (
            risk.title,
            say("of_five", n=risk.chance),
            say("of_five", n=risk.impact),
            risk.measure,
            map_.roles[risk.owner],
        )
        for risk in map_.risks
    ]
    heads = [say(key) for key in ("risk", "chance", "impact", "measure", "owner")]
    return section("risks", say("risks"), table(say("risks"), heads, rows) or paragraph(say("no_risks")), level=3)


def _asked(map_: Roadmap, say: Words) -> str:
    points = []
    for decision, holds, late in map_.decisions:
        when = say("decide_late" if late else "decide_before", day=decision.wanted)
        point = say("decide_short", question=decision.question, who=map_.roles[decision.owner], when=when)
        advice = say("decide_advice", option=decision.options[decision.advice].title) if decision.advice else ""
        points.append(
            " ".join(part for part in (point, say("decide_holds", n=len(holds)) if holds else "", advice) if part)
        )
    more = paragraph(say("asked_more", chapter=say("decisions")))
    return section("asked", say("asked"), bullets(points) + more if points else paragraph(say("asked_none")), level=3)


def _wait(map_: Roadmap, say: Words) -> str:
    past = sum(ending.count for ending in map_.support if ending.day < map_.today)
    coming = [ending for ending in map_.support if ending.day >= map_.today]
    held = {title for _decision, holds, _late in map_.decisions for title in holds}
    points = [say("wait_support_past", n=past)] if past else []
    if coming:
        day = coming[0].day
        same = [ending for ending in coming if ending.day == day]
        what = say.names([ending.what for ending in same])
        points.append(say("wait_support_next", day=day, n=sum(ending.count for ending in same), what=what))
    elif not past:
        points.append(say("wait_support_none", until=map_.until))
    if map_.contracts:
        first = map_.contracts[0]
        points.append(say("wait_contracts", n=len(map_.contracts), day=first.day, what=first.what))
    else:
        points.append(say("wait_contracts_none", until=map_.until))
    if map_.measures is not None:
        broken = len(map_.measures.open_)
        points.append(say("wait_measures", n=broken) if broken else say("wait_measures_none"))
    if held:
        points.append(say("wait_decisions", n=len(held)))
    return section("wait", say("wait"), bullets(points), level=3)
