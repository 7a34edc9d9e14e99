"""What a classification of data asks of the things that hold it: one table, for services and for workloads.

The table and its meaning stand in ``kade/facts/protection.json``. What an organisation decides otherwise (from which
classification it uses keys of its own, whether copies may be in the region's pair) is an argument of `protection_of`.
"""

from dataclasses import dataclass, replace
from difflib import get_close_matches

from kade.components.arguments import ArgumentError
from kade.facts.data import read

CLASSIFICATIONS = ("public", "internal", "confidential", "restricted")
"""From light to heavy."""


@dataclass(frozen=True)
class Protection:
    """How data of one classification is kept. `protection_of` makes it, `dataclasses.replace` changes it."""

    classification: str
    """public, internal, confidential or restricted."""
    customer_managed_key: bool
    """Whether it is encrypted with a key of our own, from a key vault."""
    double_encryption: bool
    """Whether the platform encrypts a second time, where a service offers it."""
    redundancy: str
    """geo: also in the region's pair; zone: in three zones of the region; local: in one place."""
    public_access: bool
    """Whether a store answers the internet."""
    shared_keys: bool
    """Whether a store takes account keys and passwords besides identities."""
    copy_scope: str
    """Where a storage account may be copied to: AAD (the same tenant) or PrivateLink (networks of ours)."""
    standing_access: bool
    """Whether people have roles on the data for good; otherwise they activate them when they need them."""
    log_reads: bool
    """Whether each reading of data is logged."""
    point_in_time_days: int
    """Days to which a database or store can be put back, 7 to 35."""
    weekly_copies: int
    """Weeks that a weekly copy is kept; 0 for none."""
    soft_delete_days: int
    """Days that a deleted blob, share or container can be brought back."""
    minimum_tls: str
    """The oldest TLS that is spoken, 1.2."""
    diagnostics: bool
    """Whether logs go to the workspace."""
    lock: bool
    """Whether the store has a CanNotDelete lock. It holds the resource, not the records: these can be erased."""

    @property
    def storage_sku(self) -> str:
        """The redundancy of a storage account, as Azure calls it."""
        return {"geo": "Standard_GZRS", "zone": "Standard_ZRS", "local": "Standard_LRS"}[self.redundancy]


def protection_of(
    classification: str, *, customer_managed_from: str = "restricted", pair_allowed: bool = True, zones: bool = True
) -> Protection:
    """What a classification asks.

    ``customer_managed_from`` is the classification from which data is encrypted with keys of our own, or ``never``;
    without ``pair_allowed`` nothing is copied to the region's pair; without ``zones`` copies are in one place.
    Raises `ArgumentError` for a classification that is not one of `CLASSIFICATIONS`.
    """
    here = _order("classification", classification)
    own_key = customer_managed_from != "never" and here >= _order("customer_managed_from", customer_managed_from)
    row = Protection(classification, **read("protection")["classifications"][classification])
    redundancy = row.redundancy if pair_allowed or row.redundancy != "geo" else "zone"
    # Azure's copies in a pair begin from zones; where those are not wanted, neither is the pair.
    return replace(row, customer_managed_key=own_key, redundancy=redundancy if zones else "local")


def _order(argument: str, classification: str) -> int:
    if classification not in CLASSIFICATIONS:
        near = get_close_matches(classification, CLASSIFICATIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(CLASSIFICATIONS)}"
        raise ArgumentError(f"{argument}: {classification!r} is not a classification of data; {hint}")
    return CLASSIFICATIONS.index(classification)
