"""Azure Policy of the estate: what each archetype takes from the library, and the estate's changes to it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import pulumi

from kade.components.landing_zone.management_groups import ManagementGroups, group_id
from kade.components.landing_zone.policy_assignments import (
    PolicyAssignmentArgs,
    PolicyAssignments,
    PolicyAssignmentsArgs,
    PolicyExemptionArgs,
    PolicyInitiativeArgs,
    PolicyMemberArgs,
)
from kade.components.network.private_dns import zone_names
from kade.estate import Estate
from kade.estate.governance import PolicyAssignment as Change
from kade.facts.policy_library import (
    LibraryAssignment,
    backup_policy,
    initiative_assignment,
    library,
    zone_policies,
    zone_policy_role,
)
from kade.stacks.common import StackError, names_of
from kade.stacks.connectivity_dns import wanted_services
from kade.stacks.platform_management import Management

ZONES = "Deploy-Private-DNS"
_DOES = {
    "audit": "Tells what differs, and refuses nothing.",
    "deny": "Refuses what differs.",
    "deploy": "Adds what is missing, also to what stands.",
    "modify": "Changes what differs, also on what stands.",
}


def make_policy(
    estate: Estate, environment: str, groups: ManagementGroups, management: Management
) -> PolicyAssignments:
    """Assign everything. StackError for a change of an assignment that is not there."""
    return _Maker(estate, environment, groups, management).make()


def top_groups(estate: Estate) -> list[str]:
    """The groups of ours that no other of ours stands above: whatever holds for the whole estate is assigned there."""
    known = estate.groups()
    return [
        key
        for key, group in known.items()
        if group.managed and not any(known[a].managed for a in _above(estate, key)[1:])
    ]


def _above(estate: Estate, key: str) -> list[str]:
    """A group and those above it, the highest last."""
    known = estate.groups()
    found = [key]
    while (parent := known[found[-1]].parent) is not None and parent not in found:
        found.append(parent)
    return found


class _Maker:
    def __init__(self, estate: Estate, environment: str, groups: ManagementGroups, management: Management) -> None:
        self.estate = estate
        self.environment = environment
        self.groups = groups
        self.known = estate.groups()
        collection = management.collection
        # What a placeholder in the library stands for; an assignment whose value is not there is left out.
        self.values: dict[str, Any] = {
            "{allowed_locations}": estate.residency.allowed,
            "{workspace}": management.workspace_id,
            "{collection_rule}": collection.rule_id if collection is not None else None,
            "{agent_identity}": collection.identity_id if collection is not None else None,
        }
        self.assignments: dict[str, PolicyAssignmentArgs] = {}
        self.initiatives: dict[str, PolicyInitiativeArgs] = {}
        self.used: set[str] = set()

    def make(self) -> PolicyAssignments:
        tops = top_groups(self.estate)
        for key in tops:
            for name in self.estate.policy.initiatives:
                self._take(key, initiative_assignment(name))
        for key, archetype in self._places(tops):
            for item in library().values():
                if archetype in item.archetypes:
                    self._take(key, item)
        if "corp" in self.known and self.known["corp"].managed:
            self._zones()
        self._own()
        return PolicyAssignments(
            "policy",
            PolicyAssignmentsArgs(
                location=self.estate.regions.primary,
                assignments=self.assignments,
                initiatives=self.initiatives,
                exemptions=self._exemptions(),
                assigned_by=self.estate.organisation.display_name,
            ),
        )

    def _places(self, tops: list[str]) -> list[tuple[str, str]]:
        """Groups with the archetype that is assigned there. A group takes what stands above it anyway, so one with the
        archetype of its parent is given nothing twice. One that stands already is not ours to govern: it gets nothing.
        Sovereign controls: level 1 at the top, 2 and 3 where data is confidential.
        """
        found = [
            (key, group.archetype)
            for key, group in self.known.items()
            if group.managed and (key in tops or self.known[group.parent or key].archetype != group.archetype)
        ]
        if self.estate.management_groups.sovereign:
            levels = self.estate.management_groups.sovereign_levels
            found += [(key, "sovereign_l1_controls") for key in tops if 1 in levels]
            found += [
                (key, f"sovereign_l{level}_controls")
                for level in (2, 3)
                if level in levels
                for key in ("confidential_corp", "confidential_online")
                if key in self.known and self.known[key].managed
            ]
        return found

    def _take(self, group: str, item: LibraryAssignment) -> None:
        """One assignment of the library with the estate's changes, unless it is off or cannot be filled in."""
        change = self.estate.policy.assignments.get(item.name, Change())
        self.used.add(item.name)
        if not change.enabled:
            return
        parameters = {p: self.values.get(v, v) if isinstance(v, str) else v for p, v in item.parameters.items()}
        parameters |= change.parameters
        if missing := [p for p, v in parameters.items() if v is None]:
            pulumi.log.info(f"policy assignment {item.name} is left out: there is nothing for {', '.join(missing)}")
            return
        self._add(group, item, change, parameters)

    def _add(self, group: str, item: LibraryAssignment, change: Change, parameters: dict[str, Any]) -> None:
        logging = self.estate.subscriptions[self.estate.logging.subscription].id
        elsewhere = {f"/subscriptions/{logging}": list(item.roles_at_logging)} if item.roles_at_logging else {}
        self.assignments[f"{group}-{item.name}"] = PolicyAssignmentArgs(
            name=item.name,
            scope=self.groups.group_ids[group],
            definition=item.definition_id,
            display_name=item.title,
            description=f"{_DOES[item.does]} Version {item.version} of the definition.",
            parameters=parameters,
            enforce=change.enforcement == "Default",
            message=change.message or item.message,
            roles=list(item.roles),
            roles_at=elsewhere if logging is not None else {},
        )

    def _zones(self) -> None:
        """Private endpoints find their zone by themselves. The list of zones is that of the connectivity layer."""
        estate = self.estate
        network = estate.subscriptions[estate.network.subscription].id
        change = estate.policy.assignments.get(ZONES, Change())
        self.used.add(ZONES)
        if estate.network.private_dns.ownership != "managed" or network is None or not change.enabled:
            return
        made = zone_names(sorted({hub.region for hub in estate.network.hubs.values()}), wanted_services(estate))
        group = names_of(estate, estate.production, estate.regions.primary).of("resource_group", "private-dns")
        base = f"/subscriptions/{network}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsZones"
        members = {
            f"{policy.service}-{n}": PolicyMemberArgs(
                policy.definition_id, {policy.parameter: f"{base}/{policy.zone}", **policy.parameters}
            )
            for n, policy in enumerate(zone_policies())
            if policy.zone in made
        }
        top = next(key for key in _above(estate, "corp") if key in top_groups(estate))
        self.initiatives[ZONES] = PolicyInitiativeArgs(
            self.known[top].id,
            "Private endpoints find their private DNS zone",
            members,
            description="Registers each private endpoint in the zone of its service, so that names resolve privately.",
            category="Network",
        )
        self.assignments[f"corp-{ZONES}"] = PolicyAssignmentArgs(
            name=ZONES,
            scope=self.groups.group_ids["corp"],
            definition=ZONES,
            display_name="Private endpoints find their private DNS zone",
            description=_DOES["deploy"],
            enforce=change.enforcement == "Default",
            message=change.message or "",
            roles=[zone_policy_role()],
            roles_at={f"/subscriptions/{network}": ["Private DNS Zone Contributor"]},
        )

    def _own(self) -> None:
        """Assignments of the estate's own. StackError for a change of one that is not in the library."""
        for name, item in self.estate.policy.assignments.items():
            if name in self.used or name in library() or name == backup_policy().name:
                continue
            field = f"policy.assignments.{name}"
            if item.definition is None or item.scope is None:
                raise StackError(
                    f"{field}: not in the library{_near(name)}; an assignment of your own needs definition and scope"
                )
            self.assignments[f"{item.scope}-{name}"] = PolicyAssignmentArgs(
                name=name,
                scope=self.groups.group_ids[item.scope],
                definition=item.definition,
                parameters=item.parameters,
                enforce=item.enforcement == "Default",
                message=item.message or "",
            )

    def _exemptions(self) -> dict[str, PolicyExemptionArgs]:
        """Exemptions, of every assignment with that name that holds at the scope."""
        found: dict[str, PolicyExemptionArgs] = {}
        for key, item in self.estate.policy.exemptions.items():
            keys = [k for k, a in self.assignments.items() if item.assignment in (k, a.name)]
            if not keys:
                raise StackError(
                    f"policy.exemptions.{key}.assignment: nothing is assigned by the name {item.assignment!r}"
                )
            for n, assignment in enumerate(keys):
                found[key if n == 0 else f"{key}-{n + 1}"] = PolicyExemptionArgs(
                    assignment=assignment,
                    scope=self._scope(key, item.scope),
                    reason=item.reason,
                    until=item.until,
                    owner=self.estate.roles[item.owner].title,
                    category=item.category,
                )
        return found

    def _scope(self, key: str, scope: str) -> pulumi.Input[str]:
        if scope.startswith("/"):
            return scope
        if scope in self.known:
            return group_id(self.known[scope].id)
        id_ = self.estate.subscriptions[scope].id if scope in self.estate.subscriptions else None
        if id_ is None:
            raise StackError(f"policy.exemptions.{key}.scope: {scope!r} is no management group, subscription or id")
        return f"/subscriptions/{id_}"


def _near(name: str) -> str:
    found = get_close_matches(name, [*library(), ZONES], n=1)
    return f" (did you mean {found[0]}?)" if found else ""
