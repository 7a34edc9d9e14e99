"""Diagnostic settings: whether what happens on a resource is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kade.policies.kit import Example, Finding, Resource, Stack, rule, stack_rule
from kade.policies.kit.rules import Result

SETTING = "azure-native:monitor:DiagnosticSetting"
VAULT = "azure-native:keyvault:Vault"
DESTINATIONS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")

_LOGS = {"logs": [{"categoryGroup": "audit", "enabled": True}], "workspaceId": "/subscriptions/s/workspaces/w"}


@rule(
    "kade-key-vault-audit-logs",
    "Key vaults send their audit log somewhere",
    severity="medium",
    types=[VAULT],
    measures=["8.15.01", "U.15.1"],
    nis2="21(2)(b)",
    psrule=["Azure.KeyVault.Logs"],
    remediation="Add a diagnostic setting that sends the category group audit to the Log Analytics workspace.",
    why="Without it nobody can tell afterwards who read which secret.",
    absent="Azure keeps no audit log of a vault",
    joins=True,
    passes=[Example({}, children=[Example(_LOGS, type=SETTING)])],
    fails=[{}, Example({}, children=[Example({"logs": [{"category": "AuditEvent", "enabled": False}]}, type=SETTING)])],
)
def audit_logs(vault: Resource) -> Result:
    for setting in vault.children(SETTING):
        for log in setting.items("logs"):
            audits = log.is_("category", "AuditEvent") or log.is_("categoryGroup", "audit", "allLogs")
            if audits and log.flag("enabled", default=True):
                return None
    return "no diagnostic setting sends AuditEvent, audit or allLogs anywhere"


def _sent(setting: Resource) -> Iterator[tuple[str, str]]:
    """What a setting sends where: category and destination, for what is known of them."""
    for log in setting.items("logs"):
        if log.flag("enabled", default=True):
            category = log.word("categoryGroup") or log.word("category")
            yield from ((category, setting.word(place)) for place in DESTINATIONS if setting.has(place))


@stack_rule(
    "kade-monitor-no-duplicate-diagnostics",
    "No log of a resource is sent twice to the same place",
    severity="low",
    types=[SETTING],
    measures=["8.15.03"],
    remediation="Keep one of the diagnostic settings; policy assignments often add one of their own.",
    why="Azure refuses the second setting, or the log is kept, and paid for, twice.",
    passes=[
        [Example({}, type=VAULT, children=[Example(_LOGS, type=SETTING)])],
        [
            Example({}, type=VAULT, children=[Example(_LOGS, type=SETTING)]),
            Example({}, type=VAULT, name="other", children=[Example(_LOGS, type=SETTING)]),
        ],
    ],
    fails=[
        [Example({}, type=VAULT, children=[Example(_LOGS, type=SETTING), Example(_LOGS, type=SETTING, name="again")])]
    ],
)
def no_duplicate_diagnostics(stack: Stack) -> Result:
    by_owner: dict[str, list[Resource]] = defaultdict(list)
    for setting in stack.resources(SETTING):
        owner = setting.parent()
        if owner is not None:
            by_owner[owner.key].append(setting)
    for settings in by_owner.values():
        seen: set[tuple[str, str]] = set()
        for setting in settings:
            sent = set(_sent(setting))
            if sent & seen:
                category, _ = sorted(sent & seen)[0]
                yield Finding(f"{category} is sent to the same place by another diagnostic setting", setting)
            seen |= sent
