"""What comes after the first page: phases, costs, themes, portfolio, connections, progress, rules, exits, benefits."""

from __future__ import annotations

from html import escape

from kade.roadmap.charts import bars, columns, timeline
from kade.roadmap.essentials import cost_of
from kade.roadmap.figures import Move, Roadmap
from kade.roadmap.html import figure, paragraph, section, sources, table
from kade.roadmap.words import Words

_PAIRS = 40  # connections that are shown one by one


def chapters(map_: Roadmap, say: Words) -> list[tuple[str, str, str]]:
    """Each chapter with its key and title."""
    made = [
        ("decisions", _decisions(map_, say)),
        ("all_risks", _risks(map_, say)),
        ("phases", _phases(map_, say)),
        ("years", _years(map_, say)),
        ("themes", _themes(map_, say)),
        ("portfolio", _portfolio(map_, say)),
        ("dependencies", _dependencies(map_, say)),
        ("progress", _progress(map_, say)),
        ("measures", _measures(map_, say)),
        ("recovery", _recovery(map_, say)),
        ("exits", _exits(map_, say)),
        ("benefits", _benefits(map_, say)),
        ("words", _listed(say, "words", "words_list")),
        ("sources", _listed(say, "sources", "sources_list")),
    ]
    return [(key, say(key), section(key, say(key), body)) for key, body in made if body]


def _decisions(map_: Roadmap, say: Words) -> str:
    parts = []
    for question in map_.decisions:
        decision = question.decision
        when = say("decide_late" if question.late else "decide_before", day=decision.wanted)
        options = [(option.title, option.consequence) for option in decision.options.values()]
        advice = say("decide_advice", option=decision.options[decision.advice].title) if decision.advice else ""
        about = [
            say("waits_phases", names=say.names(list(question.phases))) if question.phases else "",
            say("waits_first", day=question.first) if question.first else "",
            say("about_risks", names=say.names(list(question.risks))) if question.risks else "",
            *(say("about_exemption", what=what, day=day) for what, day in question.exemptions),
        ]
        parts.append(
            f"<div class='decision{' late' if question.late else ''}'><h3>{escape(decision.question)}</h3>"
            + paragraph(f"{map_.roles[decision.owner]}: {when}.", advice)
            + table(decision.question, [say("option"), say("consequence")], options)
            + paragraph(say("waits", names=say.names(list(question.holds), 30)) if question.holds else "")
            + paragraph(*about)
            + "</div>"
        )
    asked = [(map_.roles[owner], say.number(count)) for owner, count in map_.confirmations.items()]
    confirm = paragraph(say("confirm_text")) + table(say("confirm"), [say("owner"), say("applications")], asked, (1,))
    if not parts and not asked:
        return ""
    return (
        (paragraph(say("decisions_text")) + "".join(parts) if parts else "")
        + (f"<h3>{escape(say('confirm'))}</h3>{confirm}" if asked else "")
        + sources(say, "decisions", "applications", "plan")
    )


def _risks(map_: Roadmap, say: Words) -> str:
    rows = [
        (
            risk.title,
            say(f"risk_{risk.kind}"),
            say("of_five", n=risk.chance),
            say("of_five", n=risk.impact),
            risk.measure,
            map_.roles[risk.owner],
            ", ".join(map_.titles[key] for key in risk.applications) or say("none"),
        )
        for risk in map_.risks
    ]
    heads = [say(key) for key in ("risk", "kind", "chance", "impact", "measure", "owner", "about")]
    return table(say("all_risks"), heads, rows) + sources(say, "risks") if rows else ""


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
    once = any(phase.once is not None for phase in map_.phases)
    rows = [
        (
            phase.title,
            say.day(phase.starts),
            say.day(phase.ends),
            ", ".join(move.title for move in phase.moves) or say("none"),
            *([say.money(phase.once) if phase.once is not None else say("unknown")] if once else []),
            cost_of(map_, phase, say),
        )
        for phase in map_.phases
    ]
    keys = ("phase", "from", "to", "applications", *(["cost_once"] if once else []), "cost_per_month")
    heads = [say(key) for key in keys]
    without = [move.title for move in map_.undated]
    return (
        paragraph(say("phases_text", n=len(map_.phases)))
        + figure(chart, text)
        + table(say("phases"), heads, rows, numbers=range(4, len(heads)))
        + (paragraph(say("no_day", names=say.names(without, 20))) if without else "")
        + sources(say, "plan", "applications", *(["prices"] if map_.money else []))
    )


