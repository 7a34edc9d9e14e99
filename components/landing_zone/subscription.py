"""One subscription: made or given, placed, paid for, guarded, and with rights for groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_azure_native as azure_native
from pulumi_azure_native import authorization, consumption, management, monitor, resources, security, subscription

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.landing_zone.budget import BudgetArgs, make_budget
from kade.components.landing_zone.defender import SecurityContactArgs, make_contact, make_plans
from kade.components.landing_zone.management_groups import PATIENCE, PREFIX

ACTIVITY = ("Administrative", "Security", "ServiceHealth", "Alert", "Recommendation", "Policy", "Autoscale",
            "ResourceHealth")  # fmt: skip


@dataclass
class NewSubscriptionArgs:
    """A subscription that is made under an agreement of ours."""

    alias: str
    """The name that it is asked for by; asking twice gives one subscription. Never change it."""
    display_name: str
    billing_scope: str
    """An enrollment account of an EA, or an invoice section of an MCA. The deployer needs the role Enrollment account
    subscription creator, or Azure subscription creator, on it."""
    workload: str = "Production"
    """Production or DevTest; DevTest is cheaper, and only for who has Visual Studio subscriptions."""


@dataclass
class SubscriptionArgs:
    """Arguments of `Subscription`. Give ``subscription_id`` or ``new``."""

    management_group: str
    """The id of the management group that it is placed in."""
    subscription_id: str | None = None
    """The id of one that stands."""
    new: NewSubscriptionArgs | None = None
    tenant_id: str | None = None
    """The tenant, for the provider; default: that of the deployer."""
    budget: BudgetArgs | None = None
    defender: Mapping[str, bool] = field(default_factory=dict)
    """Defender plans that are on or off."""
    contact: SecurityContactArgs | None = None
    access: Mapping[str, AccessArgs] = field(default_factory=dict)
    """Roles for groups, by a short key."""
    workspace_id: pulumi.Input[str] | None = None
    """The workspace that takes the activity log."""
    tags: Mapping[str, str] = field(default_factory=dict)
    lock: bool = False
    """A lock against deletion of the subscription and of everything in it."""


class Subscription(pulumi.ComponentResource):
    """A subscription with what every one of ours has.

    Its own provider puts everything into it; take ``provider`` for what else goes there. It is the one owner of its
    place in the hierarchy, and keeps it when it leaves the program: taking a placement away would put the subscription
    below the tenant's root, where no policy of ours holds.
    """

    subscription_id: pulumi.Output[str]
    scope: pulumi.Output[str]
    """The id as a scope, ``/subscriptions/…``."""

    def __init__(
        self,
        name: str,
        args: SubscriptionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(SubscriptionArgs, args)
        super().__init__("kade:index:Subscription", name, None, opts)
        if (args.subscription_id is None) == (args.new is None):
            raise ArgumentError(f"{name}: give `subscription_id` of one that stands, or `new` for one that is made")
        self.alias: subscription.Alias | None = None
        self.subscription_id = self._identify(name, args)
        self.scope = pulumi.Output.concat("/subscriptions/", self.subscription_id)
        # A change of the id can only be another subscription: what stands in the old one must not be moved silently.
        self.provider = azure_native.Provider(
            f"{name}-provider",
            subscription_id=self.subscription_id,
            tenant_id=args.tenant_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        inside = pulumi.ResourceOptions(parent=self, provider=self.provider)
        self.placement = management.ManagementGroupSubscription(
            f"{name}-placement",
            group_id=args.management_group.removeprefix(PREFIX),
            opts=pulumi.ResourceOptions.merge(
                inside, pulumi.ResourceOptions(custom_timeouts=PATIENCE, retain_on_delete=True)
            ),
        )
        # Policies of the group have to hold before anything is made.
        inside = pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[self.placement]))
        self.budget: consumption.Budget | None = (
            make_budget(f"{name}-budget", self.scope, args.budget, inside) if args.budget is not None else None
        )
        self.plans: dict[str, security.Pricing] = make_plans(f"{name}-defender", self.scope, args.defender, inside)
        self.contact = make_contact(f"{name}-contact", args.contact, inside) if args.contact is not None else None
        self.access = give_access(f"{name}-access", self.scope, args.access, inside)
        self._inside = inside
        self.activity_log: monitor.SubscriptionDiagnosticSetting | None = None
        if args.workspace_id is not None:
            self.send_activity_log(args.workspace_id)
        self.tags = self._tags(name, args, inside)
        self.lock = self._lock(name, args, inside)
        self.register_outputs({"subscriptionId": self.subscription_id, "scope": self.scope})

    def _identify(self, name: str, args: SubscriptionArgs) -> pulumi.Output[str]:
        if args.new is None:
            return pulumi.Output.from_input(args.subscription_id or "")
        new = args.new
        self.alias = subscription.Alias(
            f"{name}-alias",
            alias_name=new.alias,
            properties=subscription.PutAliasRequestPropertiesArgs(
                display_name=new.display_name, billing_scope=new.billing_scope, workload=new.workload
            ),
            # Without its alias a subscription still stands and still costs money, so the alias is never deleted.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        return self.alias.properties.apply(lambda p: p.subscription_id or "")

    def send_activity_log(self, workspace_id: pulumi.Input[str]) -> None:
        """Send the activity log to a workspace, which may stand in this subscription. ValueError the second time:
        two settings with one destination are what Azure refuses.
        """
        if self.activity_log is not None:
            raise ValueError("the activity log of this subscription goes to a workspace already")
        self.activity_log = monitor.SubscriptionDiagnosticSetting(
            f"{self._name}-activity-log",
            name="to-workspace",
            workspace_id=workspace_id,
            logs=[monitor.SubscriptionLogSettingsArgs(category=c, enabled=True) for c in ACTIVITY],
            opts=self._inside,
        )

    def _tags(self, name: str, args: SubscriptionArgs, inside: pulumi.ResourceOptions) -> resources.TagAtScope | None:
        if not args.tags:
            return None
        return resources.TagAtScope(
            f"{name}-tags", scope=self.scope, properties=resources.TagsArgs(tags=args.tags), opts=inside
        )

    def _lock(
        self, name: str, args: SubscriptionArgs, inside: pulumi.ResourceOptions
    ) -> authorization.ManagementLockByScope | None:
        if not args.lock:
            return None
        return authorization.ManagementLockByScope(
            f"{name}-lock",
            scope=self.scope,
            lock_name="no-deletion",
            level=authorization.LockLevel.CAN_NOT_DELETE,
            notes="Nothing in this subscription is deleted before this lock is taken away.",
            opts=inside,
        )
