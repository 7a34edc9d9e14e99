"""The arithmetic of the pools: enough at the peak, and not more than was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.components.arguments import ArgumentError
from kade.components.workplace.capacity import Demand, check_quota, pool_size

demands = st.builds(
    Demand,
    people=st.integers(0, 5000),
    at_once=st.integers(0, 100),
    personal=st.booleans(),
    load=st.sampled_from(["light", "medium", "heavy", "power"]),
    spare=st.integers(0, 100),
    minimum_hosts=st.integers(1, 5),
    sessions=st.none() | st.integers(1, 60),
    ephemeral=st.just(False),
)


def test_the_calculation_can_be_followed():
    size = pool_size(Demand(people=240, at_once=65, spare=10, sessions=16))
    assert (size.peak, size.wanted, size.hosts, size.all_cores) == (156, 172, 11, 88)
    assert size.calculation == (
        "240 people x 65% = 156 at the peak, + 10% = 172 sessions, / 16 a host = 11 hosts of Standard_D8s_v5 "
        "(8 cores) = 88 cores; room for 20 more"
    )
    assert pool_size(Demand(8, personal=True, load="power")).calculation == (
        "8 people, a host each = 8 hosts of Standard_E8s_v5 (8 cores) = 64 cores"
    )


@given(demands)
def test_it_is_enough_at_the_peak_and_spare_is_what_was_asked_plus_a_host_at_most(demand):
    size = pool_size(demand)
    assert size.capacity * 100 >= demand.people * demand.at_once
    if demand.personal:
        assert size.hosts == demand.people
        return
    asked = -(-size.peak * demand.spare // 100)  # a session is whole
    least = demand.minimum_hosts * size.sessions if demand.people else 0
    assert size.capacity - size.peak <= max(asked + size.sessions, least)
    assert size.hosts <= max(-(-size.wanted // size.sessions), demand.minimum_hosts)


@given(demands, st.integers(0, 500))
def test_more_people_never_get_fewer_hosts_nor_another_size(demand, more):
    before, after = pool_size(demand), pool_size(Demand(**{**vars(demand), "people": demand.people + more}))
    assert after.hosts >= before.hosts
    assert (after.size, after.sessions) == (before.size, before.sessions)


@given(st.lists(demands, min_size=1, max_size=6), st.integers(1, 20_000))
def test_what_is_accepted_stays_within_the_quota(wanted, quota):
    pools = {f"pool-{i}": pool_size(d) for i, d in enumerate(wanted)}
    total = sum(p.hosts * p.cores for p in pools.values())
    if total <= quota:
        check_quota(pools, quota)
    else:
        with pytest.raises(ArgumentError, match=f"need {total} cores and the quota is {quota}"):
            check_quota(pools, quota)


def test_draining_hosts_count_and_are_named():
    pools = {"kantoor": pool_size(Demand(people=32, at_once=100))}
    check_quota(pools, 8)
    with pytest.raises(ArgumentError, match=r"need 16 cores and the quota is 8: kantoor 8, kantoor \(draining\) 8"):
        check_quota(pools, 8, draining=pools)
