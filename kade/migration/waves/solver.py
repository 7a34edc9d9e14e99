"""Finds the best plan with CP-SAT, or says which rules clash."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from kade.migration.waves.check import check_plan
from kade.migration.waves.improve import improved
from kade.migration.waves.limits import bans, cost
from kade.migration.waves.model import Built, build
from kade.migration.waves.problem import Plan, PlanError, Problem
from kade.migration.waves.start import first_plan

SECONDS = 30.0
WORKERS = 2
FOR_START = 0.25  # of the time, at most, for the plan to begin with
CLASH_SECONDS = 15.0


def solve(problem: Problem, seconds: float = SECONDS, workers: int = WORKERS) -> Plan:
    """The plan of the least cost that was found in this time, with the bound that shows how good it is.

    Raises `PlanError` with the rules that clash, or where no plan was found in time.
    """
    if not problem.moves:
        return Plan({})
    if not problem.slots:
        raise PlanError("there is no half month between the first day and the end of the programme")
    began = time.perf_counter()
    if any(len(frozenset().union(*(b.closed for b in bans(problem, m)))) == len(problem.slots) for m in problem.moves):
        raise PlanError(_clash_text(clash(problem)))
    built = build(problem)
    start = _start(problem)
    if start:
        start = improved(problem, start, seconds * FOR_START)
        number = {slot.starts: i for i, slot in enumerate(problem.slots)}
        built.start_from({key: number[day] for key, day in start.items()})
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(1.0, seconds - (time.perf_counter() - began))
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 1
    # Simplifying this model for long takes most of the time that there is, and gains nothing.
    solver.parameters.max_presolve_iterations = 1
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    status = solver.solve(built.model)
    if status == cp_model.INFEASIBLE:
        raise PlanError(_clash_text(clash(problem)))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        dates = {
            key: problem.slots[next(i for i, chosen in choices.items() if solver.value(chosen))].starts
            for key, choices in built.choices.items()
        }
    elif start:
        dates = start
    else:
        raise PlanError(f"no plan was found in {seconds:g} seconds; give more time with --seconds")
    terms = cost(problem, dates)
    bound = max(0.0, solver.best_objective_bound)
    return Plan(dates, terms, sum(terms.values()), bound, time.perf_counter() - began)


def _start(problem: Problem) -> dict[str, date] | None:
    """A plan to begin with: the one before where it still holds, else one by a simple rule, else None."""
    before = {move.key: move.previous for move in problem.moves if move.previous}
    return first_plan(problem) if check_plan(problem, before) else before


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
