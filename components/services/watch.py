"""Whether a service is there: a test from outside, an alert, and the hours in which somebody answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import alertsmanagement, applicationinsights, monitor

from kade.components.arguments import ArgumentError, normalise
from kade.components.workload.place import PlaceArgs

# How Azure names the places that tests start from (Microsoft Learn, "Application Insights availability tests"):
# West Europe, North Europe, and France twice. The other places are outside the EU.
PLACES = ("emea-nl-ams-azr", "emea-gb-db3-azr", "emea-fr-pra-edge", "emea-ch-zrh-edge")
SEVERITIES = {"vital": 0, "high": 1, "normal": 2, "low": 3}
ALWAYS, OFFICE = "always", "office"
OFFICE_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
ZONE = "W. Europe Standard Time"


@dataclass
class ServiceWatchArgs:
    """Arguments of `ServiceWatch`."""

    place: PlaceArgs
    url: str = ""
    """The page that is asked from outside, with https://. Empty for a service that the internet does not reach."""
    certificate_days: int = 30
    """Days that the certificate of that page has to be good for, 1 to 365; the test fails before it ends."""
    criticality: str = "normal"
    """vital, high, normal or low: the severity of the alert, 0 to 3."""
    hours: str = ALWAYS
    """always, or office: outside Monday to Friday from eight to six, Dutch time, nobody is called."""
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who hears it when the page is not there at two of the places that ask."""
    retention_days: int = 90
    """Days that its telemetry is kept: 30, 60, 90, 120, 180, 270, 365, 550 or 730."""


class ServiceWatch(pulumi.ComponentResource):
    """Application Insights in the workspace, without visitors' addresses and without keys; a test every five minutes
    from four places in the EU; the alert on it; and silence outside service hours.
    """

    connection_string: pulumi.Output[str]
    """Where the application sends its telemetry to; it signs in with its identity."""
    id: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceWatchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for a criticality or hours that it does not know, or without workspace."""
        args = normalise(ServiceWatchArgs, args)
        _check(name, args)
        super().__init__("kade:index:ServiceWatch", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        self.insights = applicationinsights.Component(
            f"{name}-insights",
            resource_group_name=place.resource_group_name,
            resource_name_=place.name("application_insights"),
            location=place.location,
            application_type="web",
            kind="web",
            ingestion_mode="LogAnalytics",
            workspace_resource_id=place.workspace_id,
            disable_ip_masking=False,
            disable_local_auth=True,
            retention_in_days=args.retention_days,
            tags=place.tags,
            opts=here,
        )
        self.id = self.insights.id
        self.connection_string = self.insights.connection_string
        if args.url:
            self._test(name, args, here)
        if args.hours == OFFICE:
            self._quiet(name, args, here)
        self.register_outputs({"id": self.id, "connectionString": self.connection_string})

    def _test(self, name: str, args: ServiceWatchArgs, here: pulumi.ResourceOptions) -> None:
        place = args.place
        # Azure finds the test of a component by this tag.
        link = self.insights.id.apply(lambda found: {**place.tags, f"hidden-link:{found}": "Resource"})
        self.test = applicationinsights.WebTest(
            f"{name}-test",
            resource_group_name=place.resource_group_name,
            web_test_name=f"{place.workload}-bereikbaar",
            synthetic_monitor_id=f"{place.workload}-bereikbaar",
            location=place.location,
            kind="standard",
            web_test_kind="standard",
            enabled=True,
            frequency=300,
            timeout=30,
            retry_enabled=True,
            locations=[applicationinsights.WebTestGeolocationArgs(location=one) for one in PLACES],
            request=applicationinsights.WebTestPropertiesRequestArgs(
                request_url=args.url, http_verb="GET", follow_redirects=False, parse_dependent_requests=False
            ),
            validation_rules=applicationinsights.WebTestPropertiesValidationRulesArgs(
                expected_http_status_code=200,
                s_sl_check=True,
                s_sl_cert_remaining_lifetime_check=args.certificate_days,
            ),
            tags=link,
            opts=here,
        )
        self.alert = monitor.MetricAlert(
            f"{name}-alert",
            resource_group_name=place.resource_group_name,
            rule_name=f"{place.workload} is niet bereikbaar",
            location="global",
            description=f"{args.url} does not answer as it should at two or more places, or its certificate ends",
            severity=SEVERITIES[args.criticality],
            enabled=True,
            auto_mitigate=True,
            scopes=[self.test.id, self.insights.id],
            evaluation_frequency="PT5M",
            window_size="PT15M",
            criteria=monitor.WebtestLocationAvailabilityCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
                component_id=self.insights.id,
                web_test_id=self.test.id,
                failed_location_count=2,
            ),
            actions=[monitor.MetricAlertActionArgs(action_group_id=group) for group in args.action_group_ids],
            tags=place.tags,
            opts=here,
        )

    def _quiet(self, name: str, args: ServiceWatchArgs, here: pulumi.ResourceOptions) -> None:
        place = args.place
        group = self.insights.id.apply(lambda found: found.split("/providers/")[0])
        recurrences = [
            alertsmanagement.WeeklyRecurrenceArgs(
                recurrence_type="Weekly", days_of_week=list(OFFICE_DAYS), start_time="18:00:00", end_time="08:00:00"
            ),
            alertsmanagement.WeeklyRecurrenceArgs(
                recurrence_type="Weekly",
                days_of_week=["Saturday", "Sunday"],
                start_time="08:00:00",
                end_time="08:00:00",
            ),
        ]
        self.quiet = alertsmanagement.AlertProcessingRuleByName(
            f"{name}-hours",
            resource_group_name=place.resource_group_name,
            alert_processing_rule_name=f"{place.workload}-buiten-kantoortijd",
            location="Global",
            properties=alertsmanagement.AlertProcessingRulePropertiesArgs(
                description="Outside office hours nobody is called; the alert itself stays to be seen.",
                enabled=True,
                scopes=[group],
                actions=[alertsmanagement.RemoveAllActionGroupsArgs(action_type="RemoveAllActionGroups")],
                schedule=alertsmanagement.ScheduleArgs(time_zone=ZONE, recurrences=recurrences),
            ),
            tags=place.tags,
            opts=here,
        )


def _check(name: str, args: ServiceWatchArgs) -> None:
    if args.criticality not in SEVERITIES:
        raise ArgumentError(f"{name}: criticality is {args.criticality!r}; one of {', '.join(SEVERITIES)}")
    if args.hours not in (ALWAYS, OFFICE):
        raise ArgumentError(f"{name}: hours is {args.hours!r}; {ALWAYS} or {OFFICE}")
    if args.url and not args.url.startswith("https://"):
        raise ArgumentError(f"{name}: url is {args.url!r}; what the internet reaches is asked over https://")
    if args.place.workspace_id is None:
        raise ArgumentError(
            f"{name}: place.workspace_id is missing; Application Insights keeps its data in a workspace"
        )
