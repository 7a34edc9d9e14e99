"""Plans of small made problems: every rule, the cost, stability, and what clashes."""

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kade.migration.waves.bound import lower_bound
from kade.migration.waves.check import check_plan
from kade.migration.waves.compact import compacted
from kade.migration.waves.limits import MOVED, cost, links
from kade.migration.waves.model import build
from kade.migration.waves.problem import Move, PlanError, Prerequisite, Problem, Span, Team, slots_between
from kade.migration.waves.report import changes
from kade.migration.waves.search import searched
from kade.migration.waves.solver import clash, solve
from kade.migration.waves.start import first_places
from tools.bench.portfolio import portfolio

SLOTS = slots_between(date(2027, 1, 1), date(2027, 6, 30))
TEAM = Team("ict", "ICT", 4)


def move(key, **other):
    return replace(Move(key, key.title(), "rehost", "zorg", in_azure=True), **other)


def problem(*moves, **other):
    return replace(Problem(SLOTS, moves, (TEAM,)), **other)


def test_slots_are_halves_of_months_wholly_inside():
    found = slots_between(date(2027, 1, 2), date(2027, 3, 30))
    assert [slot.starts for slot in found] == [
        date(2027, 1, 16), date(2027, 2, 1), date(2027, 2, 16), date(2027, 3, 1),
    ]  # fmt: skip
    assert found[2].ends == date(2027, 2, 28)


def test_half_a_move_a_month_is_one_in_a_quarter():
    assert (Team("a", "A", 0.5).in_month, Team("a", "A", 0.5).in_quarter) == (1, 1)
    plan = solve(problem(move("a"), move("b"), teams=(Team("t", "T", 0.5),)))
    assert sorted(day.month for day in plan.dates.values()) == [1, 4]


