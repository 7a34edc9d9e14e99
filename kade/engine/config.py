"""The configuration of a stack as its program gets it: the stack's file over the project's defaults.

Source: ``pkg/workspace/config.go`` and ``sdk/go/common/resource/config`` of pulumi/pulumi.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kade.engine.errors import ProjectError, SecretsError
from kade.engine.project import ConfigItem, Project, StackSettings
from kade.engine.values import Secret

_MISSING = object()


@dataclass(frozen=True)
class Config:
    """Configuration by full key, every value as text; ``secret_keys`` are those that hold a secret."""

    values: Mapping[str, str] = field(default_factory=dict)
    secret_keys: frozenset[str] = frozenset()

    def environment(self) -> dict[str, str]:
        """The variables by which a program or a pack gets it. They hold secrets: pass them, never show them."""
        keys = sorted(self.secret_keys)
        return {"PULUMI_CONFIG": json.dumps(dict(self.values)), "PULUMI_CONFIG_SECRET_KEYS": json.dumps(keys)}

    def shown(self) -> dict[str, Any]:
        """The values with secrets wrapped, for a result."""
        return {key: Secret(value) if key in self.secret_keys else value for key, value in self.values.items()}


def resolve_config(project: Project, settings: StackSettings, decrypt: Callable[[str], str]) -> Config:
    """The whole configuration of a stack. ``decrypt`` is called only where a secure value stands.

    Raises `ProjectError` with file and line for a required key that is missing and a value of another type than the
    project declares; `SecretsError` where a secure value cannot be decrypted.
    """
    trees, secret = {}, set()
    for key, written in settings.config.items():
        try:
            trees[key], holds = _decrypted(written, decrypt)
        except SecretsError as error:
            raise SecretsError(f"{settings.file}:{settings.line(key)}: {key}: {error}") from error
        if holds:
            secret.add(key)
    _apply_project(project, settings, trees, secret)
    return Config({key: _text(tree) for key, tree in trees.items()}, frozenset(secret))


def _decrypted(written: Any, decrypt: Callable[[str], str]) -> tuple[Any, bool]:
    """The value without ``secure``, and whether one stood in it."""
    if isinstance(written, dict):
        if set(written) == {"secure"} and isinstance(written["secure"], str):
            return decrypt(written["secure"]), True
        pairs = {key: _decrypted(item, decrypt) for key, item in written.items()}
        return {key: item for key, (item, _) in pairs.items()}, any(holds for _, holds in pairs.values())
    if isinstance(written, list):
        pairs = [_decrypted(item, decrypt) for item in written]
        return [item for item, _ in pairs], any(holds for _, holds in pairs)
    return written, False


def _apply_project(project: Project, settings: StackSettings, trees: dict[str, Any], secret: set[str]) -> None:
    missing: list[str] = []
    for key, item in sorted(project.config.items()):
        found = _get(trees, key)
        preset = item.default if item.default is not None else item.value
        if found is _MISSING and preset is not None:
            _set(trees, key, preset)
        elif found is _MISSING and key.startswith(f"{project.name}:"):
            missing.append(key)
    if missing:
        names = [key.removeprefix(f"{project.name}:") for key in missing]
        line = project.config[missing[0]].line
        value = "value" if len(names) == 1 else "values"
        raise ProjectError(
            f"{project.file}:{line}: Stack '{settings.stack}' is missing configuration {value} {_listed(names)};"
            f" set it in {settings.file}."
        )
    for key, item in sorted(project.config.items()):
        if item.type:
            _check(project, settings, key, item, _get(trees, key), key in secret)


def _check(project: Project, settings: StackSettings, key: str, item: ConfigItem, value: Any, secure: bool) -> None:
    name = key.removeprefix(f"{project.name}:")
    in_stack = key in settings.config
    where = f"{settings.file}:{settings.line(key)}" if in_stack else f"{project.file}:{item.line}"
    who = f"{where}: Stack '{settings.stack}' with configuration key '{name}'"
    if item.secret and not secure and in_stack:
        raise ProjectError(f"{who} must be encrypted as it's secret.")
    if not _fits(item.type, item.items, value):
        raise ProjectError(f"{who} must be of type '{_type_name(item.type, item.items)}'.")


def _fits(kind: str, items: Mapping[str, Any] | None, value: Any) -> bool:
    if kind == "string":
        return not isinstance(value, dict | list)  # a scalar of a stack's file is a text
    if kind == "integer":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return (number and float(value).is_integer()) or (
            isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value) is not None
        )
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if kind == "object":
        return isinstance(value, dict)
    items = items or {}
    return isinstance(value, list) and all(_fits(items.get("type", ""), items.get("items"), item) for item in value)


def _type_name(kind: str, items: Mapping[str, Any] | None) -> str:
    return f"array<{_type_name(items.get('type', ''), items.get('items'))}>" if items else kind


def _text(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    if tree is None:
        return ""
    return json.dumps(tree, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _listed(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in sorted(names)]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _path(key: str) -> tuple[str, list[str | int]]:
    """A key whose name is a path (``ns:a.b[0]``, ``ns:a["x.y"]``) as the key at the top and the steps below it."""
    namespace, _, name = key.partition(":")
    steps: list[str | int] = []
    for quoted, index, plain_name in re.findall(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]]+)', name):
        steps.append(int(index) if index else quoted or plain_name)
    return f"{namespace}:{steps[0] if steps else name}", steps[1:]


def _get(trees: Mapping[str, Any], key: str) -> Any:
    if key in trees:
        return trees[key]
    top, steps = _path(key)
    found = trees.get(top, _MISSING)
    for step in steps:
        found = _child(found, step)
    return found


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step, _MISSING)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return _MISSING


def _set(trees: dict[str, Any], key: str, value: Any) -> None:
    top, path = _path(key)
    steps: list[str | int] = [top, *path]
    node: Any = trees
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        child = _child(node, step)
        if child is _MISSING or after is None:
            child = value if after is None else ([] if isinstance(after, int) else {})
            if isinstance(node, list) and step == len(node):
                node.append(child)
            elif isinstance(node, dict):
                node[step] = child
            else:
                raise ProjectError(f"the configuration key {key!r} leads to a place that is not there.")
        node = child
