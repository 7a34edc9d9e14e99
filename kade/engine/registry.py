"""Which provider stands behind a resource, and calls to it: secrets are taken off before and put back after.

Source for the marking of secrets: ``annotateSecrets`` in ``pkg/resource/plugin/provider_plugin.go`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from kade.engine import diff as differences
from kade.engine import urns, wire
from kade.engine.plan import Resource
from kade.engine.provider import Checked, Diff, Failure, Made, Provider, ProviderError, Tree
from kade.engine.values import UNKNOWN, Secret, Value, has_secret, has_unknown, plain


@runtime_checkable
class Configurable(Protocol):
    """A provider that heeds the configuration of its provider resource (default region and the like)."""

    def configure(self, inputs: Tree) -> Provider:
        """The provider with this configuration; what is secret in it is in plaintext."""
        ...


@runtime_checkable
class Informed(Protocol):
    """A provider that wants to know what stands before a run begins."""

    def begin(self, resources: Iterable[Resource], *, dry_run: bool) -> None:
        """The resources of the state, with their secrets; ``dry_run`` is whether nothing will be made."""
        ...


class Registry:
    """The providers of one run: by package, and configured by provider resource."""

    def __init__(self, providers: Mapping[str, Provider], fallback: Provider) -> None:
        self._packages = dict(providers)
        self._fallback = fallback
        self._configured: dict[str, Provider] = {}
        self._partly: set[str] = set()

    def package(self, name: str) -> Provider:
        """The provider of a package without configuration."""
        return self._packages.get(name, self._fallback)

    def begin(self, resources: Sequence[Resource], *, dry_run: bool) -> None:
        """Tell each provider that asks for it what stands."""
        for provider in self._packages.values():
            if isinstance(provider, Informed):
                provider.begin(resources, dry_run=dry_run)

    def configure(self, resource: Resource) -> None:
        """Remember a provider resource, so that resources that name it get its configuration."""
        provider = self.package(urns.package_of(resource.type))
        if isinstance(provider, Configurable):
            provider = provider.configure(plain(resource.inputs))
        self._configured[reference_to(resource)] = provider
        if has_unknown(resource.inputs):
            self._partly.add(reference_to(resource))

    def is_configured(self, reference: str) -> bool:
        """Whether all of a provider's configuration is known; without it Pulumi calls no function of it."""
        return reference not in self._partly

    def get(self, reference: str, type_: str) -> Provider:
        """The provider that a reference names."""
        return self._configured.get(reference) or self.package(urns.package_of(type_))


def reference_to(provider: Resource) -> str:
    """How resources name their provider: urn and id; in a preview the id of a new one is Pulumi's unknown."""
    return f"{provider.urn}::{wire.UNKNOWN_TEXT if provider.id is UNKNOWN else provider.id}"


class Calls:
    """One provider's calls with secrets kept. Raises `ProviderError` with what the provider refuses."""

    def __init__(self, provider: Provider, *, preview: bool) -> None:
        self._provider = provider
        self._preview = preview

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree) -> Checked:
        """Inputs with defaults; what was secret is again."""
        bare = plain(new) if has_secret(new) else new
        before = None if old is None else plain(differences.known_secrets(old, new))
        checked = self._provider.check(urn, type_, before, bare, preview=self._preview)
        if bare is not new:
            checked = Checked(marked(checked.inputs, new), checked.failures, checked.warnings)
        return checked

    def diff(self, old: Resource, new_inputs: Tree) -> Diff:
        """How the inputs differ from those of the state."""
        before = plain(differences.known_secrets(old.inputs, new_inputs))
        return self._provider.diff(old.urn, old.type, str(old.id), before, plain(old.outputs), plain(new_inputs))

    def create(self, new: Resource) -> None:
        """Make it; id and outputs are set on the resource."""
        made = self._provider.create(new.urn, new.type, plain(new.inputs), preview=self._preview)
        self._take(new, made)

    def update(self, old: Resource, new: Resource) -> None:
        """Change it in place; outputs are set on the new resource."""
        made = self._provider.update(
            new.urn,
            new.type,
            str(old.id),
            plain(old.inputs),
            plain(old.outputs),
            plain(new.inputs),
            preview=self._preview,
        )
        self._take(new, made)
        new.id = old.id

    def delete(self, old: Resource) -> None:
        """Remove it."""
        self._provider.delete(old.urn, old.type, str(old.id), plain(old.inputs), plain(old.outputs))

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree]:
        """Inputs and outputs of what stands already. Raises `ProviderError` where it does not exist."""
        found = self._provider.read(urn, type_, id_, plain(inputs))
        if found is None:
            raise ProviderError(f"resource '{id_}' does not exist")
        return marked(found[0], inputs), marked(found[1], inputs)

    def _take(self, new: Resource, made: Made) -> None:
        new.id = made.id
        outputs = marked(made.outputs, new.inputs)
        secret = made.outputs_secret.union(new.additional_secret_outputs)
        if secret:
            outputs = {k: Secret(v) if k in secret and not isinstance(v, Secret) else v for k, v in outputs.items()}
        new.outputs = outputs


def marked(tree: Tree, origin: Tree) -> Tree:
    """``tree`` with a secret where the value of the same key in ``origin`` was or held one."""
    made: Tree | None = None
    for key, value in origin.items():
        if key not in tree or not has_secret(value):
            continue
        made = dict(tree) if made is None else made
        found: Value = made[key]
        if isinstance(found, dict) and isinstance(value, dict):
            made[key] = marked(found, value)
        elif not isinstance(found, Secret):
            made[key] = Secret(found)
    return tree if made is None else made


def refusal(failures: Sequence[Failure]) -> str:
    """What a provider's check found wrong, in one sentence a failure."""
    return "; ".join(f"{f.property}: {f.reason}" if f.property else f.reason for f in failures)
