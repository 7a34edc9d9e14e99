"""What a policy pack says of itself: its ``PulumiPolicy.yaml``, its rules, and how they are configured.

Source of the configuration's form and precedence: ``pkg/resource/analyzer/config.go`` of pulumi/pulumi.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as pb

from kade.engine.errors import EngineError, PackError
from kade.engine.interpreter import interpreter
from kade.engine.project import read_runtime
from kade.engine.yaml_file import read_yaml

LEVELS = {"advisory": pb.ADVISORY, "mandatory": pb.MANDATORY, "disabled": pb.DISABLED, "remediate": pb.REMEDIATE}
LEVEL_NAMES = {number: name for name, number in LEVELS.items()}
SEVERITIES = {
    pb.POLICY_SEVERITY_LOW: "low",
    pb.POLICY_SEVERITY_MEDIUM: "medium",
    pb.POLICY_SEVERITY_HIGH: "high",
    pb.POLICY_SEVERITY_CRITICAL: "critical",
}
TOOLS = ("psrule", "checkov", "trivy", "prowler")  # a tag ``psrule:AZR-000001`` is that tool's id of the same rule


@dataclass(frozen=True)
class PackFile:
    """A pack on disk. ``version`` is empty where the file gives none."""

    folder: Path
    program: Path
    python: Path
    version: str = ""


@dataclass(frozen=True)
class Rule:
    """One policy of a pack.

    ``types`` are the resource types that its tags ``type:…`` say it reads, ``*`` for every one; empty where none does.
    """

    name: str
    title: str
    description: str
    level: str
    on_resource: bool
    on_stack: bool
    severity: str = ""
    remediation: str = ""
    url: str = ""
    types: frozenset[str] = frozenset()
    measures: Sequence[str] = ()
    equivalents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    required: Sequence[str] = ()

    def reads(self, type_: str) -> bool:
        """Whether it may have something to say on a resource of this (unversioned) type."""
        return self.on_resource and self.level != "disabled" and (not self.types or self.names(type_))

    def names(self, type_: str) -> bool:
        """Whether it says that it reads this (unversioned) type."""
        return "*" in self.types or type_ in self.types


def read_pack(folder: Path) -> PackFile:
    """Read ``PulumiPolicy.yaml``. Raises `PackError` with file and line, and the remedy."""
    path = folder / "PulumiPolicy.yaml"
    if not path.is_file():
        raise PackError(f"{folder}: this is no policy pack: there is no PulumiPolicy.yaml in it.")
    file = read_yaml(path, PackError)
    runtime = read_runtime(file)
    try:
        python = interpreter(path, runtime)
    except EngineError as error:
        raise PackError(str(error)) from error
    program = folder / file.text("main", ".")
    if not program.exists():
        raise file.fail(f"'main' names {program}, which is not there.", "main")
    version = file.top.get("version")
    return PackFile(folder.resolve(), program.resolve(), python, "" if version is None else str(version))


def rules_of(info: pb.AnalyzerInfo) -> dict[str, Rule]:
    """The rules of a pack by name, with the levels and settings that the pack itself gives them."""
    made = {policy.name: _rule(policy) for policy in info.policies}
    initial = {
        name: {"enforcementLevel": LEVEL_NAMES[c.enforcementLevel], **json_format.MessageToDict(c.properties)}
        for name, c in info.initialConfig.items()
    }
    return configured(info.name, made, initial)


def _rule(policy: pb.PolicyInfo) -> Rule:
    tags = [tag.partition(":") for tag in policy.tags]
    framework = policy.framework
    measures = [value for name, _, value in tags if name == "measure"]
    if not measures and framework.reference:
        measures = [f"{framework.name} {framework.reference}".strip()]
    equivalents = {tool: [value for name, _, value in tags if name == tool] for tool in TOOLS}
    schema = json_format.MessageToDict(policy.configSchema.properties)
    known = policy.policy_type != pb.POLICY_TYPE_UNKNOWN
    return Rule(
        name=policy.name,
        title=policy.displayName or policy.description,
        description=policy.description,
        level=LEVEL_NAMES[policy.enforcementLevel],
        on_resource=not known or policy.policy_type == pb.POLICY_TYPE_RESOURCE,
        on_stack=not known or policy.policy_type == pb.POLICY_TYPE_STACK,
        severity=SEVERITIES.get(policy.severity, ""),
        remediation=policy.remediation_steps,
        url=policy.url,
        types=frozenset(value for name, _, value in tags if name == "type" and value),
        measures=measures,
        equivalents={tool: ids for tool, ids in equivalents.items() if ids},
        settings={key: item["default"] for key, item in schema.items() if "default" in item},
        required=list(policy.configSchema.required),
    )


def configured(pack: str, rules: Mapping[str, Rule], given: Mapping[str, Any]) -> dict[str, Rule]:
    """The rules with a configuration laid over them.

    ``given`` has Pulumi's form: by rule, or ``all``, a level, or a mapping of settings with ``enforcementLevel``.
    Raises `PackError` for a rule that is not there and a level that is none.
    """
    made = dict(rules)
    for name, wanted in sorted(given.items(), key=lambda pair: pair[0] != "all"):
        level, settings = _split(pack, name, wanted)
        if name == "all":
            made = {key: replace(rule, level=level or rule.level) for key, rule in made.items()}
            continue
        if name not in made:
            near = difflib.get_close_matches(name, made, 1)
            meant = f"; did you mean {near[0]}?" if near else "."
            raise PackError(f"the policy pack {pack} has no rule {name}, which the configuration names{meant}")
        rule = made[name]
        made[name] = replace(rule, level=level or rule.level, settings={**rule.settings, **settings})
    return made


def configuration_request(pack: str, rules: Mapping[str, Rule]) -> pb.ConfigureAnalyzerRequest:
    """The request that tells a pack its configuration. Raises `PackError` where a required setting is missing."""
    request = pb.ConfigureAnalyzerRequest()
    for rule in rules.values():
        missing = [key for key in rule.required if key not in rule.settings]
        if missing and rule.level != "disabled":
            raise PackError(f"the rule {rule.name} of the policy pack {pack} needs the setting {missing[0]}.")
        entry = request.policyConfig[rule.name]
        entry.enforcementLevel = LEVELS[rule.level]
        entry.properties.update(rule.settings)
    return request


def _split(pack: str, name: str, wanted: Any) -> tuple[str, dict[str, Any]]:
    settings = dict(wanted) if isinstance(wanted, Mapping) else {}
    level = settings.pop("enforcementLevel", "") if isinstance(wanted, Mapping) else wanted
    if level and level not in LEVELS:
        raise PackError(
            f"the configuration of {name} in the policy pack {pack} has the level {level!r};"
            f" it has to be one of {', '.join(LEVELS)}."
        )
    return level, settings
