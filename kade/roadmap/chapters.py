"""What comes after the first page: phases, costs, themes, portfolio, connections, progress, rules, exits, benefits."""

from __future__ import annotations

from html import escape

from kade.roadmap.charts import bars, columns, timeline
from kade.roadmap.figures import Move, Phase, Roadmap
from kade.roadmap.html import bullets, figure, paragraph, section, table
from kade.roadmap.words import Words

_PAIRS = 40  # connections that are shown one by one


def chapters(map_: Roadmap, say: Words) -> list[tuple[str, str, str]]:
    """Each chapter with its key and title."""
    made = [
        ("decisions", say("decisions"), _decisions(map_, say)),
        ("phases", say("phases"), _phases(map_, say)),
        ("years", say("years"), _years(map_, say)),
        ("themes", say("themes"), _themes(map_, say)),
        ("portfolio", say("portfolio"), _portfolio(map_, say)),
        ("dependencies", say("dependencies"), _dependencies(map_, say)),
        ("progress", say("progress"), _progress(map_, say)),
        ("measures", say("measures"), _measures(map_, say)),
        ("exits", say("exits"), _exits(map_, say)),
        ("benefits", say("benefits"), _benefits(map_, say)),
        ("words", say("words"), _words(say)),
        ("sources", say("sources"), bullets(say.items("sources_list"))),
    ]
    return [(key, title, section(key, title, body)) for key, title, body in made if body]


def _decisions(map_: Roadmap, say: Words) -> str:
    parts = []
    for decision, holds, late in map_.decisions:
        when = say("decide_late" if late else "decide_before", day=decision.wanted)
        options = [(option.title, option.consequence) for option in decision.options.values()]
        advice = say("decide_advice", option=decision.options[decision.advice].title) if decision.advice else ""
        held = say("decide_holds", n=len(holds)) if holds else ""
        parts.append(
            f"<div class='decision{' late' if late else ''}'><h3>{escape(decision.question)}</h3>"
            + paragraph(f"{map_.roles[decision.owner]}: {when}.", held, advice)
            + table(decision.question, [say("option"), say("consequence")], options)
            + paragraph(say("waits", names=say.names(list(holds), 30)) if holds else "")
            + "</div>"
        )
    return paragraph(say("decisions_text")) + "".join(parts) if parts else ""


def _phases(map_: Roadmap, say: Words) -> str:
    if not map_.phases:
        return ""
    first = min(phase.starts for phase in map_.phases).replace(month=1, day=1)
    last = max(map_.until, *(phase.ends for phase in map_.phases))
    text = say("timeline_text", first=first, last=last)
    chart = timeline(
        say("timeline"),
        text,
        [(phase.title, phase.starts, phase.ends) for phase in map_.phases],
        [(freeze.starts, freeze.ends) for freeze in map_.freezes],
        first,
        last,
    )
    rows = [
        (
            phase.title,
            say.day(phase.starts),
            say.day(phase.ends),
            ", ".join(move.title for move in phase.moves) or say("none"),
            _costs(map_, phase, say),
        )
        for phase in map_.phases
    ]
    heads = [say(key) for key in ("phase", "from", "to", "applications", "cost_per_month")]
    without = [move.title for move in map_.moves if move.starts is None and not move.moved]
    return (
        paragraph(say("phases_text", n=len(map_.phases)))
        + figure(chart, text)
        + table(say("phases"), heads, rows, numbers=(4,))
        + (paragraph(say("no_day", names=say.names(without, 20))) if without else "")
    )


def _costs(map_: Roadmap, phase: Phase, say: Words) -> str:
    if phase.costs is None:
        return say("unknown")
    amount = say.money(phase.costs, map_.money.currency if map_.money else "EUR")
    return say("at_least", amount=amount) if phase.at_least else amount


