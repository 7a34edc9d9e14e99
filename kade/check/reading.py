"""Reads a file, tells what it is, and gives its resources. Every error names the file, the place and the remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kade.check import arm, pulumi
from kade.check.expressions import ExpressionError
from kade.check.report import CheckError
from kade.check.template import Template
from kade.policies.kit import UNKNOWN, Resource

KINDS: Final = ("auto", "arm", "graph", "state", "preview")
_COMMENT: Final = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_EXPRESSION: Final = re.compile(r'"\[[A-Za-z_][\w.]*\(')
_FORMS: Final = (
    "an ARM template, a list of ARM resources, one ARM resource, the output of `az graph query` or `az resource list`, "
    "a Pulumi state (`pulumi stack export`), or a preview (`pulumi preview --json`)"
)


@dataclass
class Source:
    """One file's content. ``kind`` is template, parameters, resources, graph, state or preview."""

    path: Path
    kind: str
    document: Any = field(repr=False)
    expressions: bool = False  # whether template expressions stand in a list of resources, taken out of a template

    @property
    def alone(self) -> bool:
        """Whether its resources stand on their own; exports of one Azure, in several files, belong together."""
        return self.kind in ("template", "state", "preview")


def read(path: Path, wanted: str = "auto") -> Source:
    """A file and what it is. Raises `CheckError`."""
    if wanted not in KINDS:
        raise CheckError(f"--input {wanted}: one of {', '.join(KINDS)}")
    text = _text(path)
    document = _json(path, text)
    kind = _kind(document)
    if not kind:
        raise CheckError(f"{path}: found {_described(document)}; what can be checked is {_FORMS}")
    fits = {
        "arm": ("template", "parameters", "resources", "graph"),
        "graph": ("graph", "resources"),
        "state": ("state",),
        "preview": ("preview",),
    }
    if wanted != "auto" and kind not in fits[wanted]:
        raise CheckError(
            f"{path}: this is a {kind} file, not what --input {wanted} takes; leave --input out, or name {kind}"
        )
    if wanted == "arm" and kind == "graph":
        kind = "resources"
    if wanted == "graph" and kind == "resources":
        kind = "graph"
    return Source(path, kind, document, kind == "resources" and _EXPRESSION.search(text) is not None)


def resources(source: Source, parameters: Mapping[str, Any]) -> Iterator[Resource]:
    """The resources of a source. ``parameters`` are values for templates, by lower-case name. Raises `CheckError`."""
    if source.kind == "template":
        try:
            yield from _of_arm(Template(source.document, parameters).resources())
        except ExpressionError as error:
            raise CheckError(f"{source.path}: {error}") from None
        except RecursionError:
            raise CheckError(f"{source.path}: the template is nested too deep to be read") from None
    elif source.kind in ("resources", "graph"):
        items = listed(source.document)
        if source.expressions:
            items = Template({"resources": items}, parameters, lenient=True).resources()
        yield from _of_arm(_exported(r) for r in items) if source.kind == "graph" else _of_arm(items)
    elif source.kind == "state":
        yield from pulumi.of_state(source.document, source.path)
    elif source.kind == "preview":
        yield from pulumi.of_preview(source.document)


def parameter_values(sources: Iterable[Source]) -> dict[str, Any]:
    """The values in the parameter files, by lower-case name; a reference to a key vault is unknown."""
    made: dict[str, Any] = {}
    for source in sources:
        if source.kind == "parameters":
            for name, entry in source.document["parameters"].items():
                made[str(name).lower()] = entry.get("value", UNKNOWN) if isinstance(entry, Mapping) else UNKNOWN
    return made


def _of_arm(listed: Iterable[Any]) -> Iterator[Resource]:
    for item in listed:
        if isinstance(item, Mapping):
            yield from arm.resources(item)


def _exported(resource: Any) -> Any:
    """`az resource list` leaves properties out: then they are not known, which is not the same as not set."""
    if isinstance(resource, Mapping) and resource.get("properties") is None:
        return {**resource, "properties": UNKNOWN}
    return resource


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CheckError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise CheckError(f"{path}: is not text in UTF-8; save it as UTF-8") from None


def _json(path: Path, text: str) -> Any:
    try:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return json.loads(_COMMENT.sub(_without_comment, text), strict=False)  # templates may have comments
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1].strip()[:60] if text.strip() else ""
        found = f"at `{line}`" if line else "the file is empty"
        where = f"{path}:{error.lineno}:{error.colno}"
        raise CheckError(f"{where}: not JSON: {error.msg}, {found}; build a Bicep file first: az bicep build") from None
    except RecursionError:
        raise CheckError(f"{path}: is nested too deep to be read") from None


def _without_comment(found: re.Match[str]) -> str:
    text = found[0]
    return text if text.startswith('"') else re.sub(r"[^\n]", " ", text)


def _kind(document: Any) -> str:
    if isinstance(document, list):
        return _kind_of_list(document)
    if not isinstance(document, Mapping):
        return ""
    schema = str(document.get("$schema", "")).lower()
    if "deploymentparameters" in schema and isinstance(document.get("parameters"), Mapping):
        return "parameters"
    if "deploymenttemplate" in schema or ("contentVersion" in document and "resources" in document):
        return "template"
    if isinstance(document.get("deployment"), Mapping) and "version" in document:
        return "state"
    if isinstance(document.get("steps"), list):
        return "preview"
    for name in ("data", "value"):
        if isinstance(document.get(name), list):
            return "graph" if name == "data" else _kind_of_list(document[name])
    return "resources" if _is_resource(document) else ""


def _kind_of_list(listed: Sequence[Any]) -> str:
    if not listed:
        return "resources"
    known = [item for item in listed if _is_resource(item)]
    if not known:
        return ""
    return (
        "graph" if any("subscriptionId" in r or "tenantId" in r or "resourceGroup" in r for r in known) else "resources"
    )


def _is_resource(item: Any) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("type"), str) and "/" in item["type"]


def listed(document: Any) -> list[Any]:
    """The resources in an export, whether it is a list, wrapped in an object, or one resource."""
    if isinstance(document, list):
        return document
    for name in ("data", "value"):
        if isinstance(document.get(name), list):
            return document[name]
    return [document]


def _described(document: Any) -> str:
    if isinstance(document, Mapping):
        return f"an object with {', '.join(list(map(str, document))[:5]) or 'nothing in it'}"
    return "a list whose items have no ARM type" if isinstance(document, list) else f"a {type(document).__name__}"
