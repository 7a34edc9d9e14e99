"""Logs of network resources to the workspace."""

import pulumi
from pulumi_azure_native import monitor


def send_logs(
    parent: pulumi.Resource,
    name: str,
    resource_id: pulumi.Input[str],
    workspace_id: pulumi.Input[str] | None,
    *,
    dedicated: bool = False,
    metrics: bool = True,
    logs: bool = True,
) -> monitor.DiagnosticSetting | None:
    """A diagnostic setting with all logs and metrics; None without a workspace.

    ``dedicated`` puts them into tables of their own instead of AzureDiagnostics (cheaper and faster to ask).
    """
    if workspace_id is None:
        return None
    return monitor.DiagnosticSetting(
        name,
        resource_uri=resource_id,
        name="to-workspace",
        workspace_id=workspace_id,
        log_analytics_destination_type="Dedicated" if dedicated else None,
        logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)] if logs else None,
        metrics=[monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)] if metrics else None,
        opts=pulumi.ResourceOptions(parent=parent),
    )
