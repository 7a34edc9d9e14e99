"""Web application firewall policies, of application gateways and of Front Door."""

from __future__ import annotations

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule

GATEWAY_POLICY = "azure-native:network:WebApplicationFirewallPolicy"
FRONT_DOOR_POLICY = "azure-native:frontdoor:Policy"
BOTH = [GATEWAY_POLICY, FRONT_DOOR_POLICY]

_RULES = [
    {"ruleSetType": "Microsoft_DefaultRuleSet", "ruleSetVersion": "2.1"},
    {"ruleSetType": "Microsoft_BotManagerRuleSet", "ruleSetVersion": "1.1"},
]


def _enabled(policy: Resource) -> bool:
    """Gateways say ``state``, Front Door ``enabledState``; absent is on for gateways."""
    return policy.flag("policySettings.state", default=policy.flag("policySettings.enabledState", default=True))


@rule(
    "kade-waf-enabled",
    "Web application firewall policies are on",
    severity="high",
    types=BOTH,
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGwWAF.Enabled", "Azure.FrontDoorWAF.Enabled", "Azure.FrontDoor.WAF.Enabled"],
    remediation="Set policySettings.state (Front Door: enabledState) to Enabled.",
    absent="Azure turns it on",
    passes=[
        Example({"policySettings": {"state": "Enabled"}}, type=GATEWAY_POLICY),
        Example({"policySettings": {"enabledState": "Enabled"}}, type=FRONT_DOOR_POLICY),
    ],
    fails=[
        Example({"policySettings": {"state": "Disabled"}}, type=GATEWAY_POLICY),
        Example({"policySettings": {"enabledState": "Disabled"}}, type=FRONT_DOOR_POLICY),
    ],
)
def enabled(policy: Resource) -> Result:
    return None if _enabled(policy) else "policySettings turns the firewall off"


@rule(
    "kade-waf-prevention",
    "Web application firewall policies refuse attacks instead of only noting them",
    severity="high",
    types=BOTH,
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGwWAF.PreventionMode", "Azure.FrontDoorWAF.PreventionMode", "Azure.FrontDoor.WAF.Mode"],
    remediation="Set policySettings.mode to Prevention.",
    absent="Azure only notes them",
    passes=[Example({"policySettings": {"mode": "Prevention"}}, type=GATEWAY_POLICY)],
    fails=[
        Example({"policySettings": {"mode": "Detection"}}, type=FRONT_DOOR_POLICY),
        Example({}, type=GATEWAY_POLICY),
    ],
)
def prevention(policy: Resource) -> Result:
    return None if policy.is_("policySettings.mode", "Prevention") else "policySettings.mode is not Prevention"


