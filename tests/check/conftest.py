import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kade.check import CheckReport, run

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    def write(content: Any, name: str = "input.json") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def check(save: Callable[..., Path]) -> Callable[..., CheckReport]:
    def judge(content: Any, **options: Any) -> CheckReport:
        options.setdefault("exemptions", [])
        return run([save(content)], verdicts="all", **options)

    return judge


@pytest.fixture
def template() -> Callable[..., dict[str, Any]]:
    def make(*resources: Any, **parts: Any) -> dict[str, Any]:
        return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **parts, "resources": list(resources)}

    return make
