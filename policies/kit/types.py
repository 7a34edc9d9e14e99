"""Pulumi's names of Azure types: with and without version, of azure-native 3 and of 2, and ARM's beside them."""

from __future__ import annotations

from functools import cache

from kade.facts.azure_types import index, type_by_token
from kade.policies.kit.resource import bare_type


@cache
def current_type(token: str) -> str:
    """The type as azure-native 3 names it, without version: ``insights:Component`` now stands in another module."""
    bare = bare_type(token)
    known = type_by_token(bare) if bare.startswith("azure-native:") else None
    return known.token if known else bare


@cache
def former_types(token: str) -> tuple[str, ...]:
    """The names that azure-native 2 had for a type, where they differ: a program that uses it is judged as well."""
    key = token.removeprefix("azure-native:")
    older = (f"azure-native:{old}" for old, now in index()["old"].items() if now == key)
    return tuple(old for old in older if current_type(old) == token)


@cache
def arm_type_of(token: str) -> str:
    """The ARM type of a Pulumi type; empty outside the table."""
    known = type_by_token(bare_type(token))
    return known.arm_type if known else ""
