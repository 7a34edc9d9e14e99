"""When the updates of machines are installed."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import maintenance

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.backup_policy import ZONE
from kade.components.naming import Naming

WEEKS = ("every", "first", "second", "third", "fourth", "last")


@dataclass
class WindowArgs:
    """A window."""

    day: str
    """The day of the week, in English."""
    start: str
    """The time it starts, Dutch time: ``03:00``."""
    hours: float = 3
    """How long, 1.5 to 4 hours: Azure installs updates in machines for four hours at most."""
    week: str = "every"
    """every, first, second, third, fourth or last."""
    name: str = "updates"
    """A part of its name."""


def make_window(
    parent: pulumi.Resource,
    name: str,
    names: Naming,
    workload: str,
    group: pulumi.Input[str],
    location: str,
    args: WindowArgs,
) -> maintenance.MaintenanceConfiguration:
    """A maintenance configuration for updates inside machines. Raises `ArgumentError` for an unknown week."""
    if args.week not in WEEKS:
        raise ArgumentError(f"{name}: week is {args.week!r}; it is one of {', '.join(WEEKS)}")
    minutes = round(min(args.hours, 4) * 60)
    day = args.day.capitalize()
    return maintenance.MaintenanceConfiguration(
        f"{name}-updates",
        resource_group_name=group,
        resource_name_=names.of("maintenance_configuration", f"{workload}-{args.name}"),
        location=location,
        maintenance_scope="InGuestPatch",
        extension_properties={"InGuestPatchMode": "User"},
        start_date_time=f"2026-01-01 {args.start}",
        duration=f"{minutes // 60:02}:{minutes % 60:02}",
        time_zone=ZONE,
        recur_every=f"1Week {day}" if args.week == "every" else f"1Month {args.week.capitalize()} {day}",
        install_patches=maintenance.InputPatchConfigurationArgs(
            reboot_setting="IfRequired",
            windows_parameters=maintenance.InputWindowsParametersArgs(
                classifications_to_include=["Critical", "Security", "UpdateRollup"]
            ),
            linux_parameters=maintenance.InputLinuxParametersArgs(classifications_to_include=["Critical", "Security"]),
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )
