"""Facts of desktops: sizes by their names, the window for agents, holidays, licences."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.facts import UnknownFactError
from kade.facts.data import read
from kade.facts.desktop_licences import licence_names, missing_rights
from kade.facts.desktops import DAYS, HostSize, default_size, host_size, minutes, update_overlaps
from kade.facts.holidays import dutch_holidays, easter


@pytest.mark.parametrize(
    ("name", "cores", "local"),
    [
        ("Standard_D8s_v5", 8, False),
        ("Standard_D8ds_v5", 8, True),
        ("Standard_D16ads_v6", 16, True),
        ("Standard_E8s_v3", 8, True),
        ("Standard_NV12ads_A10_v5", 12, True),
    ],
)
def test_the_name_of_a_size_tells_cores_and_local_disk(name, cores, local):
    assert host_size(name) == HostSize(name, cores, local)


@pytest.mark.parametrize("name", ["D8s_v5", "Standard_E8-4s_v5", "Standaard"])
def test_a_name_that_does_not_tell_its_cores_is_refused(name):
    with pytest.raises(UnknownFactError, match="does not tell its cores"):
        host_size(name)


def test_every_size_of_the_table_is_understood_and_has_room_for_an_ephemeral_disk_where_it_says_so():
    for load in read("desktops")["pooled"]:
        assert host_size(default_size(load, personal=False, ephemeral=True)).local_disk
        assert host_size(default_size(load, personal=True)).cores >= 2


clock = st.builds(lambda m: f"{m // 60:02}:{m % 60:02}", st.integers(0, 1439))


@given(
    st.sampled_from(DAYS),
    st.integers(0, 23),
    st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    st.lists(clock, min_size=2, max_size=2, unique=True).map(sorted),
)
def test_the_window_for_agents_never_shares_a_minute_with_the_hours(day, hour, days, times):
    """Minute by minute over the week, as a clock would."""
    begin, end = times
    opens = DAYS.index(day) * 1440 + hour * 60
    window = {(opens + minute) % 10_080 for minute in range(120)}
    work = {DAYS.index(d) * 1440 + m for d in days for m in range(minutes(begin), minutes(end))}
    assert update_overlaps(day, hour, days, begin, end) == bool(window & work)


def test_holidays_are_those_of_the_calendar():
    """Dates of 2026 and 2027 as Rijksoverheid publishes them; in 2025 the King's day was on Saturday the 26th."""
    assert [d.isoformat()[5:] for d in dutch_holidays(2026)] == [
        *("01-01", "04-05", "04-06", "04-27", "05-05", "05-14", "05-24", "05-25", "12-25", "12-26")
    ]
    assert date(2027, 5, 6) in dutch_holidays(2027)
    assert date(2025, 4, 26) in dutch_holidays(2025)
    assert date(2025, 4, 27) not in dutch_holidays(2025)


@given(st.integers(1900, 2199))
def test_easter_is_a_sunday_between_its_limits(year):
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_what_licences_lack_is_said_in_words():
    assert missing_rights(["Microsoft 365 F3"], intune=True, conditional_access=True) == []
    assert missing_rights(["Windows VDA E3"], intune=False, conditional_access=False) == []
    assert missing_rights([], intune=True, conditional_access=True) == list(read("desktop_licences")["needs"].values())
    assert "Azure Virtual Desktop per-user access" in licence_names()