@rule(
    "kade-waf-mode-chosen",
    "A Front Door firewall policy says whether it refuses or notes",
    severity="low",
    types=[FRONT_DOOR_POLICY],
    measures=["8.21.02"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_123"],
    remediation="Set policySettings.mode to Prevention, and enabledState to Enabled.",
    passes=[{"policySettings": {"mode": "Prevention", "enabledState": "Enabled"}}],
    fails=[{"policySettings": {"enabledState": "Disabled", "mode": "Prevention"}}, {}],
)
def mode_chosen(policy: Resource) -> Result:
    if not policy.is_("policySettings.mode", "Prevention", "Detection"):
        return "policySettings.mode is neither Prevention nor Detection"
    return None if _enabled(policy) else "policySettings.enabledState is Disabled"


@rule(
    "kade-waf-rule-sets",
    "Web application firewall policies use the current default and bot rules",
    severity="medium",
    types=BOTH,
    measures=["8.21.02", "8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGwWAF.RuleGroups", "Azure.FrontDoorWAF.RuleGroups"],
    remediation="Use Microsoft_DefaultRuleSet 2.1 and Microsoft_BotManagerRuleSet 1.1 in managedRules.",
    passes=[
        Example({"managedRules": {"managedRuleSets": _RULES}}, type=GATEWAY_POLICY),
        Example({"managedRules": {"managedRuleSets": _RULES}}, type=FRONT_DOOR_POLICY),
    ],
    fails=[
        Example({"managedRules": {"managedRuleSets": _RULES[:1]}}, type=FRONT_DOOR_POLICY),
        Example(
            {"managedRules": {"managedRuleSets": [{"ruleSetType": "OWASP", "ruleSetVersion": "3.0"}]}},
            type=GATEWAY_POLICY,
        ),
        Example({}, type=GATEWAY_POLICY),
    ],
)
def rule_sets(policy: Resource) -> Result:
    sets = list(policy.items("managedRules.managedRuleSets"))
    least = (2.1, 1.0) if policy.type == GATEWAY_POLICY else (2.0, 1.0)
    owasp = policy.type == GATEWAY_POLICY and _has(sets, "OWASP", 3.2)
    if not owasp and not _has(sets, "Microsoft_DefaultRuleSet", least[0]):
        yield f"Microsoft_DefaultRuleSet {least[0]:g} or later is missing"
    if not _has(sets, "Microsoft_BotManagerRuleSet", least[1]):
        yield "Microsoft_BotManagerRuleSet 1.0 or later is missing"


def _has(sets: list[Node], kind: str, version: float) -> bool:
    return any(one.is_("ruleSetType", kind) and (one.number("ruleSetVersion", 0.0)) >= version for one in sets)


@rule(
    "kade-waf-exclusions",
    "Web application firewall policies inspect everything",
    severity="low",
    types=BOTH,
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGwWAF.Exclusions", "Azure.FrontDoorWAF.Exclusions"],
    remediation="Remove the exclusions, or exempt this policy with the reason for each.",
    passes=[Example({"managedRules": {"managedRuleSets": _RULES}}, type=GATEWAY_POLICY)],
    fails=[
        Example({"managedRules": {"exclusions": [{"matchVariable": "RequestHeaderNames"}]}}, type=GATEWAY_POLICY),
        Example(
            {"managedRules": {"managedRuleSets": [{**_RULES[0], "exclusions": [{"selector": "x"}]}]}},
            type=FRONT_DOOR_POLICY,
        ),
    ],
)
def exclusions(policy: Resource) -> Result:
    count = len(list(policy.items("managedRules.exclusions")))
    count += sum(len(list(one.items("exclusions"))) for one in policy.items("managedRules.managedRuleSets"))
    return f"managedRules has {count} exclusions" if count else None


@rule(
    "kade-waf-log4j",
    "Web application firewall policies stop message look-up in Log4j",
    severity="high",
    types=BOTH,
    measures=["8.08.01", "8.21.02"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_133", "CKV_AZURE_135"],
    remediation="Remove the override that turns rule 944240 off, or lets it through.",
    passes=[
        Example({"managedRules": {"managedRuleSets": _RULES}}, type=GATEWAY_POLICY),
        Example({"managedRules": {"managedRuleSets": _RULES}}, type=FRONT_DOOR_POLICY),
    ],
    fails=[
        Example(
            {
                "managedRules": {
                    "managedRuleSets": [
                        {
                            **_RULES[0],
                            "ruleGroupOverrides": [
                                {
                                    "ruleGroupName": "JAVA",
                                    "rules": [{"ruleId": "944240", "enabledState": "Disabled", "action": "Block"}],
                                }
                            ],
                        }
                    ]
                }
            },
            type=FRONT_DOOR_POLICY,
        ),
    ],
    not_applicable=[Example({"managedRules": {}}, type=FRONT_DOOR_POLICY)],
)
def log4j(policy: Resource) -> Result:
    sets = list(policy.items("managedRules.managedRuleSets"))
    if not sets:
        not_applicable("it has no managed rules")
    for one in sets:
        for group in one.items("ruleGroupOverrides"):
            for found in group.items("rules"):
                if found.text("ruleId") == "944240" and not _stops(found):
                    return "an override lets rule 944240 (Log4j) through"
    return None


def _stops(found: Node) -> bool:
    on = found.flag("state", default=found.flag("enabledState", default=False))  # absent in an override is off, in both
    return on and not found.is_("action", "Allow", "Log")
