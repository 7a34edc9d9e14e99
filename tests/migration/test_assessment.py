"""The strategies: rules in data, the owner's word, privacy, support and sizes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.estate import load
from kade.facts.strategy_rules import StrategyRule, strategy_rules
from kade.facts.support import end_of_support
from kade.facts.vm_sizes import vm_sizes
from kade.inventory.model import Application, Origin, Server
from kade.migration.assessment import assess, holds, propose
from kade.migration.portrait import Ending, Portrait
from kade.migration.sizing import MARGIN, fit

TODAY = date(2026, 11, 25)
HERE = Origin("test", "test")
STRATEGIES = {"rehost", "replatform", "repurchase", "refactor", "relocate", "retire", "retain"}


@pytest.mark.parametrize(
    ("product", "version", "on"),
    [
        ("windows", "2012 R2", date(2023, 10, 10)),
        ("linux", "rhel-8", date(2029, 5, 31)),
        ("Microsoft Windows Server 2019 (64-bit)", "", date(2029, 1, 9)),
        ("Red Hat Enterprise Linux 7.9", "", date(2024, 6, 30)),
        ("ubuntu", "22.04.3", date(2027, 4, 1)),
        ("postgresql", "13.4", date(2025, 11, 13)),
        ("oracle", "19c", date(2029, 12, 31)),
        ("sqlserver", "7", None),
        ("desktop", "97", None),
        ("linux", "", None),
    ],
)
def test_the_end_of_support_is_found_however_it_is_written(product, version, on):
    assert end_of_support(product, version) == on


def test_every_rule_names_a_strategy_and_conditions_that_there_are():
    for rule in strategy_rules():
        assert rule.strategy in STRATEGIES
        assert rule.weight > 0
        holds(rule.when, Portrait("a", "A"), TODAY)
    with pytest.raises(ValueError, match="no condition 'colour'"):
        holds({"colour": "red"}, Portrait("a", "A"), TODAY)


@pytest.mark.parametrize(
    ("portrait", "strategy"),
    [
        (Portrait("a", "Gemalen", data=("vital",), parts=frozenset({"servers"})), "retain"),
        (Portrait("a", "Oud", status="Uit te faseren", parts=frozenset({"servers"})), "retire"),
        (Portrait("a", "Salarissen", components=("Salariscomponent",), contract_ends=date(2028, 1, 1)), "repurchase"),
        (Portrait("a", "Kaarten", engines=("postgresql",), parts=frozenset({"files", "databases"})), "replatform"),
        (Portrait("a", "Dienst", engines=("oracle",), parts=frozenset({"servers", "databases"})), "rehost"),
        (Portrait("a", "Koppelingen", dependants=40), "refactor"),
    ],
)
def test_the_rules_propose_what_is_usual(portrait, strategy):
    proposal = propose(portrait, TODAY)
    assert proposal.strategy == strategy
    assert proposal.reasons


def test_without_a_rule_there_is_no_strategy_and_two_equal_ones_are_uncertain():
    assert propose(Portrait("a", "A"), TODAY).strategy == ""
    rules = [StrategyRule(name, name, 3, {"data": ["public"]}, name) for name in ("rehost", "retire")]
    proposal = propose(Portrait("a", "A", data=("public",)), TODAY, rules)
    assert (proposal.strategy, proposal.confidence, proposal.against) == ("rehost", "low", ("retire: retire",))


def test_the_conditions_on_dates_look_from_today():
    soon = Portrait("a", "A", endings=(Ending(date(2027, 6, 1), "x"),), contract_ends=date(2027, 6, 1))
    assert holds({"unsupported_in_months": 12, "contract_within_months": 12}, soon, TODAY)
    assert not holds({"unsupported_in_months": 3}, soon, TODAY)
    assert not holds({"contract_within_months": 12}, soon, date(2028, 1, 1))  # it has ended


def test_the_owners_word_wins_and_the_proposal_stays_visible():
    estate = load("estates/lindewaard")
    verdicts = {verdict.application: verdict for verdict in assess(estate, TODAY)}
    assert set(verdicts) == set(estate.applications)
    brp = verdicts["burgerzakensysteem"]
    assert (brp.strategy, brp.confidence, brp.by) == ("repurchase", "confirmed", "hoofd-burgerzaken")
    assert "on 2026-10-06" in brp.reasons[-1]
    assert verdicts["begraafplaatsen"].confidence == "recorded"
    assert verdicts["begraafplaatsen"].proposal.strategy
    undecided = [v for v in verdicts.values() if estate.applications[v.application].strategy is None]
    assert undecided
    assert all(v.by == "rules" for v in undecided)
    assert any("nl (Cloudbeleid gemeente Lindewaard" in flag for flag in brp.flags)
    assert verdicts["begraafplaatsen"].endings[0].on == date(2027, 10, 12)


def test_the_portfolio_is_matched_by_name():
    estate = load("estates/lindewaard")
    listed = Application("Overige desktopdatabases", HERE, status="Uitgefaseerd")
    found = {v.application: v for v in assess(estate, TODAY, [listed])}
    assert found["desktopdatabases"].strategy == "retire"
    assert found["desktopdatabases"].confidence == "high"


def test_a_measured_machine_gets_a_smaller_size_and_an_unknown_one_none():
    big = Server("a", HERE, cores=16, memory_mib=65536, cpu_percent=10, memory_percent=20)
    found = fit(big)
    assert found.size is not None
    assert (found.size.name, found.basis) == ("Standard_E4s_v5", "measured")  # 2.1 cores and 16.6 GiB
    configured = fit(Server("a", HERE, cores=4, memory_mib=16384))
    assert configured.size is not None
    assert (configured.size.name, configured.basis) == ("Standard_D4s_v5", "configured")
    assert configured.room == "0.0 cores and 0.0 GiB to spare"
    assert fit(Server("a", HERE, cores=4)).basis == "memory not known"
    assert "larger than the largest" in fit(Server("a", HERE, cores=200, memory_mib=1024.0)).basis


@given(
    st.integers(1, 96), st.floats(256, 400_000), st.none() | st.floats(0, 100), st.none() | st.floats(0, 100)
)  # fmt: skip
def test_a_size_always_holds_the_load_and_no_smaller_one_does(cores, memory, cpu, used):
    found = fit(Server("a", HERE, cores=cores, memory_mib=memory, cpu_percent=cpu, memory_percent=used))
    load_cores = cores * (1 if not cpu else min(1, cpu / 100 * (1 + MARGIN)))
    load_memory = memory / 1024 * (1 if not used else min(1, used / 100 * (1 + MARGIN)))
    fitting = [s for s in vm_sizes() if s.cores >= load_cores and s.memory_gib >= load_memory]
    assert found.size == (fitting[0] if fitting else None)
