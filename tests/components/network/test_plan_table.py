"""The plan as a table says what is given out, kept, free and full."""

from kade.components.network.placing import plan_addresses
from kade.components.network.plan import NetworkRequest, Pool, SubnetRequest
from kade.components.network.plan_table import plan_rows

POOLS = {
    "weu": Pool(["10.0.0.0/22"], {"later": "10.0.3.0/24"}),
    "gwc": Pool(["10.9.0.0/24"]),
}


def test_every_address_of_a_pool_is_in_one_row():
    requests = [
        NetworkRequest("a", "weu", [SubnetRequest("web", prefix=26), SubnetRequest("data", hosts=11)], 25, reserve=24),
        NetworkRequest("b", "gwc", [SubnetRequest("all", prefix=24)], 24),
    ]
    rows = plan_rows(POOLS, plan_addresses(POOLS, requests))
    for pool, total in (("weu", 1024), ("gwc", 256)):
        assert sum(r.usable for r in rows if r.pool == pool and r.kind != "subnet") == total
    found = {(r.kind, r.network, r.subnet): r for r in rows if r.kind in ("network", "subnet", "growth")}
    assert found["subnet", "a", "data"].usable == 11
    assert found["network", "a", ""].note == "48 addresses left for subnets"
    assert found["growth", "a", ""].range == "10.0.2.128/25"
    assert found["network", "b", ""].note == "full"
    assert [r.note for r in rows if r.pool == "gwc" and r.kind == "free"] == ["full"]
    assert [r.range for r in rows if r.kind == "reserved"] == ["10.0.3.0/24"]


def test_a_range_that_is_gone_is_shown_until_it_is_off_the_record():
    before = plan_addresses(POOLS, [NetworkRequest("old", "weu", prefix=24)])
    rows = plan_rows(POOLS, plan_addresses(POOLS, [], before.record()))
    assert [(r.kind, r.note) for r in rows if r.kind == "retired"] == [("retired", "old, gone; still on record")]
