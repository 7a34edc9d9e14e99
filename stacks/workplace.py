"""The workplace layer: virtual desktops for the personas of an estate, in one environment."""

from __future__ import annotations

from datetime import date, timedelta

import pulumi

from kade.components.workload.data_key import DataKey, DataKeyArgs
from kade.components.workload.place import OwnKeyArgs
from kade.components.workplace.desktop_alerts import DesktopAlerts, DesktopAlertsArgs, WatchedPoolArgs
from kade.components.workplace.desktop_insights import DesktopInsights, DesktopInsightsArgs
from kade.components.workplace.entra_access import EntraAccess, EntraAccessArgs
from kade.components.workplace.feed import Feed, FeedArgs
from kade.components.workplace.holiday_pause import HolidayPause, HolidayPauseArgs, PausedPlanArgs
from kade.components.workplace.image_builder import BuildPlaceArgs
from kade.components.workplace.images import CustomisationArgs, ImageArgs, ImageGallery, ImageGalleryArgs
from kade.estate import Estate
from kade.facts.holidays import dutch_holidays
from kade.stacks.common import tenant_of
from kade.stacks.workplace_context import Context
from kade.stacks.workplace_pools import MANAGEMENT, MadePool, give_rights, make_pool
from kade.stacks.workplace_sizes import licences, size_pools, table

REGISTRATION_DAYS = 27  # the longest that Azure lets a token live


def run(estate: Estate, environment: str) -> None:
    """Make the layer in one environment, and export the calculation of its size. StackError for what cannot be."""
    context = Context(estate, environment)
    pools = size_pools(estate, environment)
    say_registration(context, date.today())
    gallery = _images(context)
    key = _own_key(context)
    rules = _collection(context)
    made = {name: make_pool(context, name, pool, gallery, key, rules) for name, pool in pools.items()}
    give_rights(context, list(pools))
    feeds = _feeds(context, made)
    _pause(context, made)
    _alerts(context, made)
    _entra(context)
    bought, needed = licences(context.workplace)
    rows = table(pools, context.workplace)
    for row in rows:
        pulumi.log.info(f"{row['persona']}: {row['calculation']}")
    for persona, rights in needed.items():
        pulumi.log.warn(f"{persona}: each needs {' and '.join(rights)}")
    pulumi.export("capacity", rows)
    pulumi.export("licences", bought)
    pulumi.export("licencesNeeded", needed)
    pulumi.export("hostPools", {name: item.pool.id for name, item in made.items()})
    pulumi.export("workspaces", {name: feed.id for name, feed in feeds.items()})


def say_registration(context: Context, today: date) -> None:
    """Warn of a day until which hosts may register that Azure would refuse."""
    until = context.workplace.registration_until
    if until is None:
        return
    if until < today:
        pulumi.log.warn(
            f"workplace.registration_until: {until} is past, and Azure refuses a change of a pool with it; take it "
            f"out, or give a later day if hosts are added"
        )
    elif until > today + timedelta(days=REGISTRATION_DAYS):
        pulumi.log.warn(
            f"workplace.registration_until: {until} is more than {REGISTRATION_DAYS} days ahead, which Azure refuses"
        )


def _images(context: Context) -> ImageGallery:
    place = context.workplace
    build = None
    if place.build_subnet is not None:
        containers = context.subnet(place.spoke, place.build_subnet)
        build = BuildPlaceArgs(context.subnet(place.spoke, place.subnet), containers)
    args = ImageGalleryArgs(
        place=context.place("images", "desktops"),
        images={
            key: ImageArgs(
                title=image.title,
                publisher=image.publisher,
                offer=image.offer,
                sku=image.sku,
                releases={str(number): release.version for number, release in image.releases.items()},
                customisations=[CustomisationArgs(c.title, c.script, c.sha256) for c in image.customisations],
                replicas=image.replicas,
            )
            for key, image in place.images.items()
        },
        build=build,
        allowed_locations=context.estate.residency.allowed,
    )
    return ImageGallery("images", args, context.opts)


