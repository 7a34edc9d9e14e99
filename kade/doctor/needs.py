"""One need, and the order in which needs are told."""

from __future__ import annotations

from dataclasses import dataclass

RIGHT, ENTRA, BILLING, LICENCE, PLAN, PROVIDER = (
    "Rights in Azure",
    "Roles in Entra",
    "Billing roles",
    "Licences",
    "Paid by use",
    "Resource providers",
)
KINDS = (RIGHT, ENTRA, BILLING, LICENCE, PLAN, PROVIDER)


@dataclass(frozen=True)
class Need:
    """Something that has to be there: what, for whom or where, why, who can give it, and what it costs by kind."""

    kind: str
    what: str
    where: str
    why: str
    given_by: str
    cost: str = "nothing"
    command: str = ""
    """What an administrator can run."""
