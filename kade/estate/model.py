"""The estate: the whole of one municipality's file."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from kade.estate.applications import Application
from kade.estate.base import Item, Key
from kade.estate.decisions import Decision, Risk
from kade.estate.environments import Environment
from kade.estate.governance import ManagementGroups, Naming, Policy, Subscription, Tags
from kade.estate.groups import ResolvedGroup, groups_of
from kade.estate.network import Network
from kade.estate.operations import Backup, Identity, Logging, MaintenanceWindow, Security
from kade.estate.organisation import Billing, Domain, Organisation, Participant, Role, Team, Tenant
from kade.estate.overrides import apply
from kade.estate.profiles import with_defaults
from kade.estate.programme import Programme
from kade.estate.residency import Exemption, Regions, Residency
from kade.estate.services import Service
from kade.estate.stacks import StackSpec, stacks_of
from kade.estate.workplace import Workplace


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
    workplace: Workplace | None = Field(None, description="Virtual desktops.")
    services: dict[Key, Service] = Field(
        default={}, description="Services by a short key, each with a stack of its own."
    )
    applications: dict[Key, Application] = Field(default={}, description="Applications by a short key.")
    programme: Programme = Field(default=Programme(), description="Freezes, waves, budgets and goals, to 2030.")
    decisions: dict[Key, Decision] = Field(default={}, description="What administrators are asked, by a short key.")
    risks: dict[Key, Risk] = Field(default={}, description="What may go wrong, by a short key.")
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

    def for_environment(self, environment: str) -> Estate:
        """The estate as an environment sees it: with its `overrides` put in. KeyError for an unknown environment."""
        return apply(self, environment)

    def environments_of(self, item: Application | Service) -> list[str]:
        """Where an application or a service runs: as it says, or everywhere that its spoke is, or in production.

        What an application leaves behind (an archive, a service that is bought) is in production only.
        """
        if item.environments:
            return item.environments
        everywhere = item.spoke and (not isinstance(item, Application) or item.runs)
        return list(self.network.spokes[item.spoke].subscriptions) if item.spoke and everywhere else [self.production]

    def workloads(self, environment: str) -> dict[str, dict[str, Application]]:
        """The applications of an environment that have a strategy, by stack and by key, in the order of the file."""
        found: dict[str, dict[str, Application]] = {}
        for key, app in self.applications.items():
            if app.strategy is not None and environment in self.environments_of(app):
                found.setdefault(app.stack or key, {})[key] = app
        return found

    def stacks(self, environment: str | None = None) -> list[StackSpec]:
        """The stacks of an environment (default: production), each after those that it depends on."""
        return stacks_of(self, environment or self.production)
