"""Who signs in to a desktop from where: conditional access and named locations in Entra, which are not in Azure.

It needs the package pulumi-azuread (the extra ``entra``), which is imported when it is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pulumi

from kade.components.arguments import ArgumentError, normalise
from kade.components.workplace.desktop_alerts import SIGN_IN_APPLICATIONS

_STATES = {"report_only": "enabledForReportingButNotEnforced", "enforced": "enabled"}


@dataclass
class EntraAccessArgs:
    """Arguments of `EntraAccess`."""

    organisation: str
    """What names begin with."""
    emergency_group_id: pulumi.Input[str]
    """Accounts that no policy may lock out."""
    group_ids: Sequence[pulumi.Input[str]]
    """Everybody who has a desktop: they prove twice who they are."""
    managed_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who comes from a device that is managed, and from no other."""
    inside_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who comes from our own sites only; needs ``named_locations``."""
    unmanaged_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who sits at a device that nobody manages: they sign in again after ``sign_in_hours``."""
    sign_in_hours: int = 8
    named_locations: Sequence[str] = field(default_factory=list)
    """Public ranges of the sites."""
    state: str = "report_only"
    """report_only, or enforced."""


class EntraAccess(pulumi.ComponentResource):
    """Named location of the sites, and policies on the applications that people sign in to for a desktop."""

    def __init__(
        self,
        name: str,
        args: EntraAccessArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(EntraAccessArgs, args)
        if args.state not in _STATES:
            raise ArgumentError(f"{name}: state is {args.state!r}; it is {' or '.join(_STATES)}")
        self._entra = entra_package(name)
        super().__init__("kade:index:EntraAccess", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.location = self._sites(name) if args.named_locations else None
        self.policies: dict[str, pulumi.CustomResource] = {}
        self._policy(name, "mfa", "prove twice who you are", args.group_ids, ["mfa"])
        if args.managed_group_ids:
            needed = ["compliantDevice", "domainJoinedDevice"]
            self._policy(name, "device", "from a managed device", args.managed_group_ids, needed)
        if args.unmanaged_group_ids:
            again = {
                "sign_in_frequency": args.sign_in_hours,
                "sign_in_frequency_period": "hours",
                "persistent_browser_mode": "never",
            }
            self._policy(name, "session", "sign in again", args.unmanaged_group_ids, ["mfa"], session=again)
        if args.inside_group_ids and self.location is not None:
            where = {"included_locations": ["All"], "excluded_locations": [self.location.object_id]}
            self._policy(name, "sites", "from our sites only", args.inside_group_ids, ["block"], locations=where)
        self.register_outputs({})

    def _sites(self, name: str) -> Any:
        args = self._args
        return self._entra.NamedLocation(
            f"{name}-sites",
            display_name=f"{args.organisation}: sites",
            ip={"ip_ranges": list(args.named_locations), "trusted": True},
            opts=self._child,
        )

    def _policy(
        self,
        name: str,
        key: str,
        what: str,
        groups: Sequence[pulumi.Input[str]],
        controls: Sequence[str],
        *,
        session: dict[str, Any] | None = None,
        locations: dict[str, Any] | None = None,
    ) -> None:
        args, entra = self._args, self._entra
        self.policies[key] = entra.ConditionalAccessPolicy(
            f"{name}-{key}",
            display_name=f"{args.organisation}: virtual desktop, {what}",
            state=_STATES[args.state],
            conditions=entra.ConditionalAccessPolicyConditionsArgs(
                client_app_types=["all"],
                applications={"included_applications": list(SIGN_IN_APPLICATIONS)},
                users={"included_groups": list(groups), "excluded_groups": [args.emergency_group_id]},
                locations=locations,
            ),
            grant_controls=entra.ConditionalAccessPolicyGrantControlsArgs(
                operator="OR", built_in_controls=list(controls)
            ),
            session_controls=session,
            opts=self._child,
        )


def entra_package(name: str) -> Any:
    """The package pulumi-azuread. Raises `ArgumentError`, with the remedy, where it is not installed."""
    try:
        return import_module("pulumi_azuread")
    except ModuleNotFoundError:
        raise ArgumentError(f"{name}: needs the package pulumi-azuread; install kade[entra]") from None
