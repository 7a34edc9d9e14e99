"""Backup classes, and the policy for virtual machines that each becomes."""

from dataclasses import dataclass

from pulumi_azure_native import recoveryservices

ZONE = "W. Europe Standard Time"  # Windows' name of Dutch time
HOURS = (4, 6, 8, 12)  # the intervals that Azure has for virtual machines


@dataclass
class BackupClassArgs:
    """How often and how long."""

    rpo_hours: float
    """Loss allowed, in hours; under 24 a copy is made several times a day."""
    at: str = "23:00"
    """The time of day, Dutch time."""
    daily: int = 30
    """Days that a daily copy is kept, 7 at least."""
    weekly: int = 0
    """Weeks that the copy of Sunday is kept; 0 for none."""
    monthly: int = 0
    """Months that the copy of the first Sunday is kept; 0 for none."""
    yearly: int = 0
    """Years that the copy of the first Sunday of January is kept; 0 for none."""


def machine_policy(item: BackupClassArgs) -> recoveryservices.AzureIaaSVMProtectionPolicyArgs:
    """The enhanced policy for virtual machines of a class, which takes trusted launch machines too."""
    rs = recoveryservices
    time = f"2026-01-01T{item.at}:00Z"  # the date does not matter, and is asked for
    often = item.rpo_hours < 24
    interval = max((h for h in HOURS if h <= item.rpo_hours), default=0)
    schedule = rs.SimpleSchedulePolicyV2Args(
        schedule_policy_type="SimpleSchedulePolicyV2",
        schedule_run_frequency="Hourly" if often else "Daily",
        hourly_schedule=(
            rs.HourlyScheduleArgs(interval=interval, schedule_window_start_time=time, schedule_window_duration=24)
            if often
            else None
        ),
        daily_schedule=None if often else rs.DailyScheduleArgs(schedule_run_times=[time]),
    )
    sunday, first = [rs.DayOfWeek.SUNDAY], [rs.WeekOfMonth.FIRST]
    by_week = rs.WeeklyRetentionFormatArgs(days_of_the_week=sunday, weeks_of_the_month=first)
    retention = rs.LongTermRetentionPolicyArgs(
        retention_policy_type="LongTermRetentionPolicy",
        daily_schedule=rs.DailyRetentionScheduleArgs(
            retention_times=[time], retention_duration=_for(item.daily, "Days")
        ),
        weekly_schedule=(
            rs.WeeklyRetentionScheduleArgs(
                retention_times=[time], days_of_the_week=sunday, retention_duration=_for(item.weekly, "Weeks")
            )
            if item.weekly
            else None
        ),
        monthly_schedule=(
            rs.MonthlyRetentionScheduleArgs(
                retention_times=[time],
                retention_schedule_format_type="Weekly",
                retention_schedule_weekly=by_week,
                retention_duration=_for(item.monthly, "Months"),
            )
            if item.monthly
            else None
        ),
        yearly_schedule=(
            rs.YearlyRetentionScheduleArgs(
                retention_times=[time],
                retention_schedule_format_type="Weekly",
                months_of_year=[rs.MonthOfYear.JANUARY],
                retention_schedule_weekly=by_week,
                retention_duration=_for(item.yearly, "Years"),
            )
            if item.yearly
            else None
        ),
    )
    return rs.AzureIaaSVMProtectionPolicyArgs(
        backup_management_type="AzureIaasVM",
        policy_type="V2",
        time_zone=ZONE,
        instant_rp_retention_range_in_days=2,
        schedule_policy=schedule,
        retention_policy=retention,
    )


def _for(count: int, unit: str) -> recoveryservices.RetentionDurationArgs:
    return recoveryservices.RetentionDurationArgs(count=count, duration_type=unit)
