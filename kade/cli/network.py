"""``kade network``: the address plan, what can reach what and by which rules, and a picture of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kade.cli.errors import UsageError
from kade.cli.options import EnvOption, EstateArgument, choice, formats
from kade.cli.output import stderr

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.stacks.connectivity_reach import Answer, View


def command(
    estate: EstateArgument,
    source: Annotated[
        str, typer.Option("--from", help="a spoke, spoke/subnet, segment, site:…, partner:…, address")
    ] = "",
    target: Annotated[str, typer.Option("--to", help="the same; with --from: can it be reached?")] = "",
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="the port (default: those in the matrix)")
    ] = None,
    protocol: Annotated[str, choice("--protocol", ("Tcp", "Udp", "Icmp"))] = "Tcp",
    env: EnvOption = "",
    record: Annotated[bool, typer.Option("--record", help="write addresses.lock.yaml beside the estate")] = False,
    requests: Annotated[
        bool, typer.Option("--requests", help="what providers, partners and owners of others' zones have to do")
    ] = False,
    format_: Annotated[str, formats("text", "json", "mermaid", "svg")] = "text",
) -> None:
    """Show the address plan, or with --from and --to what can reach what, and by which rules."""
    if target and not source:
        raise UsageError("--to says where to; say where from with --from.")
    from kade.components.network.ranges import AddressError
    from kade.components.network.segments import FlowError
    from kade.estate import load
    from kade.stacks.connectivity_addresses import plan_of, write_record
    from kade.stacks.connectivity_reach import ReachError, View

    found = load(estate)
    environment = env or found.production
    if environment not in found.environments:
        raise UsageError(f"{found.name} has no environment {environment!r}; it has {', '.join(found.environments)}.")
    try:
        if record:
            stderr(f"written to {write_record(found, plan_of(found))}")
            return
        view = View(found.for_environment(environment), environment)
        if requests:
            _requests(view, format_)
        elif source:
            _reach(view, source, target, port, protocol, format_)
        elif format_ in ("mermaid", "svg"):
            from kade.stacks.connectivity_picture import mermaid
            from kade.stacks.connectivity_svg import svg

            print(svg(view) if format_ == "svg" else mermaid(view), end="")
        else:
            _plan(found, view, format_)
    except (AddressError, FlowError, ReachError) as error:
        raise UsageError(f"{found.folder or found.name}: {error}.") from error


def _plan(estate: Estate, view: View, format_: str) -> None:
    from kade.components.network.plan_table import plan_rows
    from kade.stacks.connectivity_addresses import pools_of

    rows = plan_rows(pools_of(estate), view.plan)
    if format_ == "json":
        print(json.dumps([vars(row) for row in rows], indent=2))
        return
    pool = ""
    for row in rows:
        if row.pool != pool:
            print(f"{row.pool}")
            pool = row.pool
        name = f"    {row.subnet}" if row.subnet else f"  {row.network or row.kind}"
        print(f"{name:35}{row.range:38}{row.usable:>7}  {row.note}".rstrip())
    if view.plan.unrecorded:
        stderr(
            f"{len(view.plan.unrecorded)} ranges are not on record; `kade network {estate.name} --record` keeps them"
        )


def _requests(view: View, format_: str) -> None:
    from kade.stacks.connectivity_requests import requests_of

    if format_ in ("mermaid", "svg"):
        raise UsageError("requests are words; choose text or json.")
    found = requests_of(view.estate, view.plan)
    if format_ == "json":
        print(json.dumps([item.as_output() for item in found], indent=2))
        return
    for item in found:
        print(f"{item.key}  {item.title}")
        pairs = [("to", item.to), ("reference", item.reference), ("connection", item.connection)]
        pairs += [("their ranges", ", ".join(item.their_ranges)), ("knows us by", ", ".join(item.known_by))]
        for name, value in [*pairs, *(("contact", c) for c in item.contacts), *(("please", a) for a in item.asks)]:
            if value:
                print(f"  {name:13}{value}")
        for rule in item.rules:
            way = f"{', '.join(rule.ours)} {'to' if rule.direction == 'out' else 'from'} {', '.join(rule.theirs)}"
            print(f"  {'let through':13}{rule.protocol} {', '.join(rule.ports)}, {way}: {rule.why}")
        print()


def _reach(view: View, source: str, target: str, port: int | None, protocol: str, format_: str) -> None:
    from kade.stacks.connectivity_reach import ports_of

    ports = [(protocol, port)] if port else [p for p in ports_of(view.estate) if p[0] == protocol]
    if format_ in ("mermaid", "svg"):
        raise UsageError("a picture shows the whole network; leave out --from, or choose text or json.")
    answers = list(_between(view, source, target, ports)) if target else view.reachable_from(source, ports)
    if format_ == "json":
        print(json.dumps([_described(answer) for answer in answers], indent=2))
        return
    shown = answers if port and target else [a for a in answers if a.reachable]
    for answer in shown:
        packet = answer.packet
        verdict = "reaches" if answer.reachable else "does not reach"
        print(f"{answer.source.name} {verdict} {answer.target.name} on {packet.protocol} {packet.port}")
        for step in answer.steps:
            print(f"  {step}")
    if not shown:
        print(f"{source} reaches {target or 'nothing'} on none of {len(ports)} ports of the matrix")


def _between(view: View, source: str, target: str, ports: list[tuple[str, int]]) -> Iterator[Answer]:
    for one in view.find(source):
        for other in view.find(target):
            if one.name != other.name:
                for protocol, port in ports:
                    yield view.ask(one, other, port, protocol)


def _described(answer: Answer) -> dict[str, Any]:
    return {
        "from": answer.source.name,
        "to": answer.target.name,
        "protocol": answer.packet.protocol,
        "port": answer.packet.port,
        "reachable": answer.reachable,
        "steps": [{"where": s.where, "allowed": s.allowed, "rule": s.rule} for s in answer.steps],
    }
