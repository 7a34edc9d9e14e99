"""The first page: what an administrator asks first, each with an answer that needs no other page."""

from __future__ import annotations

from datetime import date

from kade.roadmap.figures import Phase, Roadmap
from kade.roadmap.html import bullets, paragraph, section, sources, table
from kade.roadmap.words import Words

RISKS = 5  # on the first page
_NAMES = 6  # of what moves on a day
_ROLES = 3  # that are named with what they have to confirm


def essentials(map_: Roadmap, say: Words) -> str:
    """All of the first page but its title."""
    answers = (_now, _year, _cost, _risks, _asked, _wait)
    parts = (section("what", say("what"), _about(map_, say), level=3), *(answer(map_, say) for answer in answers))
    return section("essentials", say("essentials"), *parts)


def _about(map_: Roadmap, say: Words) -> str:
    stay = len(map_.moves) - len(map_.going)
    return paragraph(
        say("people", inhabitants=map_.inhabitants, employees=map_.employees)
        if map_.employees
        else say("inhabitants", inhabitants=map_.inhabitants),
        say("what_text", total=len(map_.moves)),
        say("machines", n=map_.machines) if map_.machines else "",
        say("what_goes", until=map_.until, n=len(map_.going)),
        say("what_stays", n=stay) if stay else "",
        say("what_cloud"),
    )


def _now(map_: Roadmap, say: Words) -> str:
    total, moved = len(map_.going), len(map_.moved)
    late = [move.title for move in map_.late]
    return section(
        "now",
        say("now"),
        paragraph(
            say("now_text", moved=moved, total=total, togo=total - moved),
            say("undated", n=len(map_.undated)) if map_.undated else "",
            say("late_text", names=say.names(late)) if late else say("not_late"),
        ),
        f"<div class='meter' role='img' aria-label='{moved} / {total}'>"
        f"<span style='width:{100 * moved / max(total, 1):.0f}%'></span></div>",
        sources(say, "plan", "state"),
        level=3,
    )


def _year(map_: Roadmap, say: Words) -> str:
    year = map_.today.year
    now, later = map_.in_year(year), sorted({move.starts.year for move in map_.to_go if move.starts})
    following = next((other for other in later if other > year), None)
    days: dict[date, list[str]] = {}
    for move in now:
        if move.starts:
            days.setdefault(move.starts, []).append(move.title)
    heads = [say("phase"), say("when"), say("applications")]
    rows = [
        [phase.title, say("from_to", first=say.month(phase.starts), last=say.month(phase.ends)), str(len(phase.moves))]
        for phase in map_.phases
    ]
    if map_.money is not None:
        heads.append(say("cost_per_month"))
        for row, phase in zip(rows, map_.phases, strict=True):
            row.append(cost_of(map_, phase, say))
    return section(
        "year",
        say("this_year", year=str(year)),
        bullets(f"{say.day(day)}: {say.names(titles, _NAMES)}" for day, titles in days.items()),
        paragraph(
            "" if now else say("this_year_none", year=str(year)),
            say("next_year", year=str(following), names=say.names([move.title for move in map_.in_year(following)]))
            if following
            else "",
        ),
        table(say("phases_short"), heads, rows, numbers=range(2, len(heads))),
        sources(say, "plan", *(["prices"] if map_.money else [])),
        level=3,
    )


def cost_of(map_: Roadmap, phase: Phase, say: Words) -> str:
    """What a phase costs a month in the currency of the price file, and whether a part of it is not known."""
    if phase.costs is None:
        return say("unknown") if phase.moves else say("none")
    shown = say.money(phase.costs, map_.money.currency if map_.money else "EUR")
    return say("at_least", amount=shown) if phase.at_least else shown


def _cost(map_: Roadmap, say: Words) -> str:
    money, parts = map_.money, []
    if money is None:
        parts.append(paragraph(say("cost_none")))
    else:
        last = max(money.by_year)
        monthly, amount = say.money(money.monthly, money.currency), say.money(money.by_year[last], money.currency)
        parts.append(paragraph(say("cost_text", monthly=monthly, year=str(last), amount=amount), kind="big"))
        parts.append(
            paragraph(
                say("cost_shared", amount=say.money(money.shared, money.currency)),
                say("cost_unpriced", n=money.unpriced) if money.unpriced else "",
                say("cost_missing", use=money.by_use),
            )
        )
        parts.append(paragraph(say("cost_source", source=money.source, day=money.day), kind="source"))
    now = say("cost_contracts", amount=say.money(map_.contracts_yearly)) if map_.contracts_yearly else ""
    parts.append(paragraph(*_budget(map_, say), now))
    parts.append(sources(say, "budget", "applications"))
    return section("cost", say("cost"), *parts, level=3)


