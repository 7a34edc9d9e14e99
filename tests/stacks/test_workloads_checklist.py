"""Each clause of what a migrated application becomes, and the resource of the example's preview that carries it."""

from collections import Counter

import pytest

from kade.estate import load
from kade.estate.applications import RUNS
from tests.stacks import checklist

TABLE, CHECKLIST = checklist.table("workloads_checklist")


@pytest.fixture(scope="module")
def made(whole_preview):
    return checklist.Made.previewed(whole_preview("lindewaard"), "workloads")


@pytest.mark.parametrize("row", CHECKLIST, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_clause_is_carried_by_a_resource(made, row):
    made.carries(*row[2:])


def test_an_archive_is_never_locked_or_made_unchangeable(made):
    kinds = {kind for kind, name, _ in made.items if "-archive-" in name}
    assert {"StorageAccount", "BlobContainer"} <= kinds
    assert not kinds & {"ManagementLockByScope", "BlobContainerImmutabilityPolicy", "BlobContainerLegalHold"}
    accounts = [inputs for kind, name, inputs in made.items if kind == "StorageAccount" and "-archive-" in name]
    assert all("immutableStorageWithVersioning" not in inputs for inputs in accounts)


def test_the_layer_breaks_no_mandatory_rule(made):
    made.breaks_no_mandatory_rule(1000)


def test_forty_applications_of_six_strategies_are_recorded(made):
    records = {
        key: record for kind, _, out in made.items if kind == "Stack" for key, record in out["applications"].items()
    }
    counts = Counter(record["strategy"] for record in records.values())
    assert len(records) >= 40
    assert set(counts) == {"rehost", "replatform", "refactor", "repurchase", "retain", "retire"}
    # What a municipality would recognise: most is bought, a part moves as it is or to a service, little is rebuilt.
    assert counts["repurchase"] > counts["rehost"] >= counts["refactor"]
    # BIO2 8.13.02: for what runs here it is settled how much may be lost and how long it may stand still.
    settled = {key: record["recovery"] for key, record in records.items() if "recovery" in record}
    assert set(settled) == {key for key, record in records.items() if record["strategy"] in RUNS}
    assert settled["zaaksysteem"] == {"class": "kritiek", "lossHours": 4, "downtimeHours": 8}
    assert set(records) == {k for k, app in load("estates/lindewaard").applications.items() if app.strategy}
