"""Draws the README's picture: a preview of a small municipality that stands, after two changes in its file.

The municipality is a copy of ``estates/duinrand`` in a temporary folder, deployed there to the local Azure; then an
office gets another address range, and the Bastion host another name.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console

from kade.cli.progress import Progress
from kade.cli.runs import Options, preview, providers, update
from kade.cli.target import resolve
from kade.report.text import lines

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "preview.svg"
WIDTH = 132  # columns
CHANGES = (
    ("ranges: [10.31.0.0/24]", "ranges: [10.31.4.0/24]"),
    ("version: 1\n", "version: 1\nnaming: {literal: {bastion/hub: bas-duinrand}}\n"),
)


def main() -> int:
    """Deploy, change, preview, draw."""
    with tempfile.TemporaryDirectory(prefix="kade-") as folder:
        estate = Path(folder) / "duinrand"
        shutil.copytree(ROOT / "estates" / "duinrand", estate)
        made = update(resolve(str(estate)), Options((), None, providers()), Progress("updating"))
        file = estate / "estate.yaml"
        text = file.read_text(encoding="utf-8")
        for before, after in CHANGES:
            if before not in text:
                print(f"{file}: {before!r} is not in it any more; choose another change", file=sys.stderr)
                return 1
            text = text.replace(before, after)
        file.write_text(text, encoding="utf-8")
        target = resolve(str(estate), layers=["connectivity"])
        report = preview(target, Options(target.packs, None, providers()), Progress("previewing"))
    if made.failed or any(stack.error for stack in report.stacks):
        print("the municipality does not deploy; see `kade preview duinrand`", file=sys.stderr)
        return 1
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print("$ kade preview duinrand --layer connectivity", style="bold")
    for line in lines(report):
        line.truncate(WIDTH, overflow="ellipsis")
        console.print(line, no_wrap=True, markup=False, highlight=False)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    drawn = re.sub(
        r"@font-face {.*?}\n", "", console.export_svg(title="kade preview", unique_id="kade"), flags=re.DOTALL
    )
    PICTURE.write_text(drawn.replace("Fira Code", "ui-monospace"), encoding="utf-8")  # nothing is fetched
    print(f"drawn: {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
