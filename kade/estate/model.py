"""The estate: the whole of one municipality's file."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from kade.estate.base import Item, Key
from kade.estate.environments import Environment
from kade.estate.governance import ManagementGroups, Naming, Policy, Subscription, Tags
from kade.estate.groups import ResolvedGroup, groups_of
from kade.estate.network import Network
from kade.estate.operations import Backup, Identity, Logging, MaintenanceWindow, Security
from kade.estate.organisation import Billing, Domain, Organisation, Participant, Role, Team, Tenant
from kade.estate.profiles import with_defaults
from kade.estate.residency import Exemption, Regions, Residency
from kade.estate.stacks import StackSpec, stacks_of


class Estate(Item):
    """One municipality, or a partnership of municipalities."""

    version: Literal[1] = Field(1, description="The version of this file's form.")
    files: list[str] = Field(
        default=[],
        description="Other files with parts of this one, by name or pattern (`network.yaml`, `applications/*.yaml`), "
        "so that each can have its own owners. Maps grow together; a value given in two files is refused.",
    )
    name: Key = Field(description="The first part of every stack's name; it never changes.")
    profile: Literal["klein", "volledig"] = Field(
        description="Which defaults hold: `klein` for three engineers and a small firewall, `volledig` for everything."
    )
    organisation: Organisation = Field(description="Who it is for.")
    tenants: dict[Key, Tenant] = Field(
        min_length=1, description="Entra tenants by a short key; the first is the default."
    )
    participants: dict[Key, Participant] = Field(default={}, description="Organisations that take part.")
    billing: Billing = Field(default=Billing(), description="How subscriptions come to be.")
    regions: Regions = Field(description="Where things are made.")
    residency: Residency = Field(default=Residency(), description="Where data may be.")
    environments: dict[Key, Environment] = Field(
        min_length=1, description="Environments by a short key (prd, acc, tst)."
    )
    roles: dict[Key, Role] = Field(min_length=1, description="Functions that own things. Roles, not persons.")
    teams: dict[Key, Team] = Field(default={}, description="Teams and their capacity.")
    domains: dict[Key, Domain] = Field(default={}, description="Parts of the organisation that own applications.")
    naming: Naming = Field(default=Naming(), description="How names are made.")
    tags: Tags = Field(default=Tags(), description="Tags on everything.")
    management_groups: ManagementGroups = Field(default=ManagementGroups(), description="The hierarchy.")
    subscriptions: dict[Key, Subscription] = Field(min_length=1, description="Subscriptions by a short key.")
    policy: Policy = Field(default=Policy(), description="Azure Policy.")
    logging: Logging = Field(description="Logs and alerts.")
    security: Security = Field(description="Defender for Cloud, contacts, keys.")
    backup: Backup = Field(description="Backup vaults and classes.")
    maintenance: dict[Key, MaintenanceWindow] = Field(default={}, description="When updates are installed.")
    identity: Identity = Field(default=Identity(), description="Directory, groups, roles, pipelines.")
    network: Network = Field(description="The network.")
    exemptions: dict[Key, Exemption] = Field(default={}, description="Exemptions of rules in the policy packs.")

    _source: str = PrivateAttr(default="")

    @model_validator(mode="before")
    @classmethod
    def _profile(cls, data: Any) -> Any:
        return with_defaults(data) if isinstance(data, dict) else data

    @property
    def folder(self) -> str:
        """The folder of the file that it was read from; empty where it was made in a program."""
        return self._source

    @property
    def production(self) -> str:
        """The key of the production environment."""
        return next(key for key, env in self.environments.items() if env.production)

    def group_keys(self) -> list[str]:
        """The keys of all management groups: the standard ones of the hierarchy that was chosen, and our own."""
        return list(groups_of(self))

    def groups(self) -> dict[str, ResolvedGroup]:
        """All management groups by key, parents before children."""
        return groups_of(self)

    def stacks(self, environment: str | None = None) -> list[StackSpec]:
        """The stacks of an environment (default: production), each after those that it depends on."""
        return stacks_of(self, environment or self.production)
