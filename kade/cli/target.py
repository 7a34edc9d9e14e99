"""What a TARGET means: an estate with its stacks, or one stack of any Python Pulumi project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kade.cli.errors import UsageError
from kade.engine.forker import Forkers

if TYPE_CHECKING:
    from kade.engine.project import Project
    from kade.estate import Estate, StackSpec

ESTATE_PACKS = ("security", "residency", "preflight")
_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


@dataclass(frozen=True)
class Stack:
    """One stack to run, by its name; ``depends_on`` names the stacks whose outputs it reads."""

    name: str
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """What to run.

    ``state`` is the folder of the local state; ``packs`` are those of the target itself; ``needed`` are stacks whose
    outputs the chosen ones read, though they are not chosen; ``config`` is what the program is told of the estate;
    ``preload`` and ``pack_preload`` are modules that the programs of its stacks and its packs have in common;
    ``environment`` and ``layers``, or the stack that was ``named``, are those that were asked for.
    """

    name: str
    project: Project
    stacks: Sequence[Stack]
    state: Path
    packs: Sequence[Path] = ()
    estate: Estate | None = None
    needed: Sequence[Stack] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    preload: Sequence[str] = ()
    pack_preload: Sequence[str] = ()
    environment: str = ""
    layers: Sequence[str] = ()
    named: str = ""
    forkers: Forkers = field(default_factory=Forkers, repr=False, compare=False)

    def get_ready(self) -> None:
        """Start the process that the programs start from, so that it imports while we do. It ends with us."""
        from kade.engine.program import get_ready

        get_ready(self.project, self.preload, self.forkers)

    @property
    def has_state_of(self) -> list[str]:
        """The stacks that have local state."""
        return sorted(file.stem for file in self.state.glob("*.json"))

    def state_file(self, stack: str) -> Path:
        """Where the local state of a stack stands."""
        return self.state / f"{stack}.json"

    def gone(self, names: Sequence[str]) -> list[Stack]:
        """Of some stacks those that are of services and applications that the estate does not have any more.

        They have no program: what they have is to be deleted.
        """
        if self.estate is None or (self.named and self.stacks):
            return []
        known = {spec.name for name in self.estate.environments for spec in self.estate.stacks(name)}
        return [Stack(name) for name in names if name not in known and self._asked(name)]

    def _asked(self, name: str) -> bool:
        """Whether a stack is of a part of this estate, and of what was asked for."""
        from kade.estate import parse_stack_name

        try:
            of, environment, layer, part = parse_stack_name(name)
        except ValueError:
            return False
        ours = self.estate is not None and of == self.estate.name and bool(part)
        asked = environment == self.environment and layer in self.layers
        return ours and (name == self.named if self.named else asked)


def resolve(target: str, *, env: str = "", layers: Sequence[str] = (), stack: str = "") -> Target:
    """Find out what a target means.

    Raises `UsageError`, `EstateError` and `ProjectError`, each with what was found and what would be right.
    """
    folder = _project_folder(target)
    if folder is not None:
        return _project(folder, env, layers, stack)
    if stack and (env or layers):
        raise UsageError("--stack names one stack; leave out --env and --layer.")
    return _estate(target, env, layers, stack)


def _project_folder(target: str) -> Path | None:
    """The folder of a Pulumi project, unless the target is an estate."""
    path = Path(target)
    if path.name in _PROJECT_FILES and path.is_file():
        return path.parent
    if not path.is_dir() or (path / "estate.yaml").is_file():
        return None
    return path if any((path / name).is_file() for name in _PROJECT_FILES) else None


def _project(folder: Path, env: str, layers: Sequence[str], stack: str) -> Target:
    from kade.engine.program import libraries
    from kade.engine.project import load_project

    if env or layers:
        raise UsageError(f"{folder}: --env and --layer are for an estate; a Pulumi project takes --stack.")
    project = load_project(folder)
    if not stack:
        known = _stacks_with_settings(project)
        has = f"it has settings for {', '.join(known)}" if known else "any name will do, its settings are optional"
        raise UsageError(f"{project.file}: name the stack of this Pulumi project with --stack ({has}).")
    preload = libraries(project.program)
    return Target(f"{project.name}/{stack}", project, [Stack(stack)], _state_folder(project), preload=preload)


def _stacks_with_settings(project: Project) -> list[str]:
    files = project.stack_config_directory.glob("Pulumi.*.yaml")
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


def _estate(target: str, env: str, layers: Sequence[str], stack: str) -> Target:
    from kade.engine.project import load_project
    from kade.estate import load, parse_stack_name

    estate = load(target)
    home = project_of(Path(estate.folder))
    project = load_project(home) if home else _installed_project(Path(estate.folder))
    chosen = [] if stack and _is_gone(estate, project, stack) else _chosen(estate, env, layers, stack)
    title = stack or f"{estate.name} ({env or estate.production})"
    needed = _needed(estate, chosen)
    used = dict.fromkeys(parse_stack_name(item.name)[2] for item in (*chosen, *needed))
    return Target(
        name=title,
        project=project,
        stacks=[Stack(spec.name, spec.depends_on) for spec in chosen],
        state=_state_folder(project),
        packs=default_packs(),
        estate=estate,
        needed=needed,
        config=_config(estate, project),
        preload=("kade.stacks.entry", *(f"kade.stacks.{layer}" for layer in used)),
        pack_preload=("kade.policies.kit.pack", *(f"kade.policies.{name}.*" for name in ESTATE_PACKS)),
        environment=env or estate.production,
        layers=layers or ("services", "workloads"),
        named=stack,
    )


def _is_gone(estate: Estate, project: Project, stack: str) -> bool:
    """Whether a stack that was named has local state here and is not in the estate any more."""
    known = {spec.name for environment in estate.environments for spec in estate.stacks(environment)}
    return stack not in known and (_state_folder(project) / f"{stack}.json").is_file()


def _chosen(estate: Estate, env: str, layers: Sequence[str], stack: str) -> list[StackSpec]:
    """The stacks that the options name, in the order in which they depend on each other."""
    environment = environment_of(estate, env)
    if stack:
        specs = [spec for name in sorted(estate.environments) for spec in estate.stacks(name)]
        found = [spec for spec in specs if spec.name == stack]
        if not found:
            raise UsageError(f"{estate.name} has no stack {stack!r}; it has {', '.join(s.name for s in specs)}.")
        return found
    specs = estate.stacks(environment)
    there = list(dict.fromkeys(spec.layer for spec in specs))
    for layer in layers:
        if layer not in there:
            of = f"{estate.name} ({environment})"
            raise UsageError(f"{of} has no layer {layer!r}; it has {', '.join(there)}.")
    return [spec for spec in specs if not layers or spec.layer in layers]


def environment_of(estate: Estate, asked: str) -> str:
    """The environment that was asked for, production where none was. Raises `UsageError` for one that is not there."""
    known = sorted(estate.environments)
    if asked and asked not in known:
        raise UsageError(f"{estate.name} has no environment {asked!r}; it has {', '.join(known)}.")
    return asked or estate.production


def _needed(estate: Estate, chosen: Sequence[StackSpec]) -> list[Stack]:
    """The other stacks whose outputs the chosen ones read, each after those that it reads itself."""
    specs = {spec.name: spec for name in estate.environments for spec in estate.stacks(name)}
    found: dict[str, Stack] = {}

    def add(name: str) -> None:
        spec = specs.get(name)
        if spec is None or name in found:
            return
        for other in spec.depends_on:
            add(other)
        found[name] = Stack(name, spec.depends_on)

    for spec in chosen:
        add(spec.name)
    return [stack for name, stack in found.items() if name not in {spec.name for spec in chosen}]


def _config(estate: Estate, project: Project) -> dict[str, str]:
    """Where the estate stands, unless that is where both the program and the packs look anyway."""
    folder = Path(estate.folder)
    homes = {project.root.resolve(), *(pack.parent.parent for pack in default_packs())}
    return {} if {folder} == {home / "estates" / estate.name for home in homes} else {"kade:estate": str(folder)}


def project_of(folder: Path) -> Path | None:
    """The folder of the Pulumi project that an estate belongs to: at or above it, not outside its git repository."""
    for place in (folder, *folder.parents):
        if any((place / name).is_file() for name in _PROJECT_FILES):
            return place
        if (place / ".git").exists():
            return None
    return None


def _installed_project(folder: Path) -> Project:
    """A project for an estate without a ``Pulumi.yaml``: the installed program, run with this interpreter."""
    from kade.engine.project import Project, Runtime

    program = Path(__file__).parent.parent / "stacks"
    return Project(
        file=folder / "Pulumi.yaml",
        name="kade",
        runtime=Runtime(),
        program=program,
        working_directory=program,
        stack_config_directory=folder,
    )


def default_packs() -> list[Path]:
    """The packs that judge an estate: Kade's own, from the repository or the installed package."""
    folder = (Path(__file__).parent.parent / "policies").resolve()  # a link in the repository
    return [folder / name for name in ESTATE_PACKS if (folder / name / "PulumiPolicy.yaml").is_file()]


def _state_folder(project: Project) -> Path:
    return project.root / ".kade" / "state" / project.name
