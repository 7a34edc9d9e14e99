"""Azure's built-in roles: the GUID of each by its name."""

from __future__ import annotations

from kade.facts.data import read, unknown


def role_id(name: str) -> str:
    """The GUID of a built-in role. Raises `UnknownFactError` for one outside the table."""
    roles = read("roles")["roles"]
    if name not in roles:
        raise unknown("built-in role", name, list(roles), "A role outside the table is given by its full id.")
    return roles[name]


def role_names() -> tuple[str, ...]:
    """The names of the built-in roles in the table."""
    return tuple(read("roles")["roles"])


def administrative_roles() -> tuple[str, ...]:
    """The roles that can give rights to others: nobody should have one standing."""
    return tuple(read("roles")["administrative"])


def role_name(role: str) -> str:
    """The name of a built-in role by its GUID or full id; what is a name already, or not in the table, stays itself."""
    guid = role.rsplit("/", 1)[-1].lower()
    return next((name for name, known in read("roles")["roles"].items() if known == guid), role)