def _budget(map_: Roadmap, say: Words) -> list[str]:
    """The budget of this year, or that there is none; of the next one that there is; and of all that follow."""
    coming = {year: one for year, one in sorted(map_.budgets.items()) if year >= map_.today.year}
    texts = [] if map_.today.year in coming else [say("budget_none", year=str(map_.today.year))]
    for number, (year, budget) in enumerate(coming.items()):
        if number == 0:
            amounts = {"investment": say.money(budget.investment), "running": say.money(budget.running)}
            texts.append(say("budget_text", year=str(year), **amounts))
            texts.append(say("budget_decided", day=budget.decided) if budget.decided else say("budget_undecided"))
    if len(coming) > 1:
        investment, running = (sum(getattr(one, part) for one in coming.values()) for part in ("investment", "running"))
        span = {"first": str(min(coming)), "last": str(max(coming))}
        texts.append(say("budget_all", **span, investment=say.money(investment), running=say.money(running)))
    return texts


def _risks(map_: Roadmap, say: Words) -> str:
    rows = [
        (
            risk.title,
            say("of_five", n=risk.chance),
            say("of_five", n=risk.impact),
            risk.measure,
            map_.roles[risk.owner],
        )
        for risk in map_.risks[:RISKS]
    ]
    heads = [say(key) for key in ("risk", "chance", "impact", "measure", "owner")]
    shown = paragraph(say("risks_text", n=len(rows))) + table(say("risks"), heads, rows) + sources(say, "risks")
    return section("risks", say("risks"), shown if rows else paragraph(say("no_risks")), level=3)


def _asked(map_: Roadmap, say: Words) -> str:
    points = []
    for question in map_.decisions:
        decision = question.decision
        when = say("decide_late" if question.late else "decide_before", day=decision.wanted)
        point = say("decide_short", question=decision.question, who=map_.roles[decision.owner], when=when)
        option = decision.options[decision.advice].title if decision.advice else ""
        advice = say("decide_advice", option=option) if option else say("decide_no_advice")
        holds = say("decide_holds", n=len(question.holds)) if question.holds else ""
        points.append(" ".join(part for part in (point, holds, advice) if part))
    open_ = [str(year) for year, one in sorted(map_.budgets.items()) if not one.decided and year >= map_.today.year]
    if open_:
        points.append(say("asked_budget", years=say.names(open_)))
    if map_.confirmations:
        shown = [f"{map_.roles[owner]} ({count})" for owner, count in map_.confirmations.items()]
        total = sum(map_.confirmations.values())
        points.append(say("asked_departments", n=total, names=say.names(shown, _ROLES)))
    more = say("asked_more", chapter=say("decisions")) if map_.decisions else ""
    intro = paragraph(say("asked_text"), more)
    shown = intro + bullets(points) + sources(say, "decisions", "budget", "applications")
    return section("asked", say("asked"), shown if points else paragraph(say("asked_none")), level=3)


def _wait(map_: Roadmap, say: Words) -> str:
    past = sum(ending.count for ending in map_.support if ending.day < map_.today)
    coming = [ending for ending in map_.support if ending.day >= map_.today]
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
        which = say("wait_which", chapter=say("measures"))
        points.append(f"{say('wait_measures', n=broken)} {which}" if broken else say("wait_measures_none"))
    held = {title for question in map_.decisions for title in question.holds}
    if held:
        days = [question.first for question in map_.decisions if question.first]
        twice = sum(len(question.holds) for question in map_.decisions) > len(held)
        texts = [say("wait_decisions", n=len(held)), say("wait_twice") if twice else ""]
        texts.append(say("wait_first", day=min(days)) if days else "")
        points.append(" ".join(text for text in texts if text))
    told = ["support", "applications", *(["measures"] if map_.measures else []), "decisions"]
    return section("wait", say("wait"), bullets(points), sources(say, *told), level=3)
