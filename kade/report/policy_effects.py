"""Which assignments of Azure Policy a change touches, and what each would deny of what the preview makes.

Azure judges a request by the definition, which stands in Azure. What is judged here are the built-in definitions that
refuse by a list in their parameters or by one property; of another that denies, it is said that it is not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kade.engine.plan import Op, Resource
from kade.facts.azure_types import type_by_token
from kade.facts.policy_library import effects
from kade.report.model import Preview, Row, rows
from kade.report.words import plural

_ASSIGNMENT: Final = "PolicyAssignment"
_PROVIDER: Final = "pulumi:providers:azure-native"
_GROUPS: Final = "/providers/microsoft.management/managementgroups/"
_ORDER: Final = ("deny", "modify", "deploy", "", "audit")  # what a reviewer wants to see first; empty: not known
Parameters = Mapping[str, Any]
Judge = Callable[[str, Mapping[str, Any], Parameters], str]  # ARM type, inputs, parameters -> why it is denied


@dataclass(frozen=True)
class PolicyEffect:
    """An assignment that comes, changes or goes; ``does`` is audit, deny, deploy, modify, or empty where unknown."""

    op: Op
    name: str
    scope: str
    does: str
    enforced: bool
    message: str
    denies: tuple[str, ...] = ()
    """What it would deny of what this preview makes or changes: the resource and why."""
    judged: bool = True
    """Whether that could be told."""

    @property
    def outcome(self) -> str:
        """What it would deny, in words."""
        if self.op == Op.DELETE:
            return "denies nothing any more"
        if not self.enforced:
            return "denies nothing: it is not enforced"
        if not self.judged:
            return "what it would deny cannot be told here"
        if self.does != "deny":
            return "denies nothing"
        return f"would deny {'; '.join(self.denies)}" if self.denies else "would deny nothing of this preview"


def policy_effects(report: Preview) -> list[PolicyEffect]:
    """The assignments that change, those that deny first."""
    world = _World(report)
    found = [
        world.effect(row)
        for stack in report.stacks
        for row in rows(stack)
        if row.op not in (Op.SAME, Op.READ) and row.step.type.rsplit(":", 1)[-1] == _ASSIGNMENT
    ]
    return sorted(found, key=lambda e: (_ORDER.index(e.does), e.scope, e.name))


class _World:
    """The hierarchy and the resources of a preview."""

    def __init__(self, report: Preview) -> None:
        self.mask = report.mask
        self.parents: dict[str, str] = {}  # management group -> the one above it
        self.groups: dict[str, str] = {}  # subscription -> management group
        self.initiatives: dict[str, Mapping[str, Any]] = {}  # inputs of those that the preview makes, by urn
        self.resources: list[tuple[str, Resource]] = []  # subscription and resource that is made or changed
        made = [
            (row.op, row.step.new)
            for stack in report.stacks
            for row in rows(stack)
            if row.step.new is not None and row.op != Op.DELETE
        ]
        subscriptions = {
            resource.urn: str(resource.inputs.get("subscriptionId", "")).lower()
            for _, resource in made
            if resource.type == _PROVIDER
        }
        for op, resource in made:
            subscription = subscriptions.get(resource.provider.rpartition("::")[0], "")
            self._place(resource, subscription)
            if op != Op.SAME:
                self.resources.append((subscription, resource))

    def _place(self, resource: Resource, subscription: str) -> None:
        kind, inputs = resource.type.rsplit(":", 1)[-1], self.mask.tree(resource.inputs)
        if kind == "ManagementGroup":
            above = ((inputs.get("details") or {}).get("parent") or {}).get("id", "")
            self.parents[str(inputs.get("groupId")).lower()] = str(above).lower().removeprefix(_GROUPS)
        if kind == "ManagementGroupSubscription" and subscription:
            self.groups[subscription] = str(inputs.get("groupId")).lower()
        if kind.startswith("PolicySetDefinition"):
            self.initiatives[resource.urn] = inputs

    def effect(self, row: Row) -> PolicyEffect:
        resource = (row.step.old if row.op == Op.DELETE else row.step.new) or row.step.new
        inputs: Mapping[str, Any] = self.mask.tree(resource.inputs) if resource is not None else {}
        definition = str(inputs.get("policyDefinitionId", "")).lower()
        messages = inputs.get("nonComplianceMessages") or [{}]
        scope = str(inputs.get("scope", ""))
        enforced = inputs.get("enforcementMode") != "DoNotEnforce" and row.op != Op.DELETE
        does = self._does(resource, definition)
        judge = _JUDGES.get(definition.rsplit("/", 1)[-1])
        denies = tuple(self._denied(scope, inputs, judge)) if judge and enforced and does == "deny" else ()
        return PolicyEffect(
            op=row.op,
            name=str(inputs.get("policyAssignmentName", row.name)),
            scope=scope.rsplit("/", 1)[-1],
            does=does,
            enforced=enforced,
            message=str(messages[0].get("message") or inputs.get("displayName") or ""),
            denies=denies,
            judged=judge is not None or does in ("audit", "deploy", "modify"),
        )

    def _does(self, resource: Resource | None, definition: str) -> str:
        """What a definition does; of an initiative that the preview makes, the most drastic of what is in it."""
        known = effects()
        urns = resource.property_dependencies.get("policyDefinitionId", ()) if resource else ()
        members = [item for urn in urns for item in self.initiatives.get(urn, {}).get("policyDefinitions", ())]
        found = [known.get(str(item.get("policyDefinitionId", "")).lower(), "") for item in members]
        return known.get(definition) or ("" if "" in found else min(found, key=_ORDER.index, default=""))

    def _denied(self, scope: str, inputs: Mapping[str, Any], judge: Judge) -> Iterator[str]:
        given = inputs.get("parameters") or {}
        parameters = {name: item.get("value") for name, item in given.items() if isinstance(item, Mapping)}
        for subscription, resource in self.resources:
            known = type_by_token(resource.type)
            if known is None or not self._holds(scope.lower(), subscription):
                continue
            why = judge(known.arm_type.lower(), self.mask.tree(resource.inputs), parameters)
            if why:
                yield f"{self.mask.text(resource.name)} ({why})"

    def _holds(self, scope: str, subscription: str) -> bool:
        """Whether an assignment at a scope holds in a subscription, as far as the preview shows the hierarchy."""
        if scope.startswith("/subscriptions/"):
            return bool(subscription) and scope.split("/")[2] == subscription
        group, wanted = self.groups.get(subscription, ""), scope.removeprefix(_GROUPS)
        seen: set[str] = set()
        while group and group not in seen:
            if group == wanted:
                return True
            seen.add(group)
            group = self.parents.get(group, "")
        return False


def _where(inputs: Mapping[str, Any], parameters: Parameters) -> str:
    location = str(inputs.get("location", "")).replace(" ", "").lower()
    allowed = {str(item).lower() for item in parameters.get("listOfAllowedLocations") or []}
    known = location and not location.startswith("[") and location != "global"
    return f"in {location}" if known and allowed and location not in allowed else ""


def _location(type_: str, inputs: Mapping[str, Any], parameters: Parameters) -> str:
    return "" if type_ == "microsoft.resources/resourcegroups" else _where(inputs, parameters)


def _group_location(type_: str, inputs: Mapping[str, Any], parameters: Parameters) -> str:
    return _where(inputs, parameters) if type_ == "microsoft.resources/resourcegroups" else ""


def _not_allowed(type_: str, inputs: Mapping[str, Any], parameters: Parameters) -> str:  # noqa: ARG001  # one form
    listed = {str(item).lower() for item in parameters.get("listOfResourceTypesNotAllowed") or []}
    return f"a {type_}" if type_ in listed else ""


def _only_allowed(type_: str, inputs: Mapping[str, Any], parameters: Parameters) -> str:  # one form
    listed = {str(item).lower() for item in parameters.get("listOfResourceTypesAllowed") or []}
    # The definition judges what has tags and a location; what governs the subscription itself has neither.
    return f"a {type_}" if "location" in inputs and type_ not in listed else ""


def _forwards(type_: str, inputs: Mapping[str, Any], parameters: Parameters) -> str:  # noqa: ARG001  # one form
    forwards = type_ == "microsoft.network/networkinterfaces" and inputs.get("enableIPForwarding") is True
    return "it passes traffic on" if forwards else ""


def _plain_http(type_: str, inputs: Mapping[str, Any], parameters: Parameters) -> str:  # noqa: ARG001  # one form
    plain = type_ == "microsoft.storage/storageaccounts" and inputs.get("enableHttpsTrafficOnly") is False
    return "it takes plain HTTP" if plain else ""


_JUDGES: Final[Mapping[str, Judge]] = {
    "e56962a6-4747-49cd-b67b-bf8b01975c4c": _location,
    "e765b5de-1225-4ba3-bd56-1ac6695af988": _group_location,
    "6c112d4e-5bc7-47ae-a041-ea2d9dccd749": _not_allowed,
    "a08ec900-254a-4555-9bf5-e42af04b5c5c": _only_allowed,
    "88c0b9da-ce96-4b03-9635-f29a937e2900": _forwards,
    "404c3081-a854-4457-ae30-26a93ef643f9": _plain_http,
}


def told(found: list[PolicyEffect]) -> list[tuple[Op, str, str]]:
    """Operation, name with scopes, and what it does: each assignment that does more than audit, in one line where it is
    the same at several scopes; those that audit in one line for each operation.
    """
    scopes: dict[tuple[Op, str, str], list[str]] = {}
    for effect in found:
        if effect.does != "audit":
            text = f"{effect.does or 'effect not known here'}: {effect.message.rstrip('.')}; {effect.outcome}"
            scopes.setdefault((effect.op, effect.name, text), []).append(effect.scope)
    made = [(op, f"{name} on {_listed(where)}", text) for (op, name, text), where in scopes.items()]
    for op in dict.fromkeys(e.op for e in found if e.does == "audit"):
        names = sorted({e.name for e in found if e.does == "audit" and e.op == op})
        made.append((op, ", ".join(names), "audit, and deny nothing"))
    return made


def _listed(scopes: list[str]) -> str:
    known = [scope for scope in scopes if not scope.startswith("[")]
    unknown = len(scopes) - len(known)
    more = f" and {len(known) - 2} more" if len(known) > 3 else ""
    told = [", ".join(known[:2] if more else known) + more] if known else []
    return " and ".join([*told, *([f"{plural(unknown, 'scope')} not known yet"] if unknown else [])])
