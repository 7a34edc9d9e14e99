"""Any Pulumi project whose program is in Python: its ``Pulumi.yaml`` and the file of one stack.

Source: ``sdk/go/common/workspace/project.go`` of pulumi/pulumi. Keys that it does not name are allowed, as there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kade.engine.errors import ProjectError
from kade.engine.yaml_file import YamlFile, plain, read_yaml

_NAMES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")  # JSON is YAML
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_TOOLCHAINS = ("pip", "poetry", "uv")


@dataclass(frozen=True)
class Runtime:
    """What runs a program or a pack: ``virtualenv`` is as written, relative to the folder of its file."""

    toolchain: str = "pip"
    virtualenv: str = ""
    typechecker: str = ""


@dataclass(frozen=True)
class ConfigItem:
    """What a project says of one key of its configuration. ``type`` is empty where none is declared."""

    type: str = ""
    items: Mapping[str, Any] | None = None
    default: Any = None
    value: Any = None
    secret: bool = False
    line: int = 1


@dataclass(frozen=True)
class Project:
    """One project. ``program`` is the folder or file that runs, ``working_directory`` where it runs."""

    file: Path
    name: str
    runtime: Runtime
    program: Path
    working_directory: Path
    stack_config_directory: Path
    config: Mapping[str, ConfigItem] = field(default_factory=dict)
    template_config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    description: str = ""
    refresh: bool = False

    @property
    def root(self) -> Path:
        """The folder of ``Pulumi.yaml``."""
        return self.file.parent


@dataclass(frozen=True)
class StackSettings:
    """The file of one stack. ``config`` is as written, secrets still encrypted; ``file`` need not exist."""

    stack: str
    file: Path
    config: Mapping[str, Any] = field(default_factory=dict)
    encryption_salt: str = ""
    secrets_provider: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, key: str) -> int:
        """The line of a configuration key, from 1."""
        return self.lines.get(key, 1)


def find_project(start: Path) -> Path:
    """The project file in a folder or above it. Raises `ProjectError` where there is none."""
    start = start.absolute()
    if start.is_file():
        if start.name in _NAMES:
            return start
        raise ProjectError(f"{start}: a project is a folder with a Pulumi.yaml, or that file.")
    if not start.is_dir():
        raise ProjectError(f"{start}: there is no such folder.")
    for folder in (start, *start.parents):
        for name in _NAMES:
            if (folder / name).is_file():
                return folder / name
    raise ProjectError(f"{start}: there is no Pulumi.yaml here or in a folder above; name the folder of a project.")


def load_project(target: Path) -> Project:
    """Read the project at or above a path. Raises `ProjectError` with file and line."""
    path = find_project(target)
    file = read_yaml(path, ProjectError)
    name = file.text("name")
    if not name:
        raise file.fail("the project is missing a 'name'.")
    if not _NAME.fullmatch(name):
        raise file.fail(f"the name {name!r} may hold only letters, digits, '-', '_' and '.', at most 100.", "name")
    runtime = read_runtime(file)
    program = (path.parent / file.text("main", ".")).resolve()
    if not program.exists():
        raise file.fail(f"'main' names {program}, which is not there.", "main")
    config = file.top.get("config")
    old_directory = str(config) if isinstance(config, str) else ""  # what stackConfigDir was called once
    options = file.top.get("options")
    refresh = isinstance(options, Mapping) and options.get("refresh") == "always"
    return Project(
        file=path,
        name=name,
        runtime=runtime,
        program=program,
        working_directory=program if program.is_dir() else program.parent,
        stack_config_directory=path.parent / (file.text("stackConfigDir") or old_directory),
        config={} if old_directory else _config_items(file, name),
        template_config=_template_config(file),
        description=file.text("description"),
        refresh=refresh,
    )


def read_runtime(file: YamlFile) -> Runtime:
    """The runtime of a project's or pack's file. Raises where it is missing, or not Python."""
    found = file.top.get("runtime")
    name, options = (found.get("name"), found.get("options") or {}) if isinstance(found, Mapping) else (found, {})
    if not name:
        raise file.fail("the file is missing a 'runtime'; it has to be python.")
    if name != "python":
        raise file.fail(f"the runtime {name!r} is not run here, only python is; use the Pulumi CLI for it.", "runtime")
    if not isinstance(options, Mapping):
        raise file.fail(f"the options have to be a mapping, found {options!r}.", "runtime", "options")
    made = {}
    for key in ("toolchain", "virtualenv", "typechecker"):
        value = options.get(key)
        if value is not None and not isinstance(value, str):
            raise file.fail(f"{key} has to be a text, found {value!r}.", "runtime", "options", key)
        if value:
            made[key] = str(value)
    if made.get("toolchain", "pip") not in _TOOLCHAINS:
        found = made["toolchain"]
        raise file.fail(f"the toolchain {found!r} is not one of pip, poetry, uv.", "runtime", "options", "toolchain")
    return Runtime(**made)


def load_stack(project: Project, stack: str) -> StackSettings:
    """Read the file of a stack; a stack without a file has no configuration. Raises `ProjectError`."""
    if not _NAME.fullmatch(stack):
        raise ProjectError(f"the stack name {stack!r} may hold only letters, digits, '-', '_' and '.', at most 100.")
    folder = project.stack_config_directory
    names = [f"Pulumi.{stack}{Path(n).suffix}" for n in _NAMES]
    path = next((folder / n for n in names if (folder / n).is_file()), folder / names[0])
    if not path.exists():
        return StackSettings(stack, path)
    file = read_yaml(path, ProjectError)
    if file.top.get("environment"):
        raise file.fail("'environment' needs Pulumi ESC, which is not done here; use the Pulumi CLI.", "environment")
    config = file.top.get("config") or {}
    if not isinstance(config, Mapping):
        raise file.fail(f"'config' has to be a mapping of keys to values, found {config!r}.", "config")
    made, lines = {}, {}
    for key, value in config.items():
        full = full_key(file, project.name, str(key), "config", str(key))
        made[full], lines[full] = plain(value), file.line("config", str(key))
    return StackSettings(
        stack=stack,
        file=path,
        config=made,
        encryption_salt=file.text("encryptionsalt"),
        secrets_provider=file.text("secretsprovider"),
        lines=lines,
    )


def full_key(file: YamlFile, project: str, key: str, *where: str) -> str:
    """A configuration key with its namespace: a bare one is the project's own, ``ns:config:name`` is ``ns:name``."""
    parts = key.split(":")
    if len(parts) == 1:
        return f"{project}:{key}"
    if len(parts) == 3 and parts[1] == "config":
        return f"{parts[0]}:{parts[2]}"
    if len(parts) != 2 or not all(parts):
        raise file.fail(f"the configuration key {key!r} has to be of the form namespace:name.", *where)
    return key


