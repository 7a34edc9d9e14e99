"""What every layer takes from the estate in the same way: names, tags, tenants, who is meant by a group."""

from __future__ import annotations

from kade.components.naming import Naming
from kade.estate import Estate
from kade.facts import region as region_named


class StackError(ValueError):
    """What the estate or the stack's name asks and a layer cannot do: the field, what was found, and the remedy."""


def names_of(estate: Estate, environment: str, region: str) -> Naming:
    """Names for things in a region."""
    naming = estate.naming
    return Naming(
        organisation=estate.name,
        code=estate.organisation.code,
        environment=environment,
        region=naming.regions.get(region) or region_named(region).code or region,
        pattern=naming.pattern,
        types=naming.types,
        literal=naming.literal,
    )


def tags_of(estate: Estate, environment: str, subscription: str) -> dict[str, str]:
    """Tags for what stands in a subscription; its own tags win."""
    item = estate.subscriptions[subscription]
    found = {
        **estate.tags.common,
        estate.tags.owner: item.owner,
        estate.tags.environment: item.environment or environment,
    }
    domain = estate.domains.get(item.domain) if item.domain else None
    if domain is not None and domain.cost_centre:
        found[estate.tags.cost_centre] = domain.cost_centre
    return {**found, **item.tags}


def tenant_of(estate: Estate, subscription: str = "") -> str:
    """The tenant id of a subscription; of the estate itself where none is named."""
    key = estate.subscriptions[subscription].tenant if subscription else None
    return estate.tenants[key or next(iter(estate.tenants))].tenant_id


def asked_of_partner(estate: Estate, subscription: str) -> bool:
    """Whether a subscription is not there yet, and a partner has to make it: nothing of ours can (billing `csp`)."""
    return estate.subscriptions[subscription].id is None and estate.billing.mode not in ("ea", "mca")


def principal_of(estate: Estate, group: str, field: str) -> str:
    """The object id of a group of `identity.groups`. StackError, naming the field that asked, where it has none."""
    found = estate.identity.groups[group].object_id
    if found is None:
        raise StackError(
            f"{field}: the group {group!r} has no object id, so no role can be given to it; make it with "
            f"pulumi-azuread first, and put its id at identity.groups.{group}.object_id"
        )
    return found
