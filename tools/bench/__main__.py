"""``make bench``: measures Kade and what it is compared with in one run, prints ratios, and writes ``bench.json``.

``python -m tools.bench [--full] [--only preview|check|addresses|migration] [--times N]``. Both sides of a ratio run
after each other on the same machine, so only ratios mean something elsewhere. Ends with 1 where a limit of the project
is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tools.bench import addresses, check, estates, migration
from tools.bench.figures import Figure

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Measure, print each figure as it comes, and keep them."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--full", action="store_true", help="also 10,000 resources in a preview")
    parser.add_argument("--only", choices=("preview", "check", "addresses", "migration"), help="one part")
    parser.add_argument("--times", type=int, default=2, help="runs of each side, of which the fastest counts")
    parser.add_argument("--out", type=Path, default=ROOT / "bench.json")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}", flush=True)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="kade-bench-") as folder:
        for figure in _figures(Path(folder), options):
            print(figure.line(), flush=True)
            found.append(figure)
    kept = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "figures": [figure.kept() for figure in found],
    }
    options.out.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    return 0 if all(figure.held for figure in found) else 1


def _figures(folder: Path, options: argparse.Namespace) -> Iterator[Figure]:
    if options.only in (None, "preview"):
        yield from estates.figures(folder, times=options.times, full=options.full)
    if options.only in (None, "check"):
        yield from check.figures(folder, ROOT / "build" / "checkov-venv")
    if options.only in (None, "addresses"):
        yield from addresses.figures(times=options.times)
    if options.only in (None, "migration"):
        yield from migration.figures(ROOT, folder)


if __name__ == "__main__":
    sys.exit(main())
