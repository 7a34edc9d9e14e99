"""Finds the best plan that it can in the time there is, and says how far it can be from the best there is.

Small programmes go to CP-SAT, which proves the best plan. Large ones have too many choices for that: there a search
makes a plan cheaper on one processor, while another looks for the bound (`bound`). Which rules clash, CP-SAT says.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import Any

from ortools.sat.python import cp_model

from kade.migration.waves.bound import lower_bound
from kade.migration.waves.compact import Compact, compacted
from kade.migration.waves.limits import cost
from kade.migration.waves.model import Built, build
from kade.migration.waves.problem import Plan, PlanError, Problem
from kade.migration.waves.search import HOT, searched
from kade.migration.waves.start import first_places

WORKERS = 2
SMALL = 60  # applications; up to here CP-SAT proves the best plan within seconds
STEPS_PER_SECOND = 60_000  # of the search; what a slow processor does, so that a faster one finds the same plan
WARM = 1.0  # where the plan before begins the search: it is to change little
FOR_SEARCH = 0.85  # of the time
CLASH_SECONDS = 15.0


def solve(problem: Problem, seconds: float = 30.0, workers: int = WORKERS) -> Plan:
    """The plan of the least cost that was found in this time, with the bound that shows how good it is.

    Raises `PlanError` with the rules that clash, or where no plan was found in time.
    """
    if not problem.moves:
        return Plan({})
    if not problem.slots:
        raise PlanError("there is no half month between the first day and the end of the programme")
    began = time.perf_counter()
    compact = compacted(problem)
    if not all(group.open for group in compact.groups):
        raise PlanError(_clash_text(clash(problem)))
    wanted = _wanted(problem, compact)
    start = first_places(compact, wanted) or first_places(compact)
    if len(problem.moves) <= SMALL:
        dates, bound = _exact(problem, compact, start, seconds, workers)
    else:
        if start is None:  # the simple rule found none, so CP-SAT says whether there is one
            dates, _ = _exact(problem, compact, None, seconds / 2, workers, first=True)
            start = compact.places(problem, dates)
        left = max(1.0, seconds * FOR_SEARCH - (time.perf_counter() - began))
        places, bound = _large(compact, start, left, WARM if wanted else HOT)
        dates = compact.dates(problem, places)
    terms = cost(problem, dates)
    total = sum(terms.values())
    bound = min(float(total), max(0.0, math.ceil(bound - 1e-6)))  # a cost is a whole number
    return Plan(dates, terms, total, bound, time.perf_counter() - began)


def _wanted(problem: Problem, compact: Compact) -> dict[int, int]:
    """Where the plan before had each group."""
    before = {m.key: problem.place[m.previous] for m in problem.moves if m.previous and m.previous in problem.place}
    return {n: before[group.keys[0]] for n, group in enumerate(compact.groups) if group.keys[0] in before}


def _large(compact: Compact, start: list[int], seconds: float, hot: float) -> tuple[list[int], float]:
    """A plan by search and the bound, each on a processor of its own; what time the bound leaves is searched too."""
    until = time.time() + seconds
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        first = beside.submit(searched, compact, start, int(STEPS_PER_SECOND * seconds), until, hot)
        bound = lower_bound(compact, lambda: time.time() > until)
        steps = int(STEPS_PER_SECOND * max(0.0, until - time.time()))
        second = searched(compact, start, steps, until, hot, seed=2)
        places, _ = max(first.result(), second, key=lambda found: found[1])
    return places, bound


def _exact(
    problem: Problem, compact: Compact, start: list[int] | None, seconds: float, workers: int, *, first: bool = False
) -> tuple[Mapping[str, date], float]:
    """CP-SAT's best plan (with ``first`` any) and bound. Raises `PlanError` with what clashes, or without a plan."""
    built = build(problem)
    if start:
        built.start_from({key: problem.place[day] for key, day in compact.dates(problem, start).items()})
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 1
    solver.parameters.stop_after_first_solution = first
    # Simplifying this model for long takes most of the time that there is, and gains nothing.
    solver.parameters.max_presolve_iterations = 1
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    status = solver.solve(built.model)
    if status == cp_model.INFEASIBLE:
        raise PlanError(_clash_text(clash(problem)))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        places = {key: next(i for i, x in built.choices[key].items() if solver.value(x)) for key in built.choices}
        return {key: problem.slots[i].starts for key, i in places.items()}, solver.best_objective_bound
    if start:
        return compact.dates(problem, start), 0.0
    raise PlanError(f"no plan was found in {seconds:g} seconds; give more time with --seconds")


def clash(problem: Problem, seconds: float = CLASH_SECONDS) -> list[str]:
    """A small set of rules that cannot hold together; empty where none was found in time.

    The solver's own core is made smaller by leaving out one rule after the other for as long as the rest still clashes.
    """
    until = time.perf_counter() + seconds
    built = build(problem, guarded=True)
    core = _core(built, built.guards, seconds)
    if core is None:
        return []
    for index in list(core):
        if time.perf_counter() > until:
            break
        smaller = _core(built, [g for g in built.guards if g.index in core and g.index != index], 2)
        if smaller is not None:
            core = smaller
    return [text for index, text in built.rules.items() if index in core]


def _core(built: Built, guards: list[Any], seconds: float) -> set[int] | None:
    """The rules of a clash among these, by literal; None where they can hold together or it is not known."""
    built.model.clear_assumptions()
    built.model.add_assumptions(guards)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    if solver.solve(built.model) != cp_model.INFEASIBLE:
        return None
    return set(solver.sufficient_assumptions_for_infeasibility())


def _clash_text(rules: list[str]) -> str:
    if not rules:
        return "there is no plan that holds every rule, and which ones clash was not found in time"
    return "there is no plan: these rules cannot hold together\n" + "\n".join(f"  {rule}" for rule in rules)