def _years(map_: Roadmap, say: Words) -> str:
    money = map_.money
    if money is None:
        return ""
    values = {str(year): amount for year, amount in money.by_year.items()}
    budgets = map_.budgets if money.currency == "EUR" else {}  # those of the estate are in euros
    limit = {str(year): budget.running for year, budget in budgets.items() if str(year) in values}
    shown = {year: say.money(amount, money.currency) for year, amount in values.items()}
    chart = columns(say("years"), say("years_text"), values, limit, shown)
    rows = [(year, shown[year], say.money(limit[year]) if year in limit else say("unknown")) for year in values]
    heads = [say(key) for key in ("year", "amount", "budget")]
    return (
        figure(chart, say("years_text"))
        + table(say("years"), heads, rows, numbers=(1, 2))
        + sources(say, "prices", "plan", "budget")
    )


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
    return table(say("themes"), heads, rows, numbers=(3, 4)) + sources(say, "goals") if rows else ""


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
        + sources(say, "applications", "plan", "state")
    )


def _state(move: Move) -> str:
    if move.stays:
        return "state_stays"
    if move.moved:
        return "state_moved"
    return "state_late" if move.late else "state_planned" if move.starts else "state_none"


def _dependencies(map_: Roadmap, say: Words) -> str:
    pairs = map_.links_between_phases
    shown, more = pairs[:_PAIRS], len(pairs) - _PAIRS
    return (
        paragraph(say("dependencies_text", n=map_.links, m=len(pairs)))
        + table(say("dependencies"), [say("application"), say("uses")], shown)
        + (paragraph(say("dependencies_more", n=more)) if more > 0 else "")
        + sources(say, "applications", "inventory", "plan")
    )


def _progress(map_: Roadmap, say: Words) -> str:
    planned = sum(1 for move in map_.going if move.starts and move.starts <= map_.today)
    late = [move.title for move in map_.late]
    on = [f"{title} ({machine})" for title, machine in map_.still_on]
    return (
        paragraph(
            say("progress_text", planned=planned, moved=len(map_.moved)),
            say("late_text", names=say.names(late, 20)) if late else say("not_late"),
        )
        + (paragraph(say("still_on", names=say.names(on, 20))) if on else "")
        + (paragraph(say("unclaimed", n=map_.unclaimed)) if map_.unclaimed else "")
        + sources(say, "plan", "state", "inventory")
    )


def _measures(map_: Roadmap, say: Words) -> str:
    found = map_.measures
    if found is None:
        return paragraph(say("measures_none"))
    told = say("measures_text", code=found.by_code, partly=found.partly, organisation=found.by_organisation)
    rows = [(one.id, one.title, say(f"by_{one.by}")) for one in found.open_]
    heads = [say(key) for key in ("rule", "rule_about", "owner")]
    state = say("measures_open", n=len(rows)) if rows else say("measures_fine")
    return paragraph(told, state) + table(say("measures"), heads, rows) + sources(say, "measures")


def _recovery(map_: Roadmap, say: Words) -> str:
    rows = [(say.hours(one.downtime), say.hours(one.loss), say.number(one.applications)) for one in map_.recovery]
    heads = [say(key) for key in ("downtime", "loss", "applications")]
    shown = table(say("recovery"), heads, rows, (2,))
    return paragraph(say("recovery_text")) + shown + sources(say, "applications") if rows else ""


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
    text = say("exits_text", n=len(rows), tested=tested) if rows else ""
    return paragraph(text, say("exits_own")) + table(say("exits"), heads, rows) + sources(say, "applications")


def _benefits(map_: Roadmap, say: Words) -> str:
    amount = say.money(map_.saved_yearly)
    return paragraph(
        say("benefits_text", servers=map_.servers_off, contracts=map_.saved_contracts, amount=amount),
        say("benefits_goals"),
    ) + sources(say, "applications", "inventory", "goals")


def _listed(say: Words, title: str, items: str) -> str:
    """A list of words with their meanings."""
    return table(say(title), [say("word"), say("meaning")], [(word, meaning) for word, meaning in say.items(items)])
