"""``kade network``: the address plan, what can reach what and by which rules, and a picture of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kade.cli.errors import UsageError
from kade.cli.options import EnvOption, EstateArgument, choice, formats
from kade.cli.output import stderr

if TYPE_CHECKING:
    from kade.components.network.reach import Verdict
    from kade.estate import Estate
    from kade.stacks.connectivity_reach import Answer, View


def command(
    estate: EstateArgument,
    source: Annotated[
        str, typer.Option("--from", help="a spoke, spoke/subnet, segment, site:…, partner:…, internet, address")
    ] = "",
    target: Annotated[str, typer.Option("--to", help="the same, or fqdn:…, azure:…: can it be reached?")] = "",
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="the port (default: those in the matrix)")
    ] = None,
    protocol: Annotated[
        str | None, choice("--protocol", ("Tcp", "Udp", "Icmp"), "default every one, or Tcp with --port")
    ] = None,
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
    from kade.cli.target import environment_of
    from kade.components.network.ranges import AddressError
    from kade.components.network.segments import FlowError
    from kade.estate import load
    from kade.stacks.connectivity_addresses import plan_of, write_record
    from kade.stacks.connectivity_reach import ReachError, View

    found = load(estate)
    environment = environment_of(found, env)
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


def _reach(view: View, source: str, target: str, port: int | None, protocol: str | None, format_: str) -> None:
    if format_ in ("mermaid", "svg"):
        raise UsageError("a picture shows the whole network; leave out --from, or choose text or json.")
    ports = [(protocol or "Tcp", port)] if port else [p for p in view.ports() if protocol in (None, p[0])]
    answers = view.between(source, target, ports) if target else view.reachable_from(source, ports)
    if format_ == "json":
        print(json.dumps([_described(answer) for answer in answers], indent=2))
        return
    shown = answers if port and target else [a for a in answers if a.reachable]
    for (one, other, steps), some in _alike(shown).items():
        verdict = "reaches" if some[0].reachable else "does not reach"
        print(f"{one} {verdict} {other} on {_ports(some)}")
        for step in steps:
            print(f"  {step}")
    if not shown:
        print(f"{source} reaches {target or 'nothing'} on none of {len(ports)} ports of the matrix")


def _alike(answers: list[Answer]) -> dict[tuple[str, str, tuple[Verdict, ...]], list[Answer]]:
    """Answers of the same pair with the same steps, which differ in the port only."""
    found: dict[tuple[str, str, tuple[Verdict, ...]], list[Answer]] = {}
    for answer in answers:
        found.setdefault((answer.source.name, answer.target.name, tuple(answer.steps)), []).append(answer)
    return found


def _ports(answers: list[Answer]) -> str:
    by_protocol: dict[str, list[str]] = {}
    for answer in answers:
        numbers = by_protocol.setdefault(answer.packet.protocol, [])
        numbers += [str(answer.packet.port)] if answer.packet.port else []
    return "; ".join(f"{protocol} {', '.join(numbers)}".strip() for protocol, numbers in by_protocol.items())


def _described(answer: Answer) -> dict[str, Any]:
    return {
        "from": answer.source.name,
        "to": answer.target.name,
        "protocol": answer.packet.protocol,
        "port": answer.packet.port,
        "reachable": answer.reachable,
        "steps": [{"where": s.where, "allowed": s.allowed, "rule": s.rule} for s in answer.steps],
    }
