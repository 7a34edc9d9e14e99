"""Names that Azure refuses: too long, of the wrong letters, reserved, or given twice."""

from __future__ import annotations

from typing import Final

from kade.facts.azure_names import NameRule, find_name_rule
from kade.facts.azure_types import AzureType
from kade.facts.reserved_names import reserved_word
from kade.policies.kit import Example, Resource, Result, Stack, UnknownValueError, not_applicable, rule
from kade.policies.preflight.azure_ids import depended_on, group_of, known_type, own_name
from kade.policies.preflight.once import once

STORAGE = "azure-native:storage:StorageAccount"
VAULT = "azure-native:keyvault:Vault"
GROUP = "azure-native:network:NetworkSecurityGroup"
ROLE = "azure-native:authorization:RoleAssignment"
ASSIGNMENT = "azure-native:authorization:PolicyAssignment"
MANAGEMENT_GROUP = "azure-native:management:ManagementGroup"
SUFFIX: Final = 8  # hexadecimal digits, which Pulumi puts behind the name in the program where no name is given


def _rule_of(resource: Resource) -> tuple[AzureType, NameRule]:
    known = known_type(resource)
    found = find_name_rule(known.arm_type) if known and known.name_input else None
    if known is None or found is None:
        not_applicable("no rule for names of this type is known")
    return known, found


@rule(
    "kade-preflight-name",
    "Names have the length and the letters that Azure takes for the type",
    severity="high",
    types=["*"],
    measures=["8.32.01"],
    remediation="Choose a name as the message says; where Pulumi makes it, shorten the name in the program.",
    why="Azure refuses the resource, often after others of the deployment were made.",
    absent="Pulumi makes a name of the one in the program and eight digits",
    passes=[
        Example({"accountName": "stlindewaard001"}, type=STORAGE),
        Example({}, type=STORAGE, name="stfiles"),
        Example({"roleAssignmentName": "0d9b1f5e-5d55-4f25-8a1b-0a54a6f1f9d2"}, type=ROLE),
    ],
    fails=[
        Example({"accountName": "st-lindewaard"}, type=STORAGE),
        Example({"vaultName": "kv-lindewaard-zaaksysteem-production"}, type=VAULT),
        Example({}, type=STORAGE, name="stlindewaardzaaksysteem"),  # 23 characters, and eight more
        Example({"roleAssignmentName": "reader-of-logs"}, type=ROLE),
    ],
    not_applicable=[Example({}, type="azure-native:network:VirtualNetworkTap")],
)
def name(resource: Resource) -> Result:
    known, wanted = _rule_of(resource)
    given = own_name(resource)
    if given:
        return wanted.broken(given.rpartition("/")[2] if wanted.scope == "parent" else given) or None
    if known.autoname == "random" and resource.urn:
        made = wanted.broken(resource.name + "0" * SUFFIX)
        return f"the generated name {made}" if made else None
    return None


@rule(
    "kade-preflight-reserved-name",
    "Names of resources with a public endpoint hold no word that Azure reserves",
    severity="high",
    types=["*"],
    measures=["8.32.01"],
    remediation="Take another name, without the word in the message.",
    why="Azure refuses the name: ReservedResourceName.",
    passes=[Example({"accountName": "stlindewaard001"}, type=STORAGE), Example({"vaultName": "kv-login"}, type=VAULT)],
    fails=[
        Example({"accountName": "stwindowsprofiles"}, type=STORAGE),
        Example({"vaultName": "Login-portal"}, type=VAULT),
        Example({"vaultName": "office365"}, type=VAULT),
    ],
    not_applicable=[Example({"networkSecurityGroupName": "nsg-windows"}, type=GROUP)],
)
def reserved_name(resource: Resource) -> Result:
    _, wanted = _rule_of(resource)
    if wanted.scope != "global":
        not_applicable("a name of this type is no public address")
    word = reserved_word(own_name(resource))
    return f"the name holds {word!r}, which Azure reserves" if word else None


def _claim(resource: Resource) -> tuple[str, ...] | None:
    """What no second resource may have: type, where the name is unique, and the name; None where that is not sure."""
    known = known_type(resource)
    wanted = find_name_rule(known.arm_type) if known else None
    if known is None or wanted is None or not resource.urn:
        return None
    given = own_name(resource).lower()
    if not given:
        return None
    if wanted.scope == "global" or resource.type == MANAGEMENT_GROUP:
        return (known.arm_type.lower(), "", given)
    if wanted.scope == "resource group":
        group = group_of(resource)
        return (known.arm_type.lower(), group, given) if group else None
    return None


@once
def _claims(stack: Stack) -> dict[tuple[str, ...], list[Resource]]:
    found: dict[tuple[str, ...], list[Resource]] = {}
    for resource in stack.all:
        try:
            claim = _claim(resource)
        except UnknownValueError:
            continue
        if claim is not None:
            found.setdefault(claim, []).append(resource)
    return found


@rule(
    "kade-preflight-name-taken",
    "No two resources of one stack have the same name where it has to be unique",
    severity="high",
    types=["*"],
    measures=["8.32.01"],
    remediation="Give one of the two another name.",
    why="The second overwrites the first, or is refused: StorageAccountAlreadyTaken, VaultAlreadyExists.",
    joins=True,
    passes=[
        Example({"accountName": "sta"}, type=STORAGE, related=[Example({"accountName": "stb"}, type=STORAGE)]),
        Example({"accountName": "same"}, type=STORAGE, related=[Example({"vaultName": "same"}, type=VAULT)]),
    ],
    fails=[
        Example({"accountName": "sta"}, type=STORAGE, related=[Example({"accountName": "sta"}, type=STORAGE)]),
        Example({"vaultName": "kv-a"}, type=VAULT, related=[Example({"vaultName": "KV-A"}, type=VAULT)]),
    ],
    not_applicable=[Example({}, type="azure-native:network:VirtualNetworkTap")],
)
def name_taken(resource: Resource) -> Result:
    _rule_of(resource)
    claim = _claim(resource)
    others = [r for r in _claims(resource).get(claim, []) if r.key != resource.key] if claim else []
    if not others:
        return None
    return f"{own_name(resource)!r} is also the name of {others[0].urn.rpartition('::')[2]}"


@rule(
    "kade-preflight-assignment-name",
    "Names of policy assignments at management groups have at most 24 characters",
    severity="high",
    types=[ASSIGNMENT],
    measures=["8.32.01"],
    remediation="Shorten policyAssignmentName to 24 characters.",
    why="Azure takes 64 at a subscription or resource group, and refuses more than 24 at a management group.",
    joins=True,
    passes=[
        {
            "policyAssignmentName": "deny-public-ip-addresses",
            "scope": "/providers/Microsoft.Management/managementGroups/corp",
        },
        {"policyAssignmentName": "deny-public-ip-addresses-everywhere", "scope": "/subscriptions/s"},
    ],
    fails=[
        {
            "policyAssignmentName": "deny-public-ip-addresses-everywhere",
            "scope": "/providers/microsoft.management/managementgroups/corp",
        }
    ],
)
def assignment_name(assignment: Resource) -> Result:
    wanted = find_name_rule("policy_assignment")
    given = assignment.text("policyAssignmentName")
    if wanted is None or len(given) <= wanted.max_length("management group"):
        return None
    try:
        at_group = "/managementgroups/" in assignment.word("scope")
    except UnknownValueError:
        if not depended_on(assignment, MANAGEMENT_GROUP):
            raise
        at_group = True
    return wanted.broken(given, "management group") if at_group else None
