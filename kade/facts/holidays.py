"""The Dutch public holidays of a year. Source and date stand in ``holidays.json``."""

from __future__ import annotations

from datetime import date, timedelta

from kade.facts.data import read

SUNDAY = 6


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    k = (32 + 2 * e + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def dutch_holidays(year: int) -> dict[date, str]:
    """The holidays of a year with their names, in the order of the calendar."""
    data = read("holidays")
    found = {date.fromisoformat(f"{year}-{day}"): name for name, day in data["fixed"].items()}
    kings = date(year, 4, 27)
    if kings.weekday() == SUNDAY:
        found[kings - timedelta(days=1)] = found.pop(kings)
    for name, days in data["after_easter"].items():
        day = easter(year) + timedelta(days=days)
        found[day] = f"{found[day]}, {name}" if day in found else name
    return dict(sorted(found.items()))
