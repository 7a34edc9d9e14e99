import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.inventory import cells


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("16,384", 16384),
        ("16.384", 16.384),
        ("1.234.567", 1234567),
        ("1,234,567.5", 1234567.5),
        ("1.234.567,5", 1234567.5),
        ("3,5", 3.5),
        ("0,25", 0.25),
        ("12 345", 12345),
        ("12\u00a0345,5", 12345.5),
        ("1'000", 1000),
        ("75 %", 75),
        ("100 GB", 100),
        ("-4", -4),
        (".5", 0.5),
        (7, 7),
        (2.5, 2.5),
        ("", None),
        (None, None),
        ("n.v.t.", None),
        (float("nan"), None),
    ],
)
def test_a_number_is_read_as_people_write_it(written, meant):
    assert cells.number(written) == meant


def test_a_file_with_decimal_commas_has_points_between_thousands():
    assert cells.number("16.384", decimal_comma=True) == 16384
    assert cells.number("16,384", decimal_comma=True) == 16.384


@pytest.mark.parametrize("written", ["=SUM(A1:A3)", "twelve", "12 of 13", "1.2.3,4,5"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(cells.CellError):
        cells.number(written)


def test_a_formula_says_what_to_do():
    with pytest.raises(cells.CellError, match="save the values"):
        cells.number("=A1*2")


@given(st.integers(min_value=0, max_value=10**12))
def test_thousands_separators_of_both_kinds_are_taken_off(value):
    assert cells.number(f"{value:,}") == value
    assert cells.number(f"{value:,}".replace(",", "."), decimal_comma=True) == value


def test_addresses_come_out_of_any_list():
    assert cells.addresses("[2404:f801::1,10.1.2.3];fe80::1, 10.1.2.3 10.0.0.4/24") == (
        "2404:f801::1",
        "10.1.2.3",
        "10.0.0.4",
    )


@pytest.mark.parametrize(
    ("header", "factor"), [("In Use MiB", 1), ("Capacity MB", 1), ("Size (In GB)", 1024), ("CPUs", None)]
)
def test_the_unit_stands_in_the_header(header, factor):
    assert cells.mib_factor(header) == factor
