"""The table that says what a classification of data asks, and the only place where it is read."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kade.components.arguments import ArgumentError
from kade.components.protection import CLASSIFICATIONS, protection_of


def test_from_public_to_confidential_all_four_concerns_change() -> None:
    public, confidential = protection_of("public"), protection_of("confidential")
    assert (public.double_encryption, confidential.double_encryption) == (False, True)
    assert (public.copy_scope, confidential.copy_scope) == ("AAD", "PrivateLink")
    assert (public.standing_access, confidential.standing_access) == (True, False)
    assert (public.point_in_time_days, confidential.point_in_time_days) == (7, 30)
    assert (public.storage_sku, confidential.storage_sku) == ("Standard_GZRS", "Standard_ZRS")
    assert not protection_of("confidential").customer_managed_key
    assert protection_of("restricted").customer_managed_key


def test_a_heavier_classification_never_asks_less() -> None:
    rows = [protection_of(one) for one in CLASSIFICATIONS]
    for light, heavy in pairwise(rows):
        for name in ("customer_managed_key", "double_encryption", "log_reads", "lock"):
            assert getattr(light, name) <= getattr(heavy, name), name
        for name in ("point_in_time_days", "weekly_copies", "soft_delete_days"):
            assert getattr(light, name) <= getattr(heavy, name), name
        assert heavy.standing_access <= light.standing_access
    assert all(not row.public_access and not row.shared_keys and row.diagnostics for row in rows)
    assert all(7 <= row.point_in_time_days <= 35 for row in rows)


def test_the_organisation_decides_keys_pairs_and_zones() -> None:
    assert protection_of("confidential", customer_managed_from="confidential").customer_managed_key
    assert not protection_of("restricted", customer_managed_from="never").customer_managed_key
    assert protection_of("public", pair_allowed=False).redundancy == "zone"
    assert protection_of("public", zones=False).storage_sku == "Standard_LRS"


def test_an_unknown_classification_is_refused_with_the_nearest() -> None:
    with pytest.raises(ArgumentError, match=r"classification: 'restrictd' is not .* did you mean restricted\?"):
        protection_of("restrictd")
    with pytest.raises(ArgumentError, match="customer_managed_from: 'always'"):
        protection_of("public", customer_managed_from="always")
