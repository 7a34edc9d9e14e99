"""The local Azure as a provider of the engine: what azure-native and Azure Resource Manager would say.

It holds the methods of `kade.engine.provider.Provider`. What stands (the state, and what this run made) is in a `Cloud`
that all configurations of one provider share, so that names, parents and references are judged over the whole stack.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kade.azure import checks, diffs, ids, invokes, outputs, sdk_types
from kade.azure.cloud import LOCAL_CLIENT, LOCAL_SUBSCRIPTION, LOCAL_TENANT, Cloud
from kade.engine.plan import Resource
from kade.engine.provider import Checked, Diff, Failure, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN, Value, plain
from kade.facts.arm_form import parse_id, type_in
from kade.facts.azure_names import find_name_rule
from kade.facts.azure_types import AzureType, type_by_token, unversioned

PACKAGE = "azure-native"


@dataclass(frozen=True)
class Settings:
    """The configuration of one azure-native provider, as far as it matters here."""

    subscription: Value = LOCAL_SUBSCRIPTION  # unknown where the provider's is, so that no id is taken for another
    tenant: str = LOCAL_TENANT
    client: str = LOCAL_CLIENT
    location: Value = None
    version: str = ""  # of azure-native, as the program's SDK asks for it

    @property
    def lenient(self) -> bool:
        """Whether the program's azure-native is another major version than ours, which may have other properties."""
        mine, theirs = sdk_types.installed_version().split(".")[0], self.version.lstrip("v").split(".")[0]
        return bool(theirs) and theirs != mine


