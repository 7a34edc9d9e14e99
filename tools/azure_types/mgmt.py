"""What the packages ``azure-mgmt-*`` say: paths of PUT operations, client names, create-only properties.

The paths are those of the API specifications. A property whose visibility is only ``read`` and ``create`` is
``x-ms-mutability: [read, create]`` there. A client name (``enable_https_traffic_only``) is ``x-ms-client-name``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

_URL = re.compile(r'_url = (?:kwargs\.pop\(\s*"template_url",\s*)?\(?\s*((?:"[^"]*"\s*)+)')
_PUT = re.compile(r'HttpRequest\(method="(\w+)"')
_FIELD = re.compile(r"^    (\w+): [^=]+?= rest_(?:field|discriminator)\((.*?)\)$", re.M | re.S)
_CLASS = re.compile(r"^class (\w+)\(", re.M)
_OLD_FIELD = re.compile(r'"(\w+)": \{"key": "([^"]+)"')


@dataclass
class Facts:
    """What was found, over all packages."""

    puts: set[str] = field(default_factory=set)
    wire_names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    create_only: set[tuple[str, str]] = field(default_factory=set)  # (model, wire name)


def normal(name: str) -> str:
    """A name without case and separators."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def read(packages: Path) -> Facts:
    """Read every ``azure/mgmt/*`` below a ``site-packages`` folder."""
    facts = Facts()
    for file in sorted((packages / "azure" / "mgmt").rglob("*.py")):
        if "aio" in file.parts:
            continue
        if "operations" in file.parts:
            _paths(file.read_text(encoding="utf-8"), facts)
        elif "models" in file.parts and file.name.startswith("_models"):
            _models(file.read_text(encoding="utf-8"), facts)
    return facts


def _paths(text: str, facts: Facts) -> None:
    for found in _URL.finditer(text):
        url = "".join(re.findall(r'"([^"]*)"', found.group(1)))
        method = _PUT.search(text, found.end())
        if method and method.group(1) == "PUT":
            facts.puts.add(url)


def _models(text: str, facts: Facts) -> None:
    starts = [(m.start(), m.group(1)) for m in _CLASS.finditer(text)]
    for index, (start, model) in enumerate(starts):
        body = text[start : starts[index + 1][0] if index + 1 < len(starts) else None]
        for found in _FIELD.finditer(body):
            attribute, arguments = found.groups()
            named = re.search(r'name="([^"]+)"', arguments)
            wire = named.group(1) if named else attribute
            if normal(attribute) != normal(wire):
                facts.wire_names[normal(attribute)].add(wire)
            visibility = re.search(r"visibility=\[([^\]]*)\]", arguments)
            if visibility and set(re.findall(r'"(\w+)"', visibility.group(1))) in ({"read", "create"}, {"create"}):
                facts.create_only.add((model, wire))
        for attribute, key in _OLD_FIELD.findall(body):
            wire = key.rsplit(".", 1)[-1]
            if normal(attribute) != normal(wire):
                facts.wire_names[normal(attribute)].add(wire)
