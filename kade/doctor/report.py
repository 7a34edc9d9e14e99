"""Needs as text, as Markdown for a request to an administrator, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kade.doctor.needs import KINDS, PROVIDER, Need
from kade.doctor.providers import providers
from kade.doctor.purchases import by_use, licences
from kade.doctor.rights import billing, entra, rights
from kade.estate import Estate


def needs_of(estate: Estate) -> list[Need]:
    """Everything that an estate needs, in the order of `KINDS`."""
    parts = (rights, entra, billing, licences, by_use, providers)
    found = [need for part in parts for need in part(estate)]
    return sorted(found, key=lambda need: KINDS.index(need.kind))


def text(needs: Sequence[Need]) -> Iterator[str]:
    """For people."""
    for kind, group in _by_kind(needs):
        yield f"{kind} ({len(group)})"
        for need in group:
            yield f"  {need.what}"
            yield f"    on {need.where}: {need.why}"
            yield f"    from {need.given_by}; costs {need.cost}"
            if need.command:
                yield from (f"    {command}" for command in need.command.split("; "))


def markdown(needs: Sequence[Need]) -> Iterator[str]:
    """Tables, one for each kind: to send to who gives it."""
    for kind, group in _by_kind(needs):
        yield f"## {kind}\n"
        yield "| what | where | why | who gives it | cost |"
        yield "| --- | --- | --- | --- | --- |"
        for need in group:
            cells = (need.what, need.where, need.why, need.given_by, need.cost)
            yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
        yield ""
        if kind == PROVIDER:
            yield "```console"
            yield from (command for need in group for command in need.command.split("; "))
            yield "```\n"


def _by_kind(needs: Iterable[Need]) -> Iterator[tuple[str, list[Need]]]:
    found = list(needs)
    for kind in KINDS:
        group = [need for need in found if need.kind == kind]
        if group:
            yield kind, group
