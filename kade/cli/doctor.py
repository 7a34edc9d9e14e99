"""``kade doctor``: what an estate needs before it can be deployed, without asking Azure."""

from __future__ import annotations

import json

from kade.cli.options import EstateArgument, OutOption, TextJsonOrMarkdown
from kade.cli.output import write


def command(
    estate: EstateArgument,
    format_: TextJsonOrMarkdown = "text",
    out: OutOption = None,
) -> None:
    """Say which rights, roles, licences and resource providers an estate needs, and who gives them.

    It reads the estate's files and nothing else: what is there already it cannot know.
    """
    from kade.doctor import report
    from kade.estate import load

    needs = report.needs_of(load(estate))
    if format_ == "json":
        data = {"version": 1, "needs": [vars(need) for need in needs]}
        write(json.dumps(data, indent=2) + "\n", out)
    else:
        lines = report.markdown(needs) if format_ == "markdown" else report.text(needs)
        write("\n".join(lines) + "\n", out)
