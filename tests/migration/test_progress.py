"""Planned against done."""

import json
from datetime import date

from kade.migration.progress import as_json, as_text, progress

TODAY = date(2027, 6, 1)
PLANNED = {"a": date(2027, 5, 15), "b": date(2027, 5, 15), "c": date(2027, 6, 1)}


def test_what_stands_is_done_and_what_does_not_is_late_after_its_day():
    found = progress(dict.fromkeys("abcd", "golf"), PLANNED, {"a"}, {"a": ["srv-1"], "b": ["srv-2"]}, TODAY)
    assert [(one.application, one.status, one.still_running) for one in found] == [
        ("b", "late", ()),
        ("c", "coming", ()),
        ("d", "not planned", ()),
        ("a", "done", ("srv-1",)),
    ]
    assert as_text(found, TODAY).splitlines() == [
        "late        b                             by 2027-05-15, 17 days ago",
        "coming      c                             by 2027-06-01",
        "not planned d",
        "done        a                             by 2027-05-15",
        "            still on in the cellar: srv-1",
        "1 done, 1 late, 1 coming, 1 not planned",
    ]
    assert json.loads(as_json(found))["applications"][0] == {
        "application": "b", "planned": "2027-05-15", "status": "late", "stack": "golf", "still_running": [],
    }  # fmt: skip
