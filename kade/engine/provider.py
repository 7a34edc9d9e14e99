"""What stands behind a resource type: the part that the engine itself does not know.

Shaped after Pulumi's ``ResourceProvider``. Inputs come without secret wrappers (see `kade.engine.values.plain`) and
with `UNKNOWN` for what is not known yet; the engine marks outputs secret again where the input of the same name was,
and where `outputs_secret` says so. A provider keeps no state between calls but what it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from kade.engine.values import Value

Tree = dict[str, Value]


@dataclass(frozen=True)
class Failure:
    """Why a provider refuses: a property (empty for the resource itself) and one sentence with the remedy."""

    property: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """Inputs with defaults and generated names filled in, and what is wrong with them."""

    inputs: Tree
    failures: Sequence[Failure] = ()
    warnings: Sequence[Failure] = ()


class Change(Enum):
    """Whether a change of a resource's inputs can be made in place."""

    NONE = "none"
    UPDATE = "update"
    REPLACE = "replace"
    UPDATE_REPLACE_UNKNOWN = "update (replacement not known)"


@dataclass(frozen=True)
class Diff:
    """How new inputs differ from the old: the changed property paths, and which of them force a replacement.

    ``changed`` maps a path (``addressSpace.addressPrefixes[0]``) to ``add``, ``delete`` or ``update``.
    """

    change: Change
    changed: Mapping[str, str] = field(default_factory=dict)
    replaces: Sequence[str] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Made:
    """A resource as the provider made it. ``id`` is `UNKNOWN` in a preview of something new."""

    id: Value
    outputs: Tree
    outputs_secret: frozenset[str] = frozenset()


class ProviderError(Exception):
    """A call that the provider refuses, as Azure would; the message is for the user."""


class Provider(Protocol):
    """One provider package (``azure-native``, ``random`` …)."""

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """Validate inputs and fill in defaults; generated names are taken over from ``old``."""
        ...

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        """Compare the inputs of the state with the new ones (ignored properties are already put back)."""
        ...

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """Make it; in a preview, return what is certain and `UNKNOWN` for the rest."""
        ...

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree, *, preview: bool
    ) -> Made:
        """Change it in place."""
        ...

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        """Remove it."""
        ...

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        """Inputs and outputs of something that stands already (``get``, ``import``); None where it does not exist."""
        ...

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        """Call a function (``azure-native:authorization:getClientConfig``)."""
        ...
