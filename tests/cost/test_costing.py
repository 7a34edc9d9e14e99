"""Adding up: nothing that has no price counts as nothing, and every choice shows."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kade.cost.costing import Choices, Costs, Line, costs_before, costs_of, meters_of
from kade.cost.licences import Licence
from kade.cost.prices import Price, PriceFile
from kade.cost.report import Group, as_csv, as_json, as_text, groups_of
from kade.cost.years import starts_of
from kade.engine.plan import Op, Resource, StackResult, Step
from kade.estate import load
from kade.report.markdown import render
from kade.report.model import Preview

ESTATE = load(Path(__file__).parents[2] / "estates" / "lindewaard")
VM = {
    "location": "West Europe",
    "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
    "storageProfile": {"osDisk": {"osType": "Windows", "diffDiskSettings": {}}},
}


def step(op: Op, name: str, type_: str, old=None, new=None) -> Step:
    urn = f"urn:pulumi:e.prd.workloads-zaken::kade::azure-native:{type_}::{name}"
    kind = f"azure-native:{type_}"
    before, after = (None if i is None else Resource(urn=urn, type=kind, inputs=i) for i in (old, new))
    return Step(op, urn, kind, before, after)


RESULT = StackResult(
    "kade",
    "e.prd.workloads-zaken",
    steps=[
        step(Op.CREATE, "machine", "compute:VirtualMachine", None, VM),
        step(Op.SAME, "nat", "network:NatGateway", {"location": "westeurope"}, {"location": "westeurope"}),
        step(Op.DELETE, "bastion", "network:BastionHost", {"location": "westeurope"}, None),
        step(Op.CREATE, "nsg", "network:NetworkSecurityGroup", None, {}),
        step(Op.CREATE, "odd", "quantum:Workspace", None, {}),
        step(Op.CREATE, "logs", "operationalinsights:Workspace", None, {}),
    ],
    had_state=True,
)


def machine(product: str, amount: float, **fields: Any) -> Price:
    made: dict[str, Any] = {
        "sku": "D4s v5",
        "meter": "D4s v5",
        "unit": "1 Hour",
        "region": "westeurope",
        "size": "Standard_D4s_v5",
    }
    return Price("Virtual Machines", product, price=amount, **{**made, **fields})


FILE = PriceFile(
    "a test",
    date(2026, 11, 25),
    "EUR",
    [
        machine("Virtual Machines Dsv5 Series Windows", 0.4),
        machine("Virtual Machines Dsv5 Series Windows", 0.1, sku="D4s v5 Spot"),
        machine("Virtual Machines Dsv5 Series", 0.2),
        machine("Virtual Machines Dsv5 Series", 3 * 876.0, kind="Reservation", term="3 Years"),
        Price("Azure Bastion", "Azure Bastion", "Basic", "Basic Gateway", "1 Hour", 0.1, "westeurope"),
    ],
    {"Microsoft 365 E3": 30.0},
)


LAYER = Group("layer", lambda line: line.layer)


def test_the_sum_is_of_what_is_known_and_the_rest_is_named():
    costs = costs_of([RESULT], FILE)
    assert costs.monthly == pytest.approx(0.4 * 730)
    assert {(line.name, line.why) for line in costs.unpriced} == {
        ("nat", "the price file has no price of NAT Gateway"),
        ("odd", "Kade knows no meter of this type of resource"),
    }
    assert {line.what for line in costs.by_use} == {"data through NAT gateway", "logs taken in", "logs kept"}
    assert "nsg" not in {line.name for line in costs.lines}
    assert costs_before([RESULT], FILE).monthly == pytest.approx(0.1 * 730)


@pytest.mark.parametrize(
    ("choices", "hourly"),
    [
        (Choices(), 0.4),
        (Choices(hybrid=True), 0.2),
        (Choices("3 Years"), 0.1 + 0.2),
        (Choices("3 Years", hybrid=True), 0.1),
        (Choices("1 Year"), 0.4),
    ],
)
def test_reservations_and_hybrid_benefit(choices, hourly):
    """A reservation of the machine leaves the licence of Windows to be paid by the hour."""
    assert costs_of([RESULT], FILE, choices).monthly == pytest.approx(hourly * 730, rel=0.001)


def test_licences_that_the_plan_brings_along_are_named_and_can_be_paid_instead():
    """A machine and an instance whose programs say so: by default they are not in the sum."""
    instance = {"sku": {"name": "GP_Gen5"}, "vCores": 4, "licenseType": "BasePrice", "location": "westeurope"}
    steps = [
        step(Op.CREATE, "machine", "compute:VirtualMachine", None, {**VM, "licenseType": "Windows_Server"}),
        step(Op.CREATE, "instance", "sql:ManagedInstance", None, instance),
    ]
    service = "SQL Managed Instance"
    sql = [
        Price(service, f"{service} General Purpose - Compute Gen5", "4 vCore", "vCore", "1 Hour", 0.5, "westeurope"),
        Price(service, f"{service} General Purpose - SQL License", "vCore", "vCore", "1 Hour", 0.1, "Global"),
    ]
    file = PriceFile("a test", date(2026, 11, 25), "EUR", [*FILE.prices, *sql])
    result = StackResult("kade", "e.prd.workloads-zaken", steps=steps)
    brought, paid = costs_of([result], file), costs_of([result], file, Choices(hybrid=False))
    assert brought.monthly == pytest.approx((0.2 + 0.5) * 730)
    assert paid.monthly == pytest.approx((0.4 + 0.5 + 4 * 0.1) * 730)
    assert "brought along, and not in the sum (2):" in as_text(brought, LAYER, {}, [])
    assert "brought along" not in as_text(paid, LAYER, {}, [])


def test_without_a_file_there_is_no_amount_anywhere():
    costs = costs_of([RESULT], None)
    assert {line.monthly for line in costs.lines} == {None}
    text = as_text(costs, LAYER, {2027: 0.0}, [Licence("E3", 10)])
    assert "There is no price file" in text
    assert "1 × Standard_D4s_v5 with Windows" in text
    assert "2027" not in text
    read = json.loads(as_json(costs, LAYER, {2027: 0.0}, []))
    assert (read["monthly"], read["by"], read["years"]) == (None, None, None)


def test_a_year_counts_from_the_day_that_it_starts():
    costs = costs_of([RESULT], FILE)
    years = costs.by_year(lambda _line: date(2027, 7, 1), date(2027, 1, 1), date(2028, 12, 31))
    month = costs.monthly
    assert years == {2027: pytest.approx(6 * month, rel=0.02), 2028: pytest.approx(12 * month, rel=0.01)}
    assert list(costs.by_year(lambda _line: None, date(2027, 1, 1), date(2027, 12, 31))) == [2027]


def line(name: str, part: str = "workloads-golf", monthly: float = 1.0) -> Line:
    stack = f"lindewaard.prd.{part}"
    return Line(stack, f"urn:pulumi:{stack}::kade::t::{name}", "t", "it", monthly)


def test_a_stack_of_several_applications_is_told_apart_by_names():
    """Two applications of one stack, of which one bears the other's key in its own, move at different times."""
    apps = {
        "wmo": ESTATE.applications["zaaksysteem"].model_copy(update={"stack": "golf"}),
        "wmo-jeugd": ESTATE.applications["zaaksysteem"].model_copy(update={"stack": "golf"}),
    }
    estate = ESTATE.model_copy(update={"applications": apps})
    moves = {"wmo": date(2027, 7, 1), "wmo-jeugd": date(2028, 5, 1)}
    lines = [
        line("wmo-web", monthly=10.0),
        line("wmo-jeugd-web", monthly=5.0),
        line("golf-group"),
        line("x", "platform"),
    ]
    groups = groups_of(estate, moves)
    assert [groups["application"](one) for one in lines] == ["wmo", "wmo-jeugd", "wmo", "(platform)"]
    assert Costs(lines).by(groups["wave"]) == {"golf-2027": 11.0, "golf-2028": 5.0, "(platform)": 1.0}
    starts = starts_of(estate, moves)
    assert [starts(one) for one in lines] == [moves["wmo"], moves["wmo-jeugd"], moves["wmo"], None]