@dataclass
class AzureNative:
    """The provider of the package ``azure-native``.

    Call `begin` before a run. What stands outside the stack, and what changes the generated names, is in the `Cloud`.
    """

    cloud: Cloud = field(default_factory=Cloud)
    settings: Settings = field(default_factory=Settings)
    dry_run: bool = True

    def begin(self, resources: Iterable[Resource], *, dry_run: bool) -> None:
        """Take over what stands in a state. May be called for several states; ``dry_run`` is that of the run."""
        self.dry_run = dry_run
        for resource in resources:
            known = type_by_token(resource.type) if resource.type.startswith(PACKAGE) else None
            if known and isinstance(resource.id, str) and resource.id and not resource.delete:
                self.cloud.put(resource.id, known.arm_type, plain(resource.inputs), plain(resource.outputs))

    def stands(self, type_: str, id_: str, inputs: Tree) -> None:
        """Something stands outside every state, as it was read in Azure. A type outside the table is passed over."""
        known = type_by_token(type_)
        if known is not None:
            shown = outputs.made(known, sdk_types.schema(type_), id_, inputs, self.cloud)
            self.cloud.put(id_, known.arm_type, inputs, shown)

    def configure(self, inputs: Tree) -> AzureNative:
        """The same Azure, seen through the configuration of a provider resource."""

        def text(key: str, default: str) -> str:
            value = inputs.get(key)
            return value if isinstance(value, str) and value else default

        settings = Settings(
            subscription=inputs.get("subscriptionId") or self.settings.subscription,
            tenant=text("tenantId", self.settings.tenant),
            client=text("clientId", self.settings.client),
            location=inputs.get("location", self.settings.location),
            version=text("version", self.settings.version),
        )
        return replace(self, settings=settings)

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """Fill in name, location and API version; find misspelt, missing and wrongly typed properties and names."""
        known, schema = type_by_token(type_), sdk_types.schema(type_)
        inputs: Tree = {key: _without_nulls(value) for key, value in new.items() if value is not None}
        given = set(inputs)
        if known is not None:
            self._default_name(known, urn, old, inputs)
        if schema is not None and "location" in schema.inputs and "location" not in inputs:
            self._default_location(known, old, inputs, preview=preview)
        versioned = schema is not None and "azureApiVersion" in schema.outputs and not self.settings.lenient
        if versioned and known is not None and known.api_version:
            inputs.setdefault("azureApiVersion", known.api_version)
        found = checks.Found()
        if schema is not None and not self.settings.lenient:
            found = checks.check(schema, inputs)
        if known is not None and known.name_input in given:
            _check_name(known, old, inputs, found)
            self._check_owner(known, urn, inputs, found)
        return Checked(inputs, found.failures, found.warnings)

    def _check_owner(self, known: AzureType, urn: str, inputs: Tree, found: checks.Found) -> None:
        """Two resources of a run must not make the same thing, also not from two stacks."""
        id_ = UNKNOWN if known.derived else ids.fill(known.path, inputs, self.settings.subscription)
        other = self.cloud.claim(id_, urn) if isinstance(id_, str) else ""
        if other:
            found.fail(known.name_input, f"'{id_}' is made by {other} too; give one of them another name, or drop it.")

    def _default_name(self, known: AzureType, urn: str, old: Tree | None, inputs: Tree) -> None:
        name = known.name_input
        if not known.autoname or name in inputs or name not in known.props:
            return
        if old is not None and name in old:
            inputs[name] = old[name]
            random = old.get(ids.CREATE_BEFORE_DELETE) is True
        else:
            inputs[name], random = ids.autoname(known, urn, inputs, self.settings.subscription, self.cloud)
        if random:
            inputs[ids.CREATE_BEFORE_DELETE] = True

    def _default_location(self, known: AzureType | None, old: Tree | None, inputs: Tree, *, preview: bool) -> None:
        """As azure-native: the one of before, the configured one, that of the resource group."""
        if known is not None and known.arm_type.lower() == "microsoft.resources/deployments":
            return
        if old is not None and "location" in old:
            inputs["location"] = old["location"]
        elif self.settings.location:
            inputs["location"] = self.settings.location
        elif "resourceGroupName" in inputs:
            group = inputs["resourceGroupName"]
            place = self.cloud.group_location(self.settings.subscription, group)
            if place is not None:
                inputs["location"] = place
            elif preview and old is None:
                inputs["location"] = UNKNOWN

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:  # noqa: ARG002
        """Which properties differ, and which of them take a new resource."""
        return diffs.diff(type_by_token(type_), old_inputs, old_outputs, new)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """Make it. In a preview the outputs that are certain; what it will be is kept for the rest of the run."""
        known, schema = type_by_token(type_), sdk_types.schema(type_)
        where = self.settings.subscription
        id_ = self._new_id(known, urn, inputs) if known else ids.generic(type_, inputs, where)
        if preview:
            shown = outputs.preview(known, schema, inputs)
            if known and isinstance(id_, str):
                self.cloud.put(id_, known.arm_type, inputs, shown)
            return Made(UNKNOWN, shown, _secret(known))
        if not isinstance(id_, str):
            raise ProviderError(
                f"{type_} cannot be deployed locally: its path in Azure is not in Kade's table of types."
            )
        arm_type = known.arm_type if known else type_in(id_)
        parent = ids.parent_of(known, id_) if known else ids.generic_parent(id_)
        self.cloud.refuse_creation(id_, arm_type, parent, inputs)
        answer = outputs.made(known, schema, id_, inputs, self.cloud)
        self.cloud.put(id_, arm_type, inputs, answer)
        return Made(id_, answer, _secret(known))

    def _new_id(self, known: AzureType, urn: str, inputs: Tree) -> Value:
        """The id of something new. Where the name is no input (an eligible role), Azure makes it up."""
        id_ = ids.fill(known.path, inputs, self.settings.subscription)
        if id_ is not UNKNOWN or known.name_input in known.props or known.autoname != "uuid":
            return id_
        name, _ = ids.autoname(known, urn, inputs, self.settings.subscription, self.cloud)
        return ids.fill(known.path, {**inputs, known.name_input: name}, self.settings.subscription)

    def update(
        self,
        urn: str,  # noqa: ARG002
        type_: str,
        id_: str,
        old_inputs: Tree,
        old_outputs: Tree,
        new: Tree,
        *,
        preview: bool,
    ) -> Made:
        """Change it in place; what no input sets keeps its value."""
        known, schema = type_by_token(type_), sdk_types.schema(type_)
        kept = {k: v for k, v in old_outputs.items() if k in new or k not in old_inputs}
        if preview:
            answer = outputs.preview(known, schema, new, kept)
        else:
            self.cloud.refuse_change(id_, "update")
            answer = outputs.made(known, schema, id_, new, self.cloud, kept)
        if known:
            self.cloud.put(id_, known.arm_type, new, answer)
        return Made(id_, answer, _secret(known))

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:  # noqa: ARG002
        """Delete it, and what stands in it."""
        self.cloud.remove(id_)

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:  # noqa: ARG002
        """What stands: from the state, or taken to exist with what its id says and everything else not known."""
        known, schema = type_by_token(type_), sdk_types.schema(type_)
        found = self.cloud.get(id_)
        if found is not None:
            return {**found.inputs, **inputs}, found.outputs
        if known is None:
            raise ProviderError(f"{type_} cannot be read locally: its path in Azure is not in Kade's table of types.")
        parts = parse_id(known, id_)
        if not parts and "{" in known.path:
            raise ProviderError(f"'{id_}' is not the id of a {unversioned(type_)}; that has the form {known.path}")
        given: Tree = {key: value for key, value in parts.items() if key != "subscriptionId"}
        given.update(inputs)
        shown = outputs.preview(known, schema, given)
        if not self.dry_run:
            shown = {key: value for key, value in shown.items() if value is not UNKNOWN}
        self.cloud.put(id_, known.arm_type, given, shown)
        return given, shown

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        """Call a function of the SDK."""
        asked = invokes.Call(unversioned(token), args, preview, self.cloud, self.settings)
        return invokes.answer(asked)


def _secret(known: AzureType | None) -> frozenset[str]:
    """The outputs that hold a secret: those of the table, none of which is nested."""
    return frozenset(path for path in known.secrets if "." not in path) if known else frozenset()


def _without_nulls(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _check_name(known: AzureType, old: Tree | None, inputs: Tree, found: checks.Found) -> None:
    name = inputs[known.name_input]
    rule = find_name_rule(known.arm_type)
    if rule is None or not isinstance(name, str) or (old is not None and old.get(known.name_input) == name):
        return
    scope = str(inputs.get("scope", ""))
    at = "management group" if "managementgroups" in (scope + known.path).lower() else ""
    broken = rule.broken(name, at)
    if not broken:
        return
    failure = Failure(known.name_input, f"{broken}.")
    (found.failures if rule.source.startswith("https://") else found.warnings).append(failure)