def _config_items(file: YamlFile, project: str) -> dict[str, ConfigItem]:
    config = file.top.get("config") or {}
    if not isinstance(config, Mapping):
        raise file.fail(f"'config' has to be a mapping, found {config!r}.", "config")
    made = {}
    for key, found in config.items():
        where = ("config", str(key))
        full = full_key(file, project, str(key), *where)
        own = full.startswith(f"{project}:")
        item = plain(found)
        if not isinstance(item, dict):
            item = {"default" if own else "value": item}
        kind, default, value = item.get("type") or "", item.get("default"), item.get("value")
        if default is not None and value is not None:
            raise file.fail(f"project config '{key}' cannot have both a 'default' and 'value' attribute.", *where)
        if not own and kind:
            raise file.fail(f"configuration key '{key}' is not namespaced by the project and has no type.", *where)
        if not own and value is None:
            raise file.fail(f"configuration key '{key}' is namespaced and must have a 'value'.", *where)
        if kind == "array" and not isinstance(item.get("items"), dict):
            raise file.fail(f"configuration key '{key}' is an array and must name the type of its 'items'.", *where)
        made[full] = ConfigItem(kind, item.get("items"), default, value, bool(item.get("secret")), file.line(*where))
    return made


def _template_config(file: YamlFile) -> dict[str, dict[str, Any]]:
    template = file.top.get("template")
    config = template.get("config") if isinstance(template, Mapping) else None
    if not isinstance(config, Mapping):
        return {}
    items = {str(key): plain(item) for key, item in config.items()}
    return {key: item if isinstance(item, dict) else {"default": item} for key, item in items.items()}
