"""Reporters: one module each, found by the name of its format. A module is imported when its format is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

SEVERITIES = ("critical", "high", "medium", "low")  # of rules, the worst first
PREVIEW: dict[str, str] = {
    "text": "kade.report.text",
    "json": "kade.report.json_digest",
    "markdown": "kade.report.markdown",
    "html": "kade.report.html",
}
CHECK: dict[str, str] = {
    "text": "kade.report.check_text",
    "json": "kade.report.check_json",
    "markdown": "kade.report.check_markdown",
    "sarif": "kade.report.sarif",
    "junit": "kade.report.junit",
    "html": "kade.report.check_html",
}
ENDINGS: dict[str, tuple[str, str]] = {
    ".txt": ("kade.report.text", "render"),
    ".json": ("kade.report.json_digest", "render"),
    ".md": ("kade.report.markdown", "render"),
    ".html": ("kade.report.html", "render"),
    ".sarif": ("kade.report.sarif", "render_preview"),
    ".xml": ("kade.report.junit", "render_preview"),
}
"""The reports of a preview by the ending of the file that they are written to."""


def reporter_for(ending: str) -> Callable[[Any], str]:
    """The function that renders a preview for a file with this ending. KeyError for another ending."""
    module, name = ENDINGS[ending]
    return getattr(import_module(module), name)


def reporter(formats: dict[str, str], name: str) -> Callable[[Any], str]:
    """The function that renders a report in this format. KeyError for a format that is not in the registry."""
    return import_module(formats[name]).render
