"""What stands behind resources whose provider is not here: their inputs are shown, everything else is unknown.

It is for previews. Deploying such a resource, reading it, or calling a function of its package is refused.
"""

# ruff: noqa: ARG002 - the signatures are those of `kade.engine.provider.Provider`
from __future__ import annotations

from kade.engine import diff as differences
from kade.engine import urns
from kade.engine.provider import Change, Checked, Diff, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN

DYNAMIC = "pulumi-python"


class Generic:
    """The provider of every package that has no other."""

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """Inputs pass as they are. An input that the SDK made for this version of the program only is kept."""
        return Checked(new)

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        """What differs; whether it takes a replacement only the provider knows."""
        changed = differences.changed(old_inputs, new)
        return Diff(Change.UPDATE_REPLACE_UNKNOWN if changed else Change.NONE, changed)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """In a preview: the inputs."""
        if not preview:
            raise _refused(type_)
        return Made(UNKNOWN, inputs)

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree, *, preview: bool
    ) -> Made:
        """In a preview: the inputs, and every other output of before as unknown."""
        if not preview:
            raise _refused(type_)
        return Made(id_, dict.fromkeys(old_outputs, UNKNOWN) | new)

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        """Never: nothing could have been made."""
        raise _refused(type_)

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        """Never: nothing is known of what stands."""
        raise ProviderError(f"{type_} cannot be read here: there is no local provider for {urns.package_of(type_)!r}.")

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        """Never: an answer would be made up."""
        raise ProviderError(f"the function {token} cannot be called here: there is no local provider for its package.")


def _refused(type_: str) -> ProviderError:
    package = urns.package_of(type_)
    what = "dynamic providers run only" if package == DYNAMIC else f"there is no local provider for {package!r}: deploy"
    return ProviderError(f"{type_} cannot be deployed locally; {what} with the Pulumi CLI.")
