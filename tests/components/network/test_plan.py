"""The address plan: no overlap, inside its supernets, stable, and clear when it is full."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kade.components.network.placing import plan_addresses
from kade.components.network.plan import NetworkRequest, Pool, Recorded, SubnetRequest
from kade.components.network.ranges import AddressError, Labelled, overlaps, parse_range, usable, within

POOLS = {"weu": Pool(["10.64.0.0/16", "10.80.0.0/18"], {"shared": "10.64.240.0/20"}, ["fd12:3456:789a::/48"])}


def network(name, prefix, subnets=(), **more):
    return NetworkRequest(
        name, "weu", [SubnetRequest(f"s{i}", prefix=p) for i, p in enumerate(subnets)], prefix, **more
    )


@st.composite
def spokes(draw):
    """Spokes as somebody would ask for them: a /22 to a /26 with one to four subnets that fit."""
    found = []
    for i in range(draw(st.integers(1, 12))):
        prefix = draw(st.integers(22, 26))
        subnets = [draw(st.integers(prefix + 2, 29)) for _ in range(draw(st.integers(1, 4)))]
        reserve = draw(st.sampled_from([None, prefix - 1]))
        found.append(network(f"spoke{i}", prefix, subnets, reserve=reserve, ipv6=draw(st.booleans())))
    return found


def check(plan):
    """What must hold of every plan."""
    supernets = [parse_range(r, "pool") for r in POOLS["weu"].ranges]
    blocks = [Labelled(n.name, n.block) for n in plan.networks.values()]
    kept = [Labelled("reserved", parse_range("10.64.240.0/20", "reserved"))]
    assert not list(overlaps([*blocks, *kept]))
    assert not list(overlaps(Labelled(n.name, n.ipv6) for n in plan.networks.values() if n.ipv6))
    for planned in plan.networks.values():
        assert within(planned.block, supernets)
        assert within(planned.range, [planned.block])
        subnets = [Labelled(n, r) for n, r in planned.subnets.items()]
        subnets += [Labelled(n, r) for n, r in planned.subnets_ipv6.items()]
        assert not list(overlaps(subnets))
        assert all(within(s.range, [planned.range, *([planned.ipv6] if planned.ipv6 else [])]) for s in subnets)
    given_out = sum(n.block.num_addresses for n in plan.networks.values())
    given_out += sum(parse_range(o.block, "retired").num_addresses for o in plan.retired.values())
    total = sum(s.num_addresses for s in supernets) - 4096
    assert given_out + sum(f.num_addresses for f in plan.free["weu"]) == total


@given(spokes())
def test_every_plan_is_sound_and_the_same_twice(requests):
    plan = plan_addresses(POOLS, requests)
    check(plan)
    assert plan_addresses(POOLS, list(reversed(requests))).record() == plan.record()
    assert all(plan.networks[r.name].subnets.keys() == {s.name for s in r.subnets} for r in requests)


@settings(max_examples=60)
@given(spokes(), st.lists(st.tuples(st.booleans(), st.integers(0, 11), spokes()), max_size=4))
def test_what_was_given_out_stays_when_spokes_come_and_go(requests, changes):
    plan = plan_addresses(POOLS, requests)
    for number, (removes, index, more) in enumerate(changes):
        if removes:
            requests = [r for i, r in enumerate(requests) if i != index % len(requests)] or requests
        else:
            new = more[0]
            requests = [*requests, network(f"new{number}", new.prefix, [s.prefix for s in new.subnets], ipv6=new.ipv6)]
        before, plan = plan, plan_addresses(POOLS, requests, plan.record())
        check(plan)
        for name in set(before.networks) & set(plan.networks):
            old, new_ = before.networks[name], plan.networks[name]
            assert (old.block, old.range, old.subnets) == (new_.block, new_.range, new_.subnets)
            assert (old.ipv6, old.subnets_ipv6) == (new_.ipv6, new_.subnets_ipv6)


def test_a_range_of_a_spoke_that_is_gone_is_not_given_out_before_it_is_off_the_record():
    first = plan_addresses(POOLS, [network("a", 24), network("b", 24)])
    second = plan_addresses(POOLS, [network("b", 24), network("c", 24)], first.record())
    assert list(second.retired) == ["a"]
    assert second.networks["c"].block != first.networks["a"].block
    cleared = {k: v for k, v in second.record().items() if k == "b"}
    assert plan_addresses(POOLS, [network("b", 24), network("c", 24)], cleared).networks["c"].block == (
        first.networks["a"].block
    )


def test_a_subnet_that_is_added_leaves_the_others():
    first = plan_addresses(POOLS, [network("a", 24, [27, 27])])
    wider = NetworkRequest("a", "weu", [SubnetRequest("aaa", hosts=11), *network("a", 24, [27, 27]).subnets], 24)
    second = plan_addresses(POOLS, [wider], first.record()).networks["a"]
    assert {k: second.subnets[k] for k in ("s0", "s1")} == dict(first.networks["a"].subnets)
    assert second.subnets["aaa"].prefixlen == 28
    assert plan_addresses(POOLS, [wider], first.record()).unrecorded == ["networks.a.subnets.aaa"]


def test_a_network_grows_in_place_inside_its_reserve():
    first = plan_addresses(POOLS, [network("a", 24, reserve=22), network("b", 24)])
    grown = plan_addresses(POOLS, [network("a", 23, reserve=22), network("b", 24)], first.record())
    assert within(first.networks["a"].range, [grown.networks["a"].range])
    assert grown.networks["a"].range.prefixlen == 23
    assert grown.networks["b"] == first.networks["b"]


def test_a_network_that_cannot_grow_in_place_says_so():
    record = {"a": Recorded("10.64.1.0/24")}
    with pytest.raises(AddressError, match=r"networks\.a: has 10\.64\.1\.0/24 on record and now needs a /23"):
        plan_addresses(POOLS, [network("a", 23)], record)


def test_a_recorded_range_outside_the_supernets_says_so():
    with pytest.raises(AddressError, match=r"networks\.a: has 10\.9\.0\.0/24 on record, which is in no supernet"):
        plan_addresses(POOLS, [network("a", 24)], {"a": Recorded("10.9.0.0/24")})


def test_growth_into_a_neighbour_names_both():
    record = {"a": Recorded("10.64.2.0/24"), "b": Recorded("10.64.3.0/24")}
    with pytest.raises(AddressError, match=r"network a \(10\.64\.2\.0/23\) and network b \(10\.64\.3\.0/24\) overlap"):
        plan_addresses(POOLS, [network("a", 23), network("b", 24)], record)


def test_a_literal_range_wins_and_an_overlap_of_two_names_both():
    plan = plan_addresses(POOLS, [NetworkRequest("lit", "weu", range="10.64.7.0/24"), network("b", 24)])
    assert str(plan.networks["lit"].range) == "10.64.7.0/24"
    with pytest.raises(AddressError, match=r"network two .*network one .*overlap"):
        plan_addresses(
            POOLS,
            [NetworkRequest("one", "weu", range="10.64.7.0/24"), NetworkRequest("two", "weu", range="10.64.6.0/23")],
        )


def test_full_is_said_with_what_is_left():
    pools = {"weu": Pool(["10.0.0.0/24"], {"old": "10.0.0.64/27", "older": "10.0.0.160/27"})}
    message = r"networks\.a: pool weu has no room for a /25; its largest free block is 10\.0\.0\.0/26"
    with pytest.raises(AddressError, match=message):
        plan_addresses(pools, [network("a", 25)])
    with pytest.raises(AddressError, match=r"networks\.d: pool weu has no room for a /28; nothing is free"):
        plan_addresses({"weu": Pool(["10.0.0.0/27"])}, [network(n, 28) for n in ("b", "c", "d")])
    with pytest.raises(AddressError, match=r"networks\.a\.subnets\.s2: network a \(10\.0\.0\.0/26\) has no room"):
        plan_addresses(pools, [network("a", 26, [27, 27, 28])])


def test_a_network_without_a_size_holds_its_subnets():
    plan = plan_addresses(POOLS, [network("a", None, [26, 27, 28])])
    assert plan.networks["a"].range.prefixlen == 25


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([network("a", 24), network("a", 25)], "two networks of this name"),
        ([NetworkRequest("a", "elsewhere", prefix=24)], "no pool 'elsewhere'; the pools are: weu"),
        ([NetworkRequest("a", "weu", range="the old one")], r"networks\.a\.range: 'the old one' is not an address"),
        ([NetworkRequest("a", "weu", range="10.64.0.9/24")], r"10\.64\.0\.0/24"),
        ([NetworkRequest("a", "weu", [SubnetRequest("AzureFirewallSubnet", prefix=27)], 24)], "takes at least a /26"),
        ([NetworkRequest("a", "weu", [SubnetRequest("x")], 24)], "no size"),
        ([NetworkRequest("a", "weu", prefix=24, reserve=25)], "is smaller than the network"),
        ([NetworkRequest("a", "weu", [SubnetRequest("x", range="10.9.0.0/27")], 24)], "lies outside its network"),
    ],
)
def test_what_cannot_be_names_its_field(requests, message):
    with pytest.raises(AddressError, match=message):
        plan_addresses(POOLS, requests)


def test_azure_keeps_five_addresses():
    assert usable("10.0.0.0/28") == 11
    assert SubnetRequest("x", hosts=11).prefix_length("x") == 28
    assert SubnetRequest("x", hosts=12).prefix_length("x") == 27


def test_five_thousand_subnets_in_two_seconds():
    pools = {"weu": Pool(["10.0.0.0/8"])}
    requests = [network(f"spoke{i:03}", 22, [28] * 20) for i in range(250)]
    begin = time.perf_counter()
    plan = plan_addresses(pools, requests)
    again = plan_addresses(pools, requests, plan.record())
    seconds = time.perf_counter() - begin
    assert again.record() == plan.record()
    assert sum(len(n.subnets) for n in plan.networks.values()) == 5000
    assert seconds < 4, f"planning 5,000 subnets twice took {seconds:.2f} s"
