"""What a program asks for: one resource to be there as described, or one to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kade.engine.aliases import Alias
from kade.engine.plan import Resource
from kade.engine.values import Value


@dataclass
class Goal:
    """One registration, after transforms. Options that the program left open and that a parent can give are None."""

    type: str
    name: str
    custom: bool = True
    inputs: dict[str, Value] = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    dependencies: Sequence[str] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    replace_with: Sequence[str] = ()
    replacement_trigger: Value = None
    delete_before_replace: bool | None = None
    ignore_changes: Sequence[str] = ()
    replace_on_changes: Sequence[str] = ()
    additional_secret_outputs: Sequence[str] = ()
    aliases: Sequence[Alias] = ()
    import_id: str = ""
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    hide_diff: Sequence[str] = ()
    hooks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    source_position: str = ""

    def resource(self, urn: str, old: Resource | None) -> Resource:
        """The resource as it is to become: without id and outputs, which come from the provider."""
        return Resource(
            urn=urn,
            type=self.type,
            custom=self.custom,
            inputs=self.inputs,
            parent=self.parent,
            protect=bool(self.protect),
            dependencies=self.dependencies,
            property_dependencies=self.property_dependencies,
            provider=self.provider,
            additional_secret_outputs=self.additional_secret_outputs,
            aliases=[old.urn] if old and old.urn != urn else (),
            retain_on_delete=bool(self.retain_on_delete),
            deleted_with=self.deleted_with,
            replace_with=self.replace_with,
            replacement_trigger=self.replacement_trigger,
            custom_timeouts=self.custom_timeouts,
            import_id=self.import_id,
            ignore_changes=self.ignore_changes,
            replace_on_changes=self.replace_on_changes,
            hide_diff=self.hide_diff,
            resource_hooks=self.hooks,
            source_position=self.source_position,
            created=old.created if old else "",
            modified=old.modified if old else "",
        )


@dataclass
class ReadGoal:
    """One resource to be read, that the stack does not own (``Resource.get``, a stack reference)."""

    type: str
    name: str
    id: Value
    inputs: dict[str, Value] = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    dependencies: Sequence[str] = ()
    additional_secret_outputs: Sequence[str] = ()
    source_position: str = ""
