"""What the inventory and the planner take: the import of 999 machines and of 200 MB, and plans of 300 to 10,000."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from kade.migration.waves.check import check_plan
from kade.migration.waves.solver import solve
from tools.bench.figures import Figure
from tools.bench.measure import run
from tools.bench.portfolio import portfolio

MACHINES = 999
COLUMNS = 79  # of ``vInfo`` in a current RVTools
ROWS, WIDE = 2000, 100_000  # rows of the large CSV, and characters of the annotation in each
PLANS = ((300, False, 30, 2.0), (300, True, 30, None), (2_000, False, 120, None), (10_000, False, 120, None))
OVER = 5  # seconds for reading the problem and for the check, beside the time that the search may take


def figures(root: Path, folder: Path) -> Iterator[Figure]:
    """Each figure as it is measured. Ends with an error where a machine is lost, or a plan breaks a rule."""
    yield from _imports(root, folder)
    for count, hard, seconds, most in PLANS:
        problem = portfolio(count, hard=hard)
        plan = solve(problem, seconds)
        broken = check_plan(problem, plan.dates)
        if broken:
            raise SystemExit(f"the plan of {count} applications breaks rules: {broken[:3]}")
        name = f"plan of {count:,} applications{', hard' if hard else ''}"
        yield Figure(name, plan.seconds, "s", seconds + OVER if count > 300 else seconds)
        yield Figure(f"{name}: gap", 100 * plan.gap, "%", most)


def _imports(root: Path, folder: Path) -> Iterator[Figure]:
    estate = folder / "municipality"
    estate.mkdir()
    text = (root / "estates" / "duinrand" / "estate.yaml").read_text(encoding="utf-8")
    (estate / "estate.yaml").write_text(text, encoding="utf-8")
    for file, name, limit in (
        (_workbook(folder / "machines.xlsx"), f"import of {MACHINES} machines, RVTools", 10),
        (_csv(folder / "RVTools_tabvInfo.csv"), "import of a CSV of 200 MB", None),
    ):
        took = run([sys.executable, "-m", "kade", "inventory", "import", file, "--estate", estate], folder=root)
        wanted = MACHINES if file.suffix == ".xlsx" else ROWS
        if f"{wanted} servers" not in took.output:
            raise SystemExit(f"{file.name}: a machine was lost:\n{took.output[:500]}")
        yield Figure(name, took.seconds, "s", limit, cpu=took.cpu)
        yield Figure(f"{name}: memory", took.largest, "MiB")


def _workbook(file: Path) -> Path:
    """A workbook as wide as RVTools', with made-up machines."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("vInfo")
    known = ["VM", "Powerstate", "Template", "CPUs", "Memory", "Provisioned MiB", "In Use MiB", "Primary IP Address"]
    known += ["OS according to the configuration file", "VM UUID"]
    sheet.append([*known, *(f"Custom {i}" for i in range(COLUMNS - len(known)))])
    for i in range(MACHINES):
        values = [f"srv-{i:04}", "poweredOn", "False", 2 + i % 8, f"{4096 * (1 + i % 8):,}", 102400, 51200]
        values += [f"10.1.{i // 250}.{i % 250 + 1}", "Microsoft Windows Server 2019 (64-bit)"]
        values += [f"42{i:06}-0000-0000-0000-000000000000", *["made up"] * (COLUMNS - len(known))]
        sheet.append(values)
    book.save(file)
    return file


def _csv(file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["VM", "CPUs", "Memory", "Annotation"])
        out.writerows([f"srv-{i:04}", 2, 4096, "x" * WIDE] for i in range(ROWS))
    return file
