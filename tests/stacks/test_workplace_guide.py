"""The guide sets each of the accelerator's parameters beside our choice, once, with a reason; its figures are true."""

import re
from pathlib import Path

from kade.estate import load
from kade.estate.workplace import Workplace
from kade.stacks.workplace_sizes import size_pools

GUIDE = (Path(__file__).parents[2] / "docs" / "workplace.md").read_text(encoding="utf-8")
TABLE = GUIDE.partition("## The accelerator's choices")[2].partition("What the accelerator's template")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| `")]


def test_each_of_the_accelerators_parameters_stands_there_once_with_a_reason():
    names = [name for row in ROWS for name in re.findall(r"`(\w+)`", row[0])]
    assert len(names) == len(set(names)) == 128
    assert all(len(row) == 4 and all(row) for row in ROWS)


def test_what_is_not_in_azure_resource_manager_is_named():
    rest = GUIDE.partition("## What is not in Azure Resource Manager")[2]
    assert all(what in rest for what in ("Windows 365", "Intune", "Conditional access", "Kerberos"))


def test_the_calculation_in_it_is_that_of_the_example():
    made = size_pools(load("estates/lindewaard"), "prd")["medewerker"].size.calculation
    assert f"medewerker: {made}\n" in GUIDE


def test_fields_that_it_names_are_there():
    for name in (
        "registration_until",
        "quota_cores",
        "holiday_years",
        "agent_updates",
        "metadata_region",
        "build_subnet",
    ):
        assert name in Workplace.model_fields
    assert {"registration_until", "quota_cores", "holiday_years", "agent_updates"} <= set(re.findall(r"`(\w+)`", GUIDE))
