"""The package ``azuread`` on the local disk: a directory that keeps what it is given, and gives each thing its ids.

It knows the types that a landing zone uses, so that a deployment can be rehearsed. Sources: the resources'
documentation of pulumi/pulumi-azuread (which ids each gets, what is secret, and which change makes a new one);
Microsoft Graph, "conditionalAccessPolicy" and "namedLocation".
"""

# ruff: noqa: ARG002 - the signatures are those of `kade.engine.provider.Provider`
from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from kade.engine import diff as differences
from kade.engine.provider import Change, Checked, Diff, Failure, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN

PACKAGE = "azuread"
_NAMESPACE = uuid.UUID("6e0a5b1c-97d4-5f38-8f0e-2b9c4d1a7e53")
_PASSWORD_BYTES = 30  # 40 characters, the length of those that Entra makes


@dataclass(frozen=True)
class _Kind:
    """What a type needs, which changed properties make a new one, and which ids and secrets it is given.

    Every change of what has a secret makes a new one.
    """

    needed: tuple[str, ...]
    replacing: tuple[str, ...] = ()
    ids: tuple[str, ...] = ("objectId",)
    secrets: tuple[str, ...] = ()


# `applicationId` was the name of an application's `clientId` before version 6 of the package.
_KINDS: dict[str, _Kind] = {
    "Application": _Kind(("displayName",), ("templateId",), ("objectId", "clientId", "applicationId")),
    "ApplicationFederatedIdentityCredential": _Kind(
        ("audiences", "displayName", "issuer", "subject"),
        ("applicationId", "applicationObjectId", "displayName"),
        ("credentialId",),
    ),
    "ApplicationPassword": _Kind((), ids=("keyId",), secrets=("value",)),
    "ConditionalAccessPolicy": _Kind(("displayName", "conditions", "state")),
    "Group": _Kind(("displayName",), ("onpremisesGroupType",)),
    "NamedLocation": _Kind(("displayName",), ("ip", "country")),
    "ServicePrincipal": _Kind((), ("clientId", "applicationId")),
    "ServicePrincipalPassword": _Kind(("servicePrincipalId",), ids=("keyId",), secrets=("value",)),
}
_CLIENT = ("clientId", "applicationId")
_UNKNOWN_KIND = _Kind(())


class Directory:
    """The provider of the package ``azuread``."""

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """What it needs; a type that is not known passes, and is refused when it is deployed."""
        needed = _kind(type_).needed
        return Checked(new, [Failure(key, f'missing required property "{key}"') for key in needed if key not in new])

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        """A named location of another kind is a new one, as is every password; most else is changed in place."""
        kind = _kind(type_)
        if kind.secrets:
            return differences.anew(old_inputs, new)
        changed = differences.changed(old_inputs, new)
        if not changed:
            return Diff(Change.NONE)
        replaced = [path for path in changed if path in kind.replacing]
        return Diff(Change.REPLACE if replaced else Change.UPDATE, changed, replaced)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """Keep it under ids that follow from what it is called in the program; a password is made."""
        kind = _kind(type_)
        given = {name for name in (*kind.ids, *kind.secrets) if name in inputs}
        secret = frozenset(kind.secrets)
        if preview:
            unknown = dict.fromkeys({*kind.ids, *kind.secrets} - given, UNKNOWN)
            return Made(UNKNOWN, {**inputs, **unknown}, secret)
        if kind is _UNKNOWN_KIND:
            raise ProviderError(f"{type_} cannot be deployed locally; deploy with the Pulumi CLI.")
        id_ = str(uuid.uuid5(_NAMESPACE, urn))
        client = str(uuid.uuid5(_NAMESPACE, f"{urn} client"))
        ids = {name: client if name in _CLIENT else id_ for name in kind.ids}
        made = {**ids, **{name: secrets.token_urlsafe(_PASSWORD_BYTES) for name in kind.secrets}}
        return Made(id_, {**inputs, **{name: value for name, value in made.items() if name not in given}}, secret)

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree, *, preview: bool
    ) -> Made:
        """Change it in place; what it was given stays."""
        kind = _kind(type_)
        return Made(id_, {name: old_outputs.get(name, UNKNOWN) for name in kind.ids} | new)

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        """Forget it."""

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        """What stands in the real directory is not known here."""
        raise ProviderError(f"{type_} cannot be read or imported here.")

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        """An answer would be made up."""
        raise ProviderError(f"{token} cannot be answered here: only Entra ID knows. Give the object id in the program.")


def _kind(type_: str) -> _Kind:
    return _KINDS.get(type_.rsplit(":", 1)[-1], _UNKNOWN_KIND)
