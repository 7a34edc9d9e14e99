"""What protection costs is said by its kind: per address, or per hundred of them."""

import pytest

from kade.facts.ddos import ddos_price


def test_each_kind_is_counted_in_its_own_way():
    assert "199 USD per address a month: 1,393 USD a month for 7 public addresses" in ddos_price("ip", 7)
    assert "2,944 USD a month for 7 public addresses" in ddos_price("plan", 7)
    assert "5,888 USD a month for 101 public addresses" in ddos_price("plan", 101)
    with pytest.raises(KeyError):
        ddos_price("none", 1)
