"""The Pulumi program that makes the store of the state, written for one estate.

It cannot be a layer: the layers' state is to be in what it makes. So it has a project of its own, whose state begins
in a folder and moves into the store once that stands.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kade.backend.errors import AddressError

if TYPE_CHECKING:
    from kade.estate import Estate

NAME: Final = "bootstrap"

_PROJECT: Final = """\
# Made by `kade backend create`: the store that holds the state of {estate}.
name: kade-state
description: The storage account that holds the state of {estate}
runtime: python
"""

_PROGRAM: Final = '''\
"""The storage account that holds the state of {estate}, and the workspace that says who read it.

Settings stand in Pulumi.{name}.yaml: `allowedRanges`, the public addresses that deploy; `access`, the object ids of
the groups and pipelines that deploy, by a short key.
"""

import pulumi
from pulumi_azure_native import resources

from kade.components.landing_zone.access import AccessArgs
from kade.components.landing_zone.log_workspace import LogWorkspace, LogWorkspaceArgs
from kade.components.landing_zone.state_store import StateStore, StateStoreArgs
from kade.components.naming import Naming

NAMES = Naming(organisation={organisation!r}, code={code!r}, environment={environment!r}, region={region!r})
LOCATION = {location!r}
TAGS = {tags!r}

settings = pulumi.Config()
group = resources.ResourceGroup(
    "group", resource_group_name=NAMES.of("resource_group", "state"), location=LOCATION, tags=TAGS
)
workspace = LogWorkspace(
    "logs", LogWorkspaceArgs(NAMES, group.name, LOCATION, workload="state", sentinel=False, tags=TAGS)
)
role = "Storage Blob Data Contributor"
store = StateStore(
    "store",
    StateStoreArgs(
        NAMES,
        group.name,
        LOCATION,
        workspace.id,
        container={container!r},
        name={account!r},
        access={{
            key: AccessArgs(id_, role, principal_type=settings.get("principalType") or "Group")
            for key, id_ in (settings.get_object("access") or {{}}).items()
        }},
        allowed_ranges=settings.get_object("allowedRanges") or [],
        tags=TAGS,
    ),
)
pulumi.export("backend", store.backend)
'''


def write_program(estate: Estate, account: str, container: str, out: Path) -> None:
    """Write the project into a new folder. Raises `AddressError` where something is there, and ``OSError``."""
    from kade.stacks.common import names_of, tags_of

    if out.exists() and any(out.iterdir()):
        raise AddressError(f"{out}: there is something already; name a new folder.")
    environment, location = estate.production, estate.regions.primary
    names = names_of(estate, environment, location)
    program = _PROGRAM.format(
        name=NAME,
        estate=estate.name,
        organisation=names.organisation,
        code=names.code,
        environment=environment,
        region=names.region,
        location=location,
        tags=tags_of(estate, environment, next(iter(estate.subscriptions))),
        account=account,
        container=container,
    )
    groups = {key: str(group.object_id) for key, group in estate.identity.groups.items() if group.object_id}
    out.mkdir(parents=True, exist_ok=True)
    (out / "Pulumi.yaml").write_text(_PROJECT.format(estate=estate.name), encoding="utf-8")
    (out / "__main__.py").write_text(program, encoding="utf-8")
    (out / f"Pulumi.{NAME}.yaml").write_text(_settings(groups), encoding="utf-8")


def _settings(groups: dict[str, str]) -> str:
    """The stack's settings, with the groups that there are to choose from."""
    choice = "".join(f"  #   {key}: {id_}\n" for key, id_ in groups.items())
    return (
        "config:\n"
        f"  kade-state:allowedRanges: {json.dumps([])} # public addresses that deploy, for instance 192.0.2.20\n"
        "  kade-state:access: {} # who deploys, by a short key; the groups of the estate are\n"
        f"{choice}"
    )
