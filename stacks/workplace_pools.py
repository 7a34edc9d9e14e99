"""Pools of the personas: profiles, host pool, hosts, and who may use them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pulumi

from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.landing_zone.roles import assign_role
from kade.components.workload.place import OwnKeyArgs
from kade.components.workplace.desktop_pool import DesktopPool, DesktopPoolArgs, RemoteApplicationArgs
from kade.components.workplace.images import ImageGallery
from kade.components.workplace.profiles import Profiles, ProfilesArgs, share_size
from kade.components.workplace.rdp import RedirectionArgs
from kade.components.workplace.scaling import ScheduleArgs
from kade.components.workplace.session_hosts import (
    HostReleaseArgs,
    HostSettingsArgs,
    SessionHosts,
    SessionHostsArgs,
)
from kade.estate.personas import Persona
from kade.stacks.platform_security import UNPROTECTED
from kade.stacks.workplace_context import Context
from kade.stacks.workplace_sizes import SizedPool

MANAGEMENT = "desktops"
"""The resource group of pools, feeds and what watches them."""


@dataclass
class MadePool:
    """What else of the layer needs of a pool."""

    pool: DesktopPool
    profiles: Profiles
    share_gb: int
    sized: SizedPool


def make_pool(
    context: Context,
    key: str,
    sized: SizedPool,
    gallery: ImageGallery,
    own_key: OwnKeyArgs | None,
    rules: dict[str, pulumi.Input[str]],
) -> MadePool:
    """Make everything of one persona. ``rules`` say what the agents of hosts send."""
    persona = sized.persona
    users = context.principal(persona.group, f"workplace.personas.{key}.group")
    profiles, share_gb = _profiles(context, key, persona, users, own_key)
    pool = DesktopPool(f"pool-{key}", _pool_args(context, key, sized, users), context.opts)
    _hosts(context, key, sized, pool, profiles, gallery, own_key, rules)
    assign_role(
        f"hosts-{key}-sign-in",
        scope=context.group(f"hosts-{key}").id,
        role="Virtual Machine User Login",
        principal_id=users,
        principal_type="Group",
        description=f"Sign in to the hosts of {persona.title}",
        opts=context.opts,
    )
    return MadePool(pool, profiles, share_gb, sized)


def give_rights(context: Context, keys: list[str]) -> None:
    """The service starts and stops hosts; administrators activate their rights when they need them."""
    scope = context.subscription_scope()
    assign_role(
        "service-power",
        scope=scope,
        role="Desktop Virtualization Power On Off Contributor",
        principal_id=context.workplace.service_principal,
        principal_type="ServicePrincipal",
        description="Azure Virtual Desktop starts hosts when somebody connects, and follows the scaling plans",
        opts=context.opts,
    )
    who = str(context.principal(context.workplace.administrators, "workplace.administrators"))
    rights = {MANAGEMENT: "Desktop Virtualization User Session Operator"}
    rights |= {f"hosts-{key}": "Virtual Machine Administrator Login" for key in keys}
    for group, role in rights.items():
        access = AccessArgs(who, role, eligible=True, reason="Manages the workplace")
        give_access(f"{group}-administrators", context.group(group).id, {"rights": access}, context.opts)


def _profiles(
    context: Context, key: str, persona: Persona, users: pulumi.Input[str], own_key: OwnKeyArgs | None
) -> tuple[Profiles, int]:
    wanted = context.workplace.profiles
    place = context.place("profiles", f"profiles-{key}", persona.code_of(key), context.classification(persona))
    if wanted.redundancy == "local":
        place = replace(place, zones=())
    args = ProfilesArgs(
        place=place,
        data=context.data(persona, own_key),
        people=persona.number,
        group_ids=[users],
        administrators=str(context.principal(context.workplace.administrators, "workplace.administrators")),
        profile_gb=persona.profile_gb,
        growth=wanted.growth,
        deleted_days=wanted.deleted_days,
        backup=context.backup(),
    )
    return Profiles(f"profiles-{key}", args, context.opts), share_size(key, args)


def _pool_args(context: Context, key: str, sized: SizedPool, users: pulumi.Input[str]) -> DesktopPoolArgs:
    persona, place = sized.persona, context.workplace
    hours = place.schedules[persona.schedule]
    ring = place.rings.get(persona.ring or "")
    uses = [context.estate.applications[name].title for name in persona.applications]
    schedule = ScheduleArgs(
        days=hours.days,
        ramp_up=hours.ramp_up,
        peak=hours.peak,
        ramp_down=hours.ramp_down,
        off_peak=hours.off_peak,
        minimum_percent=hours.minimum_percent,
    )
    until = place.registration_until
    return DesktopPoolArgs(
        place=context.place(MANAGEMENT, key, data=context.classification(persona)),
        metadata_location=context.metadata_region,
        title=persona.title,
        description=f"{persona.title}: {', '.join(uses)}"[:512] if uses else persona.title,
        sessions=sized.size.sessions,
        group_ids=[users],
        personal=persona.pool == "personal",
        redirection=RedirectionArgs(**persona.redirection.model_dump()),
        applications={
            name: RemoteApplicationArgs(app.title, app.path, app.arguments or "")
            for name, app in persona.remote_apps.items()
        },
        # Azure cannot stop a host whose disk is its own, so nothing scales it.
        schedule=None if persona.disks == "ephemeral" else schedule,
        agent_day=place.agent_updates.day,
        agent_hour=place.agent_updates.hour,
        validation=ring.validation if ring is not None else False,
        from_internet=persona.from_internet,
        registration_until=f"{until.isoformat()}T12:00:00Z" if until is not None else "",
    )


def _hosts(
    context: Context,
    key: str,
    sized: SizedPool,
    pool: DesktopPool,
    profiles: Profiles,
    gallery: ImageGallery,
    own_key: OwnKeyArgs | None,
    rules: dict[str, pulumi.Input[str]],
) -> None:
    persona, place = sized.persona, context.workplace
    where = context.place(f"hosts-{key}", key, data=context.classification(persona))
    builds = {**sized.draining, **({sized.release: sized.size.hosts} if sized.release is not None else {})}
    args = SessionHostsArgs(
        # A host is made anew from its image, and profiles have copies of their own: Azure Policy leaves it alone.
        place=replace(where, tags={**where.tags, UNPROTECTED: "none"}),
        data=context.data(persona, own_key),
        prefix=f"{place.prefix}-{persona.code_of(key)}",
        subnet_id=context.subnet(place.spoke, place.subnet),
        size=sized.size.size,
        releases={
            str(number): HostReleaseArgs(gallery.version_id(persona.image, str(number)), count, number != sized.release)
            for number, count in builds.items()
        },
        pool_name=pool.name,
        pool_resource_group_name=context.group(MANAGEMENT).name,
        registration_token=pool.registration_token(),
        settings=HostSettingsArgs(
            profile_share=profiles.share,
            profile_gb=persona.profile_gb,
            idle_minutes=persona.idle_minutes,
            screen_capture_protection=persona.screen_capture_protection,
            watermark=persona.watermark,
        ),
        ephemeral=persona.disks == "ephemeral",
        intune=place.intune,
        collection_rule_ids=rules,
        agent_identity_id=context.agent_identity() if rules else None,
    )
    images = [made for name, made in gallery.templates.items() if name.startswith(f"{persona.image}-")]
    after = pulumi.ResourceOptions(provider=context.opts.provider, depends_on=images)
    SessionHosts(f"hosts-{key}", args, after)
