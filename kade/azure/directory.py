"""The package ``azuread`` on the local disk: a directory that keeps what it is given, and gives each thing an id.

It knows the three types that our components use, so that a deployment can be rehearsed. Sources: the resources'
documentation of pulumi/pulumi-azuread (an object id for each, and which change makes a new one); Microsoft Graph,
"conditionalAccessPolicy" and "namedLocation".
"""

# ruff: noqa: ARG002 - the signatures are those of `kade.engine.provider.Provider`
from __future__ import annotations

import uuid

from kade.engine import diff as differences
from kade.engine.provider import Change, Checked, Diff, Failure, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN

PACKAGE = "azuread"
_NAMESPACE = uuid.UUID("6e0a5b1c-97d4-5f38-8f0e-2b9c4d1a7e53")
# What each needs, and which changed properties make a new one.
_KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Group": (("displayName",), ("onpremisesGroupType",)),
    "NamedLocation": (("displayName",), ("ip", "country")),
    "ConditionalAccessPolicy": (("displayName", "conditions", "state"), ()),
}


class Directory:
    """The provider of the package ``azuread``."""

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """What it needs; a type that is not known passes, and is refused when it is deployed."""
        needed, _ = _KINDS.get(_kind(type_), ((), ()))
        return Checked(new, [Failure(key, f'missing required property "{key}"') for key in needed if key not in new])

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        """A named location of another kind is a new one; everything else is changed in place."""
        changed = differences.changed(old_inputs, new)
        if not changed:
            return Diff(Change.NONE)
        _, replacing = _KINDS.get(_kind(type_), ((), ()))
        replaced = [path for path in changed if path in replacing]
        return Diff(Change.REPLACE if replaced else Change.UPDATE, changed, replaced)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """Keep it under an id that follows from what it is called in the program."""
        if preview:
            return Made(UNKNOWN, {**inputs, "objectId": UNKNOWN})
        if _kind(type_) not in _KINDS:
            raise ProviderError(f"{type_} cannot be deployed locally; deploy with the Pulumi CLI.")
        id_ = str(uuid.uuid5(_NAMESPACE, urn))
        return Made(id_, {**inputs, "objectId": id_})

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree, *, preview: bool
    ) -> Made:
        """Change it in place."""
        return Made(id_, {**new, "objectId": old_outputs.get("objectId", UNKNOWN)})

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        """Forget it."""

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        """What stands in the real directory is not known here."""
        raise ProviderError(f"{type_} cannot be read or imported here.")

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        """An answer would be made up."""
        raise ProviderError(f"{token} cannot be answered here: only Entra ID knows. Give the object id in the program.")


def _kind(type_: str) -> str:
    return type_.rsplit(":", 1)[-1]
