"""The JSON Schema of the estate file: for editors, and for `kade schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kade.estate.model import Estate


def schema(*, part: bool = False) -> dict[str, Any]:
    """The schema of an estate file, or of a ``part``: a file named under ``files``, in which nothing is required."""
    made = Estate.model_json_schema(by_alias=True)
    required = made.pop("required")
    if not part:  # what the other files hold cannot be asked of the first
        made["if"] = {"required": ["files"]}
        made["then"] = {"required": ["name", "profile"]}
        made["else"] = {"required": required}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A part of an estate of Kade" if part else "Estate of Kade",
        **{k: v for k, v in made.items() if k != "title"},
    }


def text(*, part: bool = False) -> str:
    """The schema as it stands in ``estates/estate.schema.json`` and ``estates/estate-part.schema.json``."""
    return json.dumps(schema(part=part), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "estate.schema.json").write_text(text(), encoding="utf-8")
    (folder / "estate-part.schema.json").write_text(text(part=True), encoding="utf-8")
