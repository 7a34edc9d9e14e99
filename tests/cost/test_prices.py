"""The price file: read, written, and asked for the price of a meter."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from kade.cost.errors import PriceFileError
from kade.cost.model import Meter
from kade.cost.prices import Price, PriceFile, find, read_prices, write_prices

TODAY = date(2026, 11, 25)


def price(amount: float, unit: str = "1 Hour", **fields: Any) -> Price:
    made: dict[str, Any] = {"service": "S", "product": "P", "sku": "K", "meter": "M", "region": "westeurope", **fields}
    return Price(unit=unit, price=amount, **made)


def monthly(meter: Meter, *prices: Price, region: str = "westeurope", **options: Any) -> float | None:
    return find(PriceFile("a test", TODAY, "EUR", prices), meter, region, **options).amount


@pytest.mark.parametrize(
    ("unit", "per", "expected"),
    [
        ("1 Hour", "hour", 3 * 730),
        ("100 Hours", "hour", 3 * 7.3),
        ("1/Month", "hour", 3),
        ("1 Month", "month", 3),
        ("1 GB/Month", "month", 3),
        ("1/Day", "day", 3 * 730 / 24),
        ("1/Day", "hour", 3 * 730 / 24),
        ("10K", "month", 3 / 10_000),
        ("1M", "month", 3 / 1_000_000),
        ("1 GB/Hour", "month", 3 * 730),
        ("1", "month", 3),
    ],
)
def test_units_become_months(unit, per, expected):
    assert monthly(Meter("it", "S", per=per), price(3, unit)) == pytest.approx(expected, abs=1e-6)
    assert monthly(Meter("it", "S", per=per, quantity=2), price(3, unit)) == pytest.approx(2 * expected, abs=1e-6)


def test_patterns_match_the_whole_name_whatever_its_case():
    meter = Meter("it", "s", product="p", sku="k", meter="M( .*)?")
    assert monthly(meter, price(1, "1/Month")) == 1
    assert monthly(meter, price(1, "1/Month", sku="K2")) is None
    assert monthly(meter, price(1, "1/Month", meter="M Spot"), price(1, "1/Month")) == 1


def test_the_first_tier_counts_and_the_own_region_before_everywhere():
    meter = Meter("it", "S", per="month")
    assert monthly(meter, price(5, "1/Month"), price(4, "1/Month", starts=25)) == 5
    assert monthly(meter, price(5, "1/Month"), price(9, "1/Month", region="Global")) == 5
    assert monthly(meter, price(9, "1/Month", region="Global"), region="northeurope") == 9
    assert monthly(meter, price(9, "1/Month", region="")) == 9
    assert monthly(meter, price(9, "1/Month", region=""), price(8, "1/Month", region="Zone 1"), region="global") == 8
    assert monthly(meter, price(9, "1/Month", region="Zone 3"), region="global") is None


def test_what_is_given_away_first_is_not_taken_for_free():
    """Such a tier is for the whole subscription; taken for each resource, all of them would cost nothing."""
    meter = Meter("it", "S", per="month")
    assert monthly(meter, price(0, "1/Month"), price(4, "1/Month", starts=5), price(3, "1/Month", starts=9)) == 4
    assert monthly(meter, price(0, "1/Month")) == 0


def test_a_reservation_is_spread_over_its_term():
    meter = Meter("it", "S", size="D4", quantity=2)
    prices = [price(1.0, size="D4"), price(3600, kind="Reservation", term="3 Years", size="D4"), price(7, size="D8")]
    assert monthly(meter, *prices) == 1460
    assert monthly(meter, *prices, term="3 Years") == 200
    assert monthly(meter, *prices, term="1 Year") is None


@pytest.mark.parametrize(
    ("prices", "why"),
    [
        ([price(1, service="T")], "the price file has no price of S"),
        ([price(1, region="eastus")], "the price file has no price of it in westeurope"),
        ([price(1), price(2, product="Q")], "2 prices fit it: P / K / M; Q / K / M"),
    ],
)
def test_why_there_is_no_price(prices, why):
    found = find(PriceFile("a test", TODAY, "EUR", prices), Meter("it", "S"), "westeurope")
    assert (found.amount, found.why) == (None, why)


def test_a_file_is_written_and_read_unchanged_and_in_one_order(tmp_path):
    prices = [
        price(2.5, sku="b"),
        price(0.0, sku="a", region=""),
        price(9, kind="Reservation", term="1 Year", starts=5.0),
    ]
    file = PriceFile("somewhere", TODAY, "EUR", prices, {"Microsoft 365 E3": 33.5})
    write_prices(tmp_path / "one.json", file)
    read = read_prices(tmp_path / "one.json")
    assert (read.source, read.date, read.currency, read.licences) == ("somewhere", TODAY, "EUR", file.licences)
    assert sorted(read.prices, key=repr) == sorted(prices, key=repr)
    write_prices(tmp_path / "two.json", PriceFile("somewhere", TODAY, "EUR", prices[::-1], file.licences))
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


GOOD: dict[str, Any] = {"source": "s", "date": "2026-11-25", "currency": "EUR", "prices": []}
ONE = {"service": "S", "product": "P", "sku": "K", "meter": "M", "unit": "1 Hour", "price": 1.0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date": "25 november"}, "date: a day was expected, as 2026-11-25; found '25 november'"),
        ({"source": ""}, "source: a text was expected"),
        ({"prices": {}}, "prices: a list was expected, found dict"),
        ({"prices": [1]}, r"prices\[0\]: an object was expected"),
        ({"prices": [{**ONE, "prise": 1}]}, r"prices\[0\]: there is no field 'prise'; there are service"),
        ({"prices": [{**ONE, "price": "1,20"}]}, r"prices\[0\].price: a float was expected, found '1,20'"),
        ({"prices": [{**ONE, "price": -1}]}, r"prices\[0\].price: an amount of nothing or more was expected, found -1"),
        ({"prices": [{**ONE, "price": float("nan")}]}, r"prices\[0\].price: an amount of nothing or more .* found nan"),
        ({"prices": [{"service": "S"}]}, r"prices\[0\]: missing .* 'product'"),
        ({"licences": {"E3": "dear"}}, "licences.E3: an amount was expected, found 'dear'"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, change, message):
    path = tmp_path / "prices.json"
    path.write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(PriceFileError, match=f"{path}: {message}"):
        read_prices(path)


def test_no_file_and_no_json(tmp_path):
    with pytest.raises(PriceFileError, match="make one with `kade cost fetch E`"):
        read_prices(tmp_path / "absent.json")
    (tmp_path / "prices.json").write_text("{")
    with pytest.raises(PriceFileError, match="this is not JSON"):
        read_prices(tmp_path / "prices.json")
