"""What a rule is, and the decorators that make one of a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import getfile
from pathlib import Path
from typing import Any, Final, TypeAlias

from kade.facts import UnknownFactError, measure
from kade.policies.kit.resource import Resource, Stack


class Severity(StrEnum):
    """How bad a failure is: what it exposes, not how hard it is to repair."""

    CRITICAL = "critical"  # data or control open to anyone
    HIGH = "high"  # one mistake or one stolen secret away from that
    MEDIUM = "medium"  # defence in depth, evidence, recovery
    LOW = "low"  # hygiene


class Enforcement(StrEnum):
    """What a failure does to a deployment; configuration overrides it per rule."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    REMEDIATE = "remediate"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Finding:
    """What is wrong, in one sentence that names the property and what was found, never the value of a secret.

    ``resource`` is for rules on the whole stack, ``path`` for the place in a template, ``places`` for the regions that
    it is about (an exemption may hold for some regions only).
    """

    message: str
    resource: Resource | None = None
    path: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """A resource of a rule's tests and documentation. ``children`` stand in it, ``related`` beside it."""

    props: Mapping[str, Any]
    type: str = ""
    name: str = "example"
    children: Sequence[Example] = ()
    related: Sequence[Example] = ()
    api_version: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)


Result: TypeAlias = str | Finding | Iterable[str | Finding] | None
ResourceCheck: TypeAlias = Callable[[Resource], Result]
StackCheck: TypeAlias = Callable[[Stack], Result]
Remediation: TypeAlias = Callable[[Resource], Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule. See ``policies/README.md`` for what each part is for."""

    id: str
    title: str
    severity: Severity
    types: tuple[str, ...]
    measures: tuple[str, ...]
    remediation: str
    check: Callable[[Any], Result]
    module: str
    file: str
    why: str = ""
    absent: str = ""
    nis2: str = ""
    psrule: tuple[str, ...] = ()
    checkov: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    passes: tuple[Any, ...] = ()
    fails: tuple[Any, ...] = ()
    not_applicable: tuple[Any, ...] = ()
    remediate: Remediation | None = None
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    enforcement: Enforcement = Enforcement.ADVISORY
    whole_stack: bool = False
    joins: bool = False

    @property
    def url(self) -> str:
        """The page of the rule; empty for a rule of somebody else's pack, which has no page of ours."""
        return f"{PAGES}{self.id}.md" if self.id.startswith("kade-") else ""

    @property
    def equivalents(self) -> dict[str, list[str]]:
        """The ids of the rules of other tools that ask the same."""
        return {"psrule": list(self.psrule), "checkov": list(self.checkov)}

    @property
    def defaults(self) -> dict[str, Any]:
        """The rule's configuration where nothing is configured."""
        return {name: schema["default"] for name, schema in self.config.items() if "default" in schema}

    def applies_to(self, type_: str) -> bool:
        """Whether the rule is about resources of that type (a token without version). ``*`` is every Azure resource."""
        return type_ in self.types or ("*" in self.types and type_.startswith(("azure-native:", "arm:")))


ID: Final = re.compile(r"kade-[a-z0-9]+(-[a-z0-9]+)+|[a-z0-9]+(-[a-z0-9]+)+")
TYPE: Final = re.compile(r"[a-z0-9-]+:[A-Za-z0-9/]+:[A-Za-z0-9]+|arm:[a-z0-9./-]+|\*")
PAGES: Final = "https://github.com/kade-nl/kade/blob/main/docs/rules/"
NIS2: Final = re.compile(r"(20|21|23)(\([0-9a-z]+\))*")

RULES: Final[dict[str, Rule]] = {}
"""Every rule whose module was imported, by id."""


class RuleError(ValueError):
    """A rule that is not written as it should be; the message names the rule, the argument and what is right."""


def rule(
    id: str,
    title: str,
    *,
    severity: str,
    types: Sequence[str],
    measures: Sequence[str],
    remediation: str,
    passes: Sequence[Any],
    fails: Sequence[Any],
    not_applicable: Sequence[Any] = (),
    why: str = "",
    absent: str = "",
    nis2: str = "",
    psrule: Sequence[str] = (),
    checkov: Sequence[str] = (),
    deviations: Sequence[str] = (),
    remediate: Remediation | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    enforcement: str = "",
    joins: bool = False,
) -> Callable[[ResourceCheck], Rule]:
    """Make a rule on one resource of a function; it returns or yields what is wrong, and nothing where all is right.

    ``joins=True`` where the function asks for children, a parent or related resources: in a pack it then runs when
    all resources are there. Raises `RuleError` for an argument that is not right.
    """

    def make(check: ResourceCheck) -> Rule:
        if joins and remediate:
            raise RuleError(f"rule {id}: remediate= works on one resource alone, so it cannot be combined with joins=")
        return _register(
            Rule(
                id=id,
                title=title,
                severity=_severity(id, severity),
                types=tuple(types),
                measures=tuple(measures),
                remediation=remediation,
                check=check,
                module=check.__module__,
                file=getfile(check),
                why=why,
                absent=absent,
                nis2=nis2,
                psrule=tuple(psrule),
                checkov=tuple(checkov),
                deviations=tuple(deviations),
                passes=tuple(passes),
                fails=tuple(fails),
                not_applicable=tuple(not_applicable),
                remediate=remediate,
                config=config or {},
                enforcement=_enforcement(id, enforcement, severity),
                joins=joins,
            )
        )

    return make


def stack_rule(
    id: str,
    title: str,
    *,
    severity: str,
    types: Sequence[str],
    measures: Sequence[str],
    remediation: str,
    passes: Sequence[Sequence[Example]],
    fails: Sequence[Sequence[Example]],
    why: str = "",
    nis2: str = "",
    psrule: Sequence[str] = (),
    checkov: Sequence[str] = (),
    deviations: Sequence[str] = (),
    config: Mapping[str, Mapping[str, Any]] | None = None,
    enforcement: str = "",
) -> Callable[[StackCheck], Rule]:
    """Make a rule on all resources together; it yields `Finding`s that name the resource, or a text for the stack.

    ``types`` are the types that get a verdict. An example is a list of `Example`s that stand in one stack.
    """

    def make(check: StackCheck) -> Rule:
        return _register(
            Rule(
                id=id,
                title=title,
                severity=_severity(id, severity),
                types=tuple(types),
                measures=tuple(measures),
                remediation=remediation,
                check=check,
                module=check.__module__,
                file=getfile(check),
                why=why,
                nis2=nis2,
                psrule=tuple(psrule),
                checkov=tuple(checkov),
                deviations=tuple(deviations),
                passes=tuple(passes),
                fails=tuple(fails),
                config=config or {},
                enforcement=_enforcement(id, enforcement, severity),
                whole_stack=True,
            )
        )

    return make


def _register(made: Rule) -> Rule:
    _validate(made)
    before = RULES.get(made.id)
    if before is not None and (Path(before.file), before.title) != (Path(made.file), made.title):
        raise RuleError(f"rule {made.id} is defined twice: in {before.file} and in {made.file}")
    RULES[made.id] = made
    return made


def _severity(rule_id: str, text: str) -> Severity:
    try:
        return Severity(text)
    except ValueError:
        raise RuleError(f"rule {rule_id}: severity {text!r}; one of {', '.join(Severity)}") from None


def _enforcement(rule_id: str, text: str, severity: str) -> Enforcement:
    if not text:
        return Enforcement.MANDATORY if severity in ("critical", "high") else Enforcement.ADVISORY
    try:
        return Enforcement(text)
    except ValueError:
        raise RuleError(f"rule {rule_id}: enforcement {text!r}; one of {', '.join(Enforcement)}") from None


def _validate(made: Rule) -> None:
    wrong = f"rule {made.id}: "
    if not ID.fullmatch(made.id) or made.id == "all":
        raise RuleError(f"{wrong}an id is words in lower case with hyphens, as kade-storage-minimum-tls")
    if not made.types:
        raise RuleError(f"{wrong}types= is empty; name azure-native tokens, or '*' for every resource")
    for type_ in made.types:
        if not TYPE.fullmatch(type_):
            raise RuleError(f"{wrong}type {type_!r}; a token without version, as azure-native:storage:StorageAccount")
    for id_ in made.measures:
        try:
            measure(id_)
        except UnknownFactError as error:
            raise RuleError(f"{wrong}{error}") from None
    if made.nis2 and not NIS2.fullmatch(made.nis2):
        raise RuleError(f"{wrong}nis2 {made.nis2!r}; an article of the directive, as 21(2)(h)")
    if not made.title or not made.remediation:
        raise RuleError(f"{wrong}title and remediation may not be empty")
    if not made.passes or not made.fails:
        raise RuleError(f"{wrong}passes= and fails= each need at least one resource: they are its tests")
