"""Scaling plans: when the hosts of a pool run."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import desktopvirtualization as desktop

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.backup_policy import ZONE
from kade.facts.desktops import DAYS, windows_time_zones

MESSAGE = "Uw sessie wordt over {minutes} minuten beëindigd. Sla uw werk op en meld u af."
WARNING = 30  # minutes between the message and the end of a session


@dataclass
class ScheduleArgs:
    """Working hours: days in English, times as ``08:00``, each after the one before it."""

    days: Sequence[str]
    ramp_up: str
    """Hosts start."""
    peak: str
    """Everybody works."""
    ramp_down: str
    """No new hosts; empty ones stop."""
    off_peak: str
    """Only what is in use runs."""
    minimum_percent: int = 20
    """Hosts that start at ramp up, as a percentage of the pool."""
    time_zone: str = ZONE
    """Windows' name of the time zone."""


def check_schedule(name: str, schedule: ScheduleArgs) -> None:
    """Raise `ArgumentError` for a time zone, a day or an order of times that Azure would refuse, or read otherwise."""
    zones = windows_time_zones()
    if schedule.time_zone not in zones:
        meant = [windows for windows, place in zones.items() if place == schedule.time_zone]
        hint = f"did you mean {meant[0]}?" if meant else f"known here: {', '.join(zones)}"
        raise ArgumentError(f"{name}: {schedule.time_zone!r} is not Windows' name of a time zone; {hint}")
    if wrong := [day for day in schedule.days if day not in DAYS]:
        raise ArgumentError(f"{name}: {wrong[0]!r} is not a day; the days are {', '.join(DAYS)}")
    times = [schedule.ramp_up, schedule.peak, schedule.ramp_down, schedule.off_peak]
    if sorted(set(times)) != times:
        raise ArgumentError(f"{name}: ramp up, peak, ramp down and off peak follow each other, and these are {times}")


def pooled_schedule(
    name: str, group: pulumi.Input[str], plan: pulumi.Input[str], schedule: ScheduleArgs, opts: pulumi.ResourceOptions
) -> desktop.ScalingPlanPooledSchedule:
    """Shared hosts: spread at the peak, filled one by one outside it. Nobody is signed off against their will."""
    breadth, depth = desktop.SessionHostLoadBalancingAlgorithm.BREADTH_FIRST, "DepthFirst"
    return desktop.ScalingPlanPooledSchedule(
        f"{name}-hours",
        resource_group_name=group,
        scaling_plan_name=plan,
        scaling_plan_schedule_name="hours",
        days_of_week=[day.capitalize() for day in schedule.days],
        ramp_up_start_time=_time(schedule.ramp_up),
        ramp_up_load_balancing_algorithm=breadth,
        ramp_up_minimum_hosts_pct=schedule.minimum_percent,
        ramp_up_capacity_threshold_pct=60,
        peak_start_time=_time(schedule.peak),
        peak_load_balancing_algorithm=breadth,
        ramp_down_start_time=_time(schedule.ramp_down),
        ramp_down_load_balancing_algorithm=depth,
        ramp_down_minimum_hosts_pct=0,
        ramp_down_capacity_threshold_pct=90,
        ramp_down_force_logoff_users=False,
        ramp_down_stop_hosts_when="ZeroSessions",
        ramp_down_wait_time_minutes=WARNING,
        ramp_down_notification_message=MESSAGE.format(minutes=WARNING),
        off_peak_start_time=_time(schedule.off_peak),
        off_peak_load_balancing_algorithm=depth,
        opts=opts,
    )


def personal_schedule(
    name: str, group: pulumi.Input[str], plan: pulumi.Input[str], schedule: ScheduleArgs, opts: pulumi.ResourceOptions
) -> desktop.ScalingPlanPersonalSchedule:
    """A host of one's own: it starts when somebody connects, and stops some time after they left."""
    phases: dict[str, object] = {}
    for phase, start, minutes in (
        ("ramp_up", schedule.ramp_up, 60),
        ("peak", schedule.peak, 60),
        ("ramp_down", schedule.ramp_down, 30),
        ("off_peak", schedule.off_peak, 15),
    ):
        phases |= {
            f"{phase}_start_time": _time(start),
            f"{phase}_start_vm_on_connect": "Enable",
            f"{phase}_action_on_disconnect": "Deallocate",
            f"{phase}_minutes_to_wait_on_disconnect": minutes,
            f"{phase}_action_on_logoff": "Deallocate",
            f"{phase}_minutes_to_wait_on_logoff": 5,
        }
    return desktop.ScalingPlanPersonalSchedule(
        f"{name}-hours",
        resource_group_name=group,
        scaling_plan_name=plan,
        scaling_plan_schedule_name="hours",
        days_of_week=[day.capitalize() for day in schedule.days],
        ramp_up_auto_start_hosts="None",
        opts=opts,
        **phases,  # ty: ignore[invalid-argument-type]  # the four phases have the same settings
    )


def _time(clock: str) -> desktop.TimeArgs:
    hour, minute = clock.split(":")
    return desktop.TimeArgs(hour=int(hour), minute=int(minute))