def _own_key(context: Context) -> OwnKeyArgs | None:
    """One key for disks and profiles, where the data of a persona asks for a key of ours."""
    wanted = [context.own_key_wanted(key, persona) for key, persona in context.workplace.personas.items()]
    if not any(wanted):
        return None
    settings = context.estate.security.key_vaults
    args = DataKeyArgs(
        place=context.place(MANAGEMENT, "desktops"),
        tenant_id=tenant_of(context.estate, context.subscription),
        premium=settings.sku == "premium",
        rotation_days=settings.rotation_days,
        retention_days=settings.purge_protection_days,
    )
    return DataKey("key", args, context.opts).own_key


def _collection(context: Context) -> dict[str, pulumi.Input[str]]:
    """Rules for the agents of hosts: that of every machine, and what Insights shows."""
    if context.workspace() is None:
        return {}
    insights = DesktopInsights("insights", DesktopInsightsArgs(context.place(MANAGEMENT, "desktops")), context.opts)
    return {
        "machines": context.output("platform", "collectionRuleId", production=True),
        "insights": insights.rule_id,
    }


def _feeds(context: Context, made: dict[str, MadePool]) -> dict[str, Feed]:
    """A list for those who come over the internet, and one that only our own networks reach."""
    found: dict[str, Feed] = {}
    for key, open_, title in (("internet", True, ""), ("internal", False, " (intern)")):
        groups = [m.pool.application_group_id for m in made.values() if m.sized.persona.from_internet == open_]
        if groups:
            args = FeedArgs(
                place=context.place(MANAGEMENT, f"desktops-{key}"),
                title=f"{context.estate.organisation.display_name}{title}",
                application_group_ids=groups,
                metadata_location=context.metadata_region,
                from_internet=open_,
            )
            found[key] = Feed(f"feed-{key}", args, context.opts)
    return found


def _pause(context: Context, made: dict[str, MadePool]) -> None:
    place = context.workplace
    days = {day for year in place.holiday_years for day in dutch_holidays(year)} | set(place.holidays)
    plans = {
        key: PausedPlanArgs(item.pool.scaling_plan_id, item.pool.id)
        for key, item in made.items()
        if item.pool.plan is not None
    }
    if days and plans:
        args = HolidayPauseArgs(
            place=context.place(MANAGEMENT, "desktops"),
            days=[day.isoformat() for day in sorted(days)],
            plans=plans,
            scope=context.group(MANAGEMENT).id,
        )
        HolidayPause("holidays", args, context.opts)


def _alerts(context: Context, made: dict[str, MadePool]) -> None:
    if context.workspace() is None or not context.estate.logging.alerts:
        return
    args = DesktopAlertsArgs(
        place=context.place(MANAGEMENT, "desktops"),
        pools={
            key: WatchedPoolArgs(item.pool.name, item.sized.hosts * item.sized.size.sessions)
            for key, item in made.items()
            if item.sized.persona.pool == "pooled"
        },
        shares={key: item.profiles.account_id for key, item in made.items()},
        share_gb={key: item.share_gb for key, item in made.items()},
        action_group_ids=context.action_groups(1),
    )
    DesktopAlerts("alerts", args, context.opts)


def _entra(context: Context) -> None:
    """Conditional access, where the estate switches it on; once, for it holds in the whole tenant."""
    wanted = context.workplace.conditional_access
    if wanted is None or context.environment != context.estate.production:
        return
    groups: dict[str, list[pulumi.Input[str]]] = {"all": [], "managed": [], "inside": [], "unmanaged": []}
    seen: set[str] = set()
    for key, persona in context.workplace.personas.items():
        if persona.group in seen:
            continue
        seen.add(persona.group)
        who = context.principal(persona.group, f"workplace.personas.{key}.group")
        groups["all"].append(who)
        groups["unmanaged" if persona.device == "unmanaged" else "managed"].append(who)
        if not persona.from_internet:
            groups["inside"].append(who)
    args = EntraAccessArgs(
        organisation=context.estate.organisation.display_name,
        emergency_group_id=context.principal(wanted.emergency_group, "workplace.conditional_access.emergency_group"),
        group_ids=groups["all"],
        managed_group_ids=groups["managed"],
        inside_group_ids=groups["inside"],
        unmanaged_group_ids=groups["unmanaged"],
        sign_in_hours=wanted.sign_in_hours,
        named_locations=wanted.named_locations,
        state=wanted.state,
    )
    EntraAccess("entra", args)
