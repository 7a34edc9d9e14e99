"""The problem as a CP-SAT model: one yes or no for each application and open slot.

With ``guarded`` each rule holds only while its literal is true, so that a solver can say which rules clash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from kade.migration.waves.limits import APART, BRIDGE, CROWD, bans, capacities, month, own_cost
from kade.migration.waves.problem import Move, Problem


@dataclass
class Built:
    """The model, its choices by application and slot, and with guards the text of each rule by its literal."""

    model: cp_model.CpModel
    choices: dict[str, dict[int, Any]] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)
    rules: dict[int, str] = field(default_factory=dict)
    guards: list[Any] = field(default_factory=list)
    links: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)  # bridged, apart
    crowds: list[tuple[Any, list[tuple[str, int]]]] = field(default_factory=list)

    def start_from(self, places: Mapping[str, int]) -> None:
        """Tell the solver of a plan to begin with, by everything that the model has of it."""
        hint = self.model.add_hint
        for key, place in places.items():
            hint(self.places[key], place)
            for i, chosen in self.choices[key].items():
                hint(chosen, i == place)
        for (user, used), (bridged, apart) in self.links.items():
            if user in places and used in places:
                hint(bridged, places[user] < places[used])
                hint(apart, places[user] > places[used])
        for crowd, chosen in self.crowds:
            hint(crowd, max(0, sum(places.get(key) == i for key, i in chosen) - 1))

    def guard(self, text: str) -> Any:
        """A literal under which a rule holds."""
        literal = self.model.new_bool_var("")
        self.rules[literal.index] = text
        self.guards.append(literal)
        return literal


def build(problem: Problem, *, guarded: bool = False) -> Built:
    """All rules of the problem; without guards also the costs, to be kept low."""
    built = Built(cp_model.CpModel())
    for move in problem.moves:
        _place(built, problem, move, guarded)
    _shares(built, problem, guarded)
    _pilots(built, problem, guarded)
    _capacity(built, problem, guarded)
    if not guarded:
        built.model.minimize(sum(_costs(built, problem)))
    return built


def _place(built: Built, problem: Problem, move: Move, guarded: bool) -> None:
    found = bans(problem, move)
    closed = frozenset() if guarded else frozenset().union(*(ban.closed for ban in found))
    open_ = {i: built.model.new_bool_var("") for i in range(len(problem.slots)) if i not in closed}
    built.choices[move.key] = open_
    built.model.add_exactly_one(open_.values())
    place = built.model.new_int_var(0, len(problem.slots) - 1, "")
    built.model.add(place == sum(i * chosen for i, chosen in open_.items()))
    built.places[move.key] = place
    if guarded:
        for ban in found:
            literal = built.guard(f"{move.key}: {ban.why}")
            for i in ban.closed:
                built.model.add_implication(literal, open_[i].negated())


def _shares(built: Built, problem: Problem, guarded: bool) -> None:
    for move in problem.moves:
        for other in move.shares:
            rule = built.model.add(built.places[move.key] == built.places[other])
            if guarded:
                rule.only_enforce_if(built.guard(f"{move.key} shares a machine or database with {other}"))


def _pilots(built: Built, problem: Problem, guarded: bool) -> None:
    if not problem.pilots:
        return
    literal = built.guard(f"the pilot goes first: {', '.join(sorted(problem.pilots))}") if guarded else None
    last = built.model.new_int_var(0, len(problem.slots), "")
    rules = [built.model.add(built.places[key] <= last) for key in problem.pilots]
    rules += [
        built.model.add(built.places[move.key] > last)
        for move in problem.moves
        if move.in_azure and move.key not in problem.pilots
    ]
    if literal is not None:
        for rule in rules:
            rule.only_enforce_if(literal)


def _capacity(built: Built, problem: Problem, guarded: bool) -> None:
    """What the teams can do and the years can pay."""
    for capacity in capacities(problem):
        literal = built.guard(capacity.text) if guarded else None
        terms: dict[int, list[Any]] = {}
        wanted: dict[int, int] = {}
        for key, amount in capacity.takes.items():
            choices = built.choices[key]
            for i, chosen in choices.items():
                terms.setdefault(capacity.period[i], []).append(amount * chosen)
            for period in {capacity.period[i] for i in choices}:
                wanted[period] = wanted.get(period, 0) + amount
        for period, taken in terms.items():
            if wanted[period] > capacity.most[period]:
                rule = built.model.add(sum(taken) <= capacity.most[period])
                if literal is not None:
                    rule.only_enforce_if(literal)


def _grouped(problem: Problem, period) -> Iterable[list[int]]:
    found: dict[Any, list[int]] = {}
    for i, slot in enumerate(problem.slots):
        found.setdefault(period(slot.starts), []).append(i)
    return found.values()


def _costs(built: Built, problem: Problem) -> list[Any]:
    model, terms = built.model, []
    for move in problem.moves:
        costs = own_cost(problem, move)
        terms += [sum(costs[i].values()) * chosen for i, chosen in built.choices[move.key].items()]
    for user, used in problem.pairs:
        bridged, apart = model.new_bool_var(""), model.new_bool_var("")
        first, second = built.places[user], built.places[used]
        model.add(first >= second).only_enforce_if(bridged.negated())
        model.add(first <= second).only_enforce_if(apart.negated())
        built.links[user, used] = bridged, apart
        terms += [APART * apart, BRIDGE * bridged]
    heavy = [move for move in problem.moves if move.heavy]
    for slots in _grouped(problem, month):
        chosen = [(m.key, i) for m in heavy for i in slots if i in built.choices[m.key]]
        if len(chosen) > 1:
            crowd = model.new_int_var(0, len(chosen), "")
            model.add(crowd >= sum(built.choices[key][i] for key, i in chosen) - 1)
            built.crowds.append((crowd, chosen))
            terms.append(CROWD * crowd)
    return terms