def _years(map_: Roadmap, say: Words) -> str:
    money = map_.money
    if money is None:
        return ""
    values = {str(year): amount for year, amount in money.by_year.items()}
    limit = {str(year): budget.running for year, budget in map_.budgets.items() if str(year) in values}
    shown = {year: say.money(amount, money.currency) for year, amount in values.items()}
    chart = columns(say("years"), say("years_text"), values, limit, shown)
    rows = [(year, shown[year], say.money(limit[year]) if year in limit else say("unknown")) for year in values]
    heads = [say(key) for key in ("year", "amount", "budget")]
    return figure(chart, say("years_text")) + table(say("years"), heads, rows, numbers=(1, 2))


def _themes(map_: Roadmap, say: Words) -> str:
    rows = [
        (
            say(f"theme_{theme}"),
            goal.goal,
            goal.measure,
            say.number(goal.baseline),
            say.number(goal.target),
            say.day(goal.by),
            map_.roles[goal.owner],
            ", ".join(map_.serves.get(theme, [])) or say("none"),
        )
        for theme, goal in map_.goals.items()
    ]
    heads = [say(k) for k in ("theme", "goal", "counted", "baseline", "target", "by", "owner", "serves")]
    return table(say("themes"), heads, rows, numbers=(3, 4))


def _portfolio(map_: Roadmap, say: Words) -> str:
    counts: dict[str, float] = {}
    for move in map_.moves:
        name = say(f"strategy_{move.strategy}")
        counts[name] = counts.get(name, 0) + 1
    ordered = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    chart = bars(say("portfolio"), say("number"), ordered, {name: say.number(count) for name, count in ordered.items()})
    rows = [
        (
            move.title,
            move.domain,
            say(f"strategy_{move.strategy}"),
            say.day(move.starts) if move.starts else say("unknown"),
            say(_state(move)),
        )
        for move in map_.moves
    ]
    heads = [say(key) for key in ("application", "domain", "choice", "planned", "state")]
    return (
        paragraph(say("portfolio_text"))
        + figure(chart, say("portfolio"))
        + table(
            say("portfolio"), [say("choice"), say("number")], [(n, say.number(c)) for n, c in ordered.items()], (1,)
        )
        + table(say("applications"), heads, rows, shown=True)
    )


def _state(move: Move) -> str:
    if move.moved:
        return "state_moved"
    return "state_late" if move.late else "state_planned" if move.starts else "state_none"


def _dependencies(map_: Roadmap, say: Words) -> str:
    pairs = map_.links_between_phases
    rows = [(one, other) for one, other in pairs[:_PAIRS]]
    return paragraph(say("dependencies_text", n=map_.links, m=len(pairs))) + table(
        say("dependencies"), [say("application"), say("uses")], rows
    )


def _progress(map_: Roadmap, say: Words) -> str:
    planned = sum(1 for move in map_.moves if move.starts and move.starts <= map_.today)
    late = [move.title for move in map_.late]
    return paragraph(
        say("progress_text", planned=planned, moved=len(map_.moved)),
        say("late_text", names=say.names(late, 20)) if late else say("not_late"),
    )


def _measures(map_: Roadmap, say: Words) -> str:
    found = map_.measures
    if found is None:
        return paragraph(say("measures_none"))
    told = say("measures_text", code=found.by_code, partly=found.partly, organisation=found.by_organisation)
    broken = say("measures_open", names=say.names(list(found.open_), 20)) if found.open_ else say("measures_fine")
    return paragraph(told, broken)


def _exits(map_: Roadmap, say: Words) -> str:
    rows = [
        (
            one.title,
            ", ".join(one.formats),
            say("months_notice", n=one.notice_months),
            say.day(one.tested) if one.tested else say("never"),
        )
        for one in map_.exits
    ]
    tested = sum(1 for one in map_.exits if one.tested)
    heads = [say(key) for key in ("application", "formats", "notice", "tested")]
    return paragraph(say("exits_text", n=len(rows), tested=tested)) + table(say("exits"), heads, rows)


def _benefits(map_: Roadmap, say: Words) -> str:
    amount = say.money(map_.saved_yearly)
    return paragraph(
        say("benefits_text", servers=map_.servers_off, contracts=map_.saved_contracts, amount=amount),
        say("benefits_goals"),
    )


def _words(say: Words) -> str:
    rows = [(word, meaning) for word, meaning in say.items("words_list")]
    return table(say("words"), [say("word"), say("meaning")], rows)
