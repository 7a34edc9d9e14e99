"""What a run of the engine gives: the steps of one stack, what was said, and what the policies found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kade.engine.values import Value


class Op(StrEnum):
    """Pulumi's names of what happens to a resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    DISCARD = "discard"
    REFRESH = "refresh"
    IMPORT = "import"
    IMPORT_REPLACEMENT = "import-replacement"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"


@dataclass(frozen=True)
class PropertyDiff:
    """How one property differs: ``add``, ``delete``, ``update``, each also with ``-replace``."""

    kind: str
    input_diff: bool = True


@dataclass
class Resource:
    """One resource of a deployment (`pulumi stack export`, version 3); secrets still wrapped."""

    urn: str
    type: str
    custom: bool = True
    id: Value = ""
    inputs: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    external: bool = False
    delete: bool = False
    dependencies: Sequence[str] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provider: str = ""
    additional_secret_outputs: Sequence[str] = ()
    aliases: Sequence[str] = ()
    pending_replacement: bool = False
    retain_on_delete: bool = False
    deleted_with: str = ""
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    import_id: str = ""
    ignore_changes: Sequence[str] = ()
    replace_on_changes: Sequence[str] = ()
    init_errors: Sequence[str] = ()
    replace_with: Sequence[str] = ()
    replacement_trigger: Value = None
    hide_diff: Sequence[str] = ()
    resource_hooks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    source_position: str = ""
    created: str = ""
    modified: str = ""

    @property
    def name(self) -> str:
        """The name in the program: the last part of the urn."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True)
class Step:
    """One step of a plan. ``old`` is None for a creation, ``new`` for a deletion."""

    op: Op
    urn: str
    type: str
    old: Resource | None
    new: Resource | None
    provider: str = ""
    detailed_diff: Mapping[str, PropertyDiff] = field(default_factory=dict)
    diff_reasons: Sequence[str] = ()
    replace_reasons: Sequence[str] = ()
    note: str = ""  # for instance: replacement not known
    failed: bool = False  # refused, for instance the deletion of what is protected: shown, but not counted


@dataclass(frozen=True)
class Diagnostic:
    """Something the program, the engine or a provider said."""

    severity: str  # debug, info, warning, error
    message: str
    urn: str = ""


@dataclass(frozen=True)
class PolicyResult:
    """The verdict of one rule on one resource (or on the stack: then ``urn`` is the stack's)."""

    pack: str
    pack_version: str
    rule: str
    urn: str
    type: str
    verdict: str  # pass, fail, not_evaluated, not_applicable, exempt
    enforcement: str  # mandatory, advisory, remediate, disabled
    severity: str = ""
    title: str = ""
    message: str = ""
    remediation: str = ""
    url: str = ""
    measures: Sequence[str] = ()
    equivalents: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass
class StackResult:
    """What one stack's run gave. ``error`` is the one sentence why it failed, empty where it did not."""

    project: str
    stack: str
    steps: list[Step] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    policies: list[PolicyResult] = field(default_factory=list)
    config: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    had_state: bool = False
    timings: dict[str, float] = field(default_factory=dict)  # seconds by phase
    duration: float = 0.0  # seconds
    error: str = ""
    maybe_corrupt: bool = False

    @property
    def change_summary(self) -> dict[str, int]:
        """How many resources each operation happens to; a replacement is one, not also its creation and deletion."""
        counts: dict[str, int] = {}
        for step in self.steps:
            part = step.op in _PARTS_OF_A_REPLACEMENT or is_default_provider(step.urn)
            if not part and not step.failed and not _reads_the_same(step):
                counts[step.op] = counts.get(step.op, 0) + 1
        return counts


def _reads_the_same(step: Step) -> bool:
    """Whether a step only reads, and finds nothing new: Pulumi counts a reading where its outputs have changed."""
    if step.op != Op.READ:
        return False
    return step.old is None or step.new is None or step.old.outputs == step.new.outputs


_PARTS_OF_A_REPLACEMENT = frozenset(
    {Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.READ_REPLACEMENT, Op.IMPORT_REPLACEMENT, Op.REMOVE_PENDING_REPLACE}
)


def is_default_provider(urn: str) -> bool:
    """Whether a urn is that of a provider that the engine made by itself; Pulumi neither counts nor shows these."""
    _, _, type_, name = urn.split("::", 3)
    return type_.startswith("pulumi:providers:") and (name == "default" or name.startswith("default_"))
