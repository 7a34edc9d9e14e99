"""Who the estate is for and who works on it: organisation, tenants, participants, billing, roles, teams, domains."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kade.estate.base import Email, Fqdn, GroupKey, Guid, Item, Key


class Organisation(Item):
    """The municipality, or the partnership of municipalities."""

    display_name: str = Field(description="The full name, as on its website.")
    kind: Literal["municipality", "partnership"] = Field("municipality", description="One municipality, or several.")
    inhabitants: int = Field(gt=0, description="Number of inhabitants; scales nothing, and heads the roadmap.")
    employees: int | None = Field(None, ge=0, description="Number of employees.")
    code: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9]{1,3}$")] = Field(
        description="Two to four characters for names with little room (storage accounts, key vaults, session hosts)."
    )


class Tenant(Item):
    """One Microsoft Entra tenant."""

    tenant_id: Guid = Field(description="The directory (tenant) id.")
    domain: Fqdn = Field(description="Its first domain, for instance lindewaard.onmicrosoft.com.")
    sharing: Literal["own", "shared", "partner"] = Field(
        "own", description="`own`, `shared` with a partnership of municipalities, or a `partner`'s."
    )
    participants: list[Key] = Field(
        default=[], description="Participants that share it, or whose it is; not for an `own` tenant."
    )
    root_rights: bool = Field(
        False,
        description="Whether the pipeline may have rights at the tenant's root management group. Without them "
        "`management_groups.root_parent` is where the hierarchy starts.",
    )


class Participant(Item):
    """An organisation that takes part: a neighbour, a partnership, a regional service."""

    display_name: str = Field(description="The full name.")
    kind: Literal["municipality", "partnership", "regional_service", "supplier", "government"] = Field(
        description="What kind of organisation it is."
    )
    does: str = Field("", description="What it does for us, or we for it, in one sentence.")


class Billing(Item):
    """How subscriptions come to be."""

    mode: Literal["ea", "mca", "csp", "existing"] = Field(
        "existing",
        description="`ea` and `mca`: made by Kade under a billing scope. `csp`: a request to the partner is printed. "
        "`existing`: every subscription is given by its id.",
    )
    scope: str | None = Field(
        None, description="The billing scope (`/providers/Microsoft.Billing/billingAccounts/…`), for `ea` and `mca`."
    )
    partner: Key | None = Field(None, description="The participant that resells, for `csp`.")
    currency: Literal["EUR"] = Field("EUR", description="The currency of budgets.")


class Role(Item):
    """A function in the organisation. Names of persons are not needed anywhere."""

    title: str = Field(description="The function, for instance `CISO`.")
    group: Key | None = Field(None, description="The group in `identity.groups` that holds it.")
    contact: Email | None = Field(None, description="A functional mailbox.")


class Team(Item):
    """People who do the work, as capacity."""

    title: str = Field(description="The team.")
    members: float = Field(gt=0, description="How many people, in full-time equivalents.")
    moves_per_month: float | None = Field(None, ge=0, description="Applications it can move in a good month.")
    role: Key | None = Field(None, description="The role that answers for it.")


class Domain(Item):
    """A part of the organisation that owns applications and data."""

    title: str = Field(description="The domain, for instance `Sociaal domein`.")
    owner: Key = Field(description="The role that owns its applications and data.")
    management_group: GroupKey | None = Field(None, description="Its own management group, below corp or online.")
    cost_centre: str | None = Field(None, description="For the tag of that name.")