ELECTION = Span("Verkiezing", date(2027, 1, 10), date(2027, 2, 3), frozenset({"zorg"}))
BREAKS = {
    "freeze": ({}, {"freezes": (ELECTION,)}, "freeze"),
    "contract": ({"contract_ends": date(2027, 3, 31)}, {}, "contract"),
    "tender": ({"tender_until": date(2027, 4, 10)}, {}, "tender"),
    "window": ({"window": Span("golf", date(2027, 3, 1), date(2027, 3, 31))}, {}, "wave"),
    "prerequisite": ({}, {"prerequisites": (Prerequisite("Net", date(2027, 2, 20), frozenset({"a"})),)}, "Net"),
    "fixed": ({"fixed": date(2027, 5, 16)}, {}, "fixed"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_rule_holds_in_the_plan_and_the_check_sees_where_it_does_not(name):
    own, common, word = BREAKS[name]
    made = problem(move("a", **own), **common)
    assert check_plan(made, solve(made).dates) == []
    broken = [slot.starts for slot in SLOTS if check_plan(made, {"a": slot.starts})]
    assert 0 < len(broken) < len(SLOTS)
    assert all(word in text for day in broken for text in check_plan(made, {"a": day}))
    open_ = build(made).choices["a"]  # the solver's rules and the checker's are the same
    assert {SLOTS[i].starts for i in open_} == {slot.starts for slot in SLOTS} - set(broken)


def test_the_check_sees_what_is_lost_unknown_apart_too_many_or_before_the_pilot():
    day, later = SLOTS[0].starts, SLOTS[1].starts
    made = problem(move("a", shares=("b",)), move("b"), move("c"), pilots=frozenset({"c"}), teams=(Team("t", "T", 1),))
    assert check_plan(made, {"a": day, "x": day}) == [
        "x is in the plan, and does not move",
        "b has no date",
        "c has no date",
    ]
    assert check_plan(made, {"a": day, "b": date(2027, 1, 2), "c": day}) == ["b: 2027-01-02 begins no slot"]
    text = "\n".join(check_plan(made, {"a": day, "b": later, "c": later}))
    assert "a shares a machine or database with b" in text
    assert "a does not wait for the pilot" in text
    assert "3 moves in 2027-01, all teams together can do 1" in text


def test_a_team_of_its_own_is_not_helped_by_the_others():
    teams = (Team("one", "One", 1), Team("two", "Two", 3))
    made = problem(*(move(f"a{i}", team="one") for i in range(3)), move("b"), teams=teams)
    plan = solve(made)
    assert sorted(plan.dates[f"a{i}"].month for i in range(3)) == [1, 2, 3]
    assert plan.dates["b"] == SLOTS[0].starts
    assert "one can do 1" in "\n".join(check_plan(made, dict.fromkeys(plan.dates, SLOTS[0].starts)))


def test_who_talks_moves_together_and_what_lacks_support_goes_first():
    made = problem(
        move("a", needs=("b",)), move("b", supported_until=date(2026, 1, 1), weight=4), move("c"),
        teams=(Team("t", "T", 2),),
    )  # fmt: skip
    plan = solve(made)
    assert plan.dates["a"] == plan.dates["b"] == SLOTS[0].starts
    assert [how for *_, how, _ in links(made, plan.dates)] == ["together"]
    assert plan.gap == 0


def test_what_is_bought_anew_is_not_paid_twice():
    plan = solve(problem(move("a", strategy="repurchase", contract_ends=date(2027, 4, 30))))
    assert plan.dates["a"] == date(2027, 4, 16)


def test_one_changed_date_moves_few_and_says_why():
    made = problem(*(move(f"a{i}") for i in range(12)))
    first = solve(made)
    again = replace(made, moves=tuple(replace(m, previous=first.dates[m.key]) for m in made.moves))
    assert solve(again).dates == first.dates
    late = next(m for m in again.moves if m.previous == SLOTS[0].starts)
    ready = Prerequisite("Netwerk", date(2027, 6, 1), frozenset({late.key}))
    changed = replace(again, prerequisites=(ready,))
    plan = solve(changed)
    moved = changes(changed, plan)
    assert (late.key, "Netwerk is ready on 2027-06-01") in [(key, why) for key, _, _, why in moved]
    assert len(moved) <= 2
    assert plan.terms["changed"] == MOVED * len(moved)


def test_a_clash_names_the_rules_and_no_others():
    made = problem(
        move("a", contract_ends=date(2027, 2, 28)), move("b"),
        prerequisites=(Prerequisite("Landing zone", date(2027, 3, 1), frozenset({"a", "b"})),),
        freezes=(Span("Jaareinde", date(2027, 1, 1), date(2027, 1, 31)),),
    )  # fmt: skip
    assert sorted(clash(made)) == [
        "a: Landing zone is ready on 2027-03-01",
        "a: its contract ends on 2027-02-28",
    ]
    with pytest.raises(PlanError, match="cannot hold together\n  a: Landing zone"):
        solve(made)


def test_a_clash_between_applications_is_found_too():
    span = Span("golf", date(2027, 1, 1), date(2027, 1, 31))
    made = problem(*(move(f"a{i}", window=span) for i in range(5)), move("b"))
    with pytest.raises(PlanError, match="4 moves in a month") as caught:
        solve(made)
    assert "b:" not in str(caught.value)


days = st.sampled_from([None, *(slot.ends for slot in SLOTS[3:])])


def dates_of(made, places):
    return compacted(made).dates(made, places)


@st.composite
def problems(draw):
    """Small problems with every kind of rule; not all of them can be planned."""
    keys = [f"a{i}" for i in range(draw(st.integers(1, 7)))]
    moves = tuple(
        move(
            key,
            domain=draw(st.sampled_from(["zorg", "geld"])),
            in_azure=draw(st.booleans()),
            heavy=draw(st.booleans()),
            weight=draw(st.integers(1, 4)),
            contract_ends=draw(days),
            supported_until=draw(st.sampled_from([None, date(2020, 1, 1), date(2027, 3, 1)])),
            needs=tuple(sorted(draw(st.sets(st.sampled_from(keys), max_size=2)) - {key})),
            shares=tuple(draw(st.sets(st.sampled_from(keys), max_size=1)) - {key}),
            previous=draw(st.sampled_from([None, SLOTS[0].starts, SLOTS[5].starts])),
            team=draw(st.sampled_from(["", "ict"])),
            euros=draw(st.sampled_from([0, 0, 30_000])),
        )
        for key in keys
    )  # fmt: skip
    starts = draw(st.sampled_from(SLOTS)).starts
    freezes = (Span("Stil", starts, date(2027, 4, 10), frozenset(draw(st.sets(st.sampled_from(["zorg", "geld"]))))),)
    pilots = frozenset(key for key in keys[:1] if draw(st.booleans()))
    teams = (TEAM, Team("twee", "Twee", draw(st.sampled_from([0.5, 1.5]))))
    return problem(
        *moves,
        freezes=freezes if starts <= date(2027, 4, 10) else (),
        pilots=pilots,
        teams=teams,
        budgets={2027: 100_000},
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_no_plan_loses_an_application_or_breaks_a_rule(made):
    try:
        plan = solve(made, seconds=5)
    except PlanError:
        clashing = clash(made)
        assert clashing
        assert first_places(compacted(made)) is None
        return
    assert list(plan.dates) == [m.key for m in made.moves]
    assert check_plan(made, plan.dates) == []
    assert plan.objective == sum(cost(made, plan.dates).values()) == pytest.approx(plan.bound)
    told = [(user, used) for user, used, how, reason in links(made, plan.dates) if how and reason]
    assert told == made.pairs
    compact = compacted(made)
    looks = iter(range(300))
    assert lower_bound(compact, lambda: next(looks, None) is None) <= plan.objective + 1e-6
    begun = first_places(compact)
    if begun is not None:
        better, _ = searched(compact, begun, 2000, time.time() + 5)
        costs = [sum(cost(made, compact.dates(made, places)).values()) for places in (begun, better)]
        assert costs[0] >= costs[1] >= plan.objective
        for places in (begun, better):
            assert check_plan(made, compact.dates(made, places)) == []


def test_the_plan_to_begin_with_lets_the_urgent_go_first_and_places_are_exchanged():
    made = problem(
        *(move(f"a{i}") for i in range(6)), move("z", supported_until=date(2020, 1, 1)), teams=(Team("t", "T", 2),)
    )
    compact = compacted(made)
    begun = first_places(compact)
    assert begun is not None
    assert begun[6] == 0
    spoilt = [*begun[:5], begun[6], begun[5]]
    best, _ = searched(compact, spoilt, 5000, time.time() + 5)
    assert sum(cost(made, compact.dates(made, best)).values()) == solve(made).objective


def test_a_budget_of_a_year_holds_and_clashes_by_name():
    slots = slots_between(date(2027, 11, 1), date(2028, 2, 28))
    made = problem(*(move(f"a{i}", euros=40_000) for i in range(3)), slots=slots, budgets={2027: 90_000})
    plan = solve(made)
    assert sorted(day.year for day in plan.dates.values()) == [2027, 2027, 2028]
    assert check_plan(made, dict.fromkeys(plan.dates, slots[0].starts)) == [
        "120,000 euros in 2027, and its budget is 90,000"
    ]
    with pytest.raises(PlanError, match="the budget of 2028 is 30,000 euros"):
        solve(replace(made, budgets={2027: 90_000, 2028: 30_000}))


def test_a_large_programme_is_searched_and_bounded():
    """By steps and not by the clock, so that it is the same on a busy machine; a plan by the clock holds the rules."""
    made = portfolio(100)
    compact = compacted(made)
    begun = first_places(compact)
    assert begun is not None
    looks = iter(range(400))
    bound = lower_bound(compact, lambda: next(looks, None) is None)
    found, _ = searched(compact, begun, 150_000, time.time() + 300)
    first, best = (sum(cost(made, dates_of(made, places)).values()) for places in (begun, found))
    assert bound <= best < first
    assert (best - bound) / best < 0.05
    plan = solve(made, seconds=2)
    assert check_plan(made, plan.dates) == []
    assert 0 < plan.bound <= plan.objective < first


def test_a_changed_contract_of_a_large_programme_moves_few_and_says_why():
    made = portfolio(100)
    first = solve(made, seconds=6)
    again = replace(made, moves=tuple(replace(m, previous=first.dates[m.key]) for m in made.moves))
    late = max((m for m in again.moves if m.contract_ends and not m.shares), key=lambda m: first.dates[m.key])
    sooner = replace(late, contract_ends=first.dates[late.key] - timedelta(1))
    changed = replace(again, moves=tuple(sooner if m is late else m for m in again.moves))
    moved = changes(changed, solve(changed, seconds=6))
    assert late.key in [key for key, *_ in moved]
    assert len(moved) <= 10
    assert all(why for *_, why in moved)
