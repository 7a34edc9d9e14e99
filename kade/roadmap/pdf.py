"""Prints a page to PDF with the Chromium that is installed: it writes title, language and headings into it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_TIME: Final = 120  # seconds


class PdfError(RuntimeError):
    """The page cannot be printed; the message names the remedy."""


def browser() -> str | None:
    """The browser that prints; None where there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def print_pdf(html: str, out: Path) -> None:
    """Print a page to a file. Raises `PdfError` where no browser is there, or where it fails."""
    program = browser()
    if program is None:
        raise PdfError(
            f"{out}: printing needs Chromium or Chrome, which is not installed. Install it, or write the page with"
            f" --out {out.with_suffix('.html')} and print that from any browser."
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kade-roadmap-") as folder:
        page, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        command = [
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={made}",
            page.as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_TIME)
        except subprocess.TimeoutExpired:
            raise PdfError(f"{out}: {program} did not print the page within {_TIME} s.") from None
        if not made.is_file():
            last = [line for line in done.stderr.splitlines() if line.strip()][-1:]
            raise PdfError(f"{out}: {program} did not print the page: {''.join(last) or f'status {done.returncode}'}")
        out.write_bytes(made.read_bytes())
