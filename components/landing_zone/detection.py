"""What Sentinel looks for: rules on the activity of Azure, Fusion, and incidents from Defender's alerts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import securityinsights

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.roles import stable_guid
from kade.facts.monitoring import detection_rules, fusion_template, incident_products


@dataclass
class DetectionArgs:
    """Arguments of `Detection`. Sentinel has to be on the workspace, and the activity log has to come into it."""

    resource_group_name: pulumi.Input[str]
    workspace_name: pulumi.Input[str]
    leave_out: Sequence[str] = field(default_factory=list)
    """Rules that are not wanted, by key (`kade.facts.monitoring.detection_rules`)."""


class Detection(pulumi.ComponentResource):
    """Analytics rules of Sentinel; each makes an incident, with the account and the address as its entities."""

    def __init__(
        self,
        name: str,
        args: DetectionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(DetectionArgs, args)
        known = detection_rules()
        if wrong := [key for key in args.leave_out if key not in known]:
            raise ArgumentError(f"{name}: there is no rule {wrong[0]!r} to leave out; there are {', '.join(known)}")
        super().__init__("kade:index:Detection", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self.rules = {key: self._scheduled(name, key, args) for key in known if key not in args.leave_out}
        self.fusion = securityinsights.FusionAlertRule(
            f"{name}-fusion",
            resource_group_name=args.resource_group_name,
            workspace_name=args.workspace_name,
            rule_id=stable_guid("sentinel", "fusion"),
            kind="Fusion",
            alert_rule_template_name=fusion_template(),
            enabled=True,
            opts=self._child,
        )
        self.incidents = [self._incidents(name, product, args) for product in incident_products()]
        self.register_outputs({})

    def _scheduled(self, name: str, key: str, args: DetectionArgs) -> securityinsights.ScheduledAlertRule:
        si, rule = securityinsights, detection_rules()[key]
        entities = (("Account", "FullName", "Caller"), ("IP", "Address", "CallerIpAddress"))
        return si.ScheduledAlertRule(
            f"{name}-{key}",
            resource_group_name=args.resource_group_name,
            workspace_name=args.workspace_name,
            rule_id=stable_guid("sentinel", key),
            kind="Scheduled",
            display_name=rule.title,
            enabled=True,
            severity=rule.severity,
            query=rule.query,
            query_frequency=rule.every,
            query_period=rule.period,
            trigger_operator=si.TriggerOperator.GREATER_THAN,
            trigger_threshold=0,
            suppression_enabled=False,
            suppression_duration="PT5H",
            tactics=list(rule.tactics),
            techniques=list(rule.techniques),
            entity_mappings=[
                si.EntityMappingArgs(
                    entity_type=kind,
                    field_mappings=[si.FieldMappingArgs(identifier=identifier, column_name=column)],
                )
                for kind, identifier, column in entities
            ],
            incident_configuration=si.IncidentConfigurationArgs(create_incident=True),
            opts=self._child,
        )

    def _incidents(
        self, name: str, product: str, args: DetectionArgs
    ) -> securityinsights.MicrosoftSecurityIncidentCreationAlertRule:
        key = product.lower().replace(" ", "-")
        return securityinsights.MicrosoftSecurityIncidentCreationAlertRule(
            f"{name}-{key}",
            resource_group_name=args.resource_group_name,
            workspace_name=args.workspace_name,
            rule_id=stable_guid("sentinel", key),
            kind="MicrosoftSecurityIncidentCreation",
            display_name=f"Incidents from {product}",
            product_filter=product,
            severities_filter=["High", "Medium"],
            enabled=True,
            opts=self._child,
        )