def test_the_reports_say_what_the_amounts_are():
    costs = costs_of([RESULT], FILE, Choices("3 Years"))
    text = as_text(
        costs,
        Group("application", lambda line: line.part),
        {2027: 1234.5},
        [Licence("Microsoft 365 E3", 10, 300.0), Licence("P2", 4)],
    )
    assert "Amounts in EUR, without VAT. Prices of 2026-11-25, from a test; 3 Years, licences of Windows" in text
    assert "zaken" in text
    assert "2027         1,23" in text
    assert "Microsoft 365 E3: 10 users, 300 a month" in text
    assert "P2: 4 users, no price in the file" in text
    rows = list(csv.DictReader(io.StringIO(as_csv(costs, LAYER, {}, []))))
    assert {row["resource"]: row["monthly"] for row in rows if row["monthly"]} == {"machine": "219.00"}
    assert next(row for row in rows if row["resource"] == "odd")["why none"].startswith("Kade knows no meter")


def test_the_comment_says_what_the_change_costs():
    page = render(Preview("e", [RESULT], prices=FILE))
    assert "### Cost" in page
    assert "+219 EUR a month, and 1 new meters without a price (list prices of 2026-11-25, without VAT)" in page
    assert "e.prd.workloads-zaken: 73.00 → 292, 1 without a price" in page
    assert "### Cost" not in render(Preview("e", [RESULT]))


def test_every_meter_is_asked_once_with_its_region():
    asked = meters_of([RESULT, RESULT])
    assert len(asked) == len(set(asked))
    assert {(meter.what, region) for meter, region in asked} >= {
        ("Standard_D4s_v5 with Windows", "westeurope"),
        ("Standard_D4s_v5", "westeurope"),
    }
