"""The network as an SVG picture: hubs with their spokes, the places outside, and below them every flow as an arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from kade.estate import Estate
from kade.estate.network import Partner, Site
from kade.stacks.connectivity_addresses import hub_network, spoke_network
from kade.stacks.connectivity_flows import segment_of
from kade.stacks.connectivity_picture import flow_label, hub_parts, is_cut
from kade.stacks.connectivity_reach import View
from kade.stacks.connectivity_topology import hub_of

# Pixels. A character of the 12-pixel font is taken to be 6.6 wide, in a heading 7.5: what does not fit is cut, and
# stands in a tooltip.
EDGE, GAP, LINE, CARD, CHARACTER, BOLD = 24, 16, 18, 268, 6.6, 7.5
LANE, NAMES, ROW = 104, 190, 34
# Fill by security level, from outside to the most trusted; dark text is readable on each (contrast above 7 to 1).
LEVELS = ("#eceff1", "#ffe0b2", "#fff9c4", "#c8e6c9", "#b3e5fc", "#d1c4e9")
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1a1a1a}.h{font-weight:600}.t{font-size:20px;font-weight:600}"
    ".s{font-size:15px;font-weight:600}.m{fill:#4a4a4a}.c{fill:#fff;stroke:#5f6b76}.g{fill:#f6f8fa;stroke:#c3cad1}"
    ".l{stroke:#d5dae0}.f{stroke:#1f4e79;stroke-width:1.6}.x{stroke:#b3261e;stroke-width:1.6;stroke-dasharray:5 4}"
    ".r{fill:#f6f8fa}"
)


@dataclass
class _Sheet:
    """What is drawn so far, and how far it reaches."""

    parts: list[str] = field(default_factory=list)
    width: float = 0
    height: float = 0

    def text(self, x: float, y: float, text: str, kind: str = "", room: float = 0, anchor: str = "start") -> None:
        most = int(room / (BOLD if kind == "h" else CHARACTER)) if room else len(text)
        shown = text if len(text) <= most else text[: max(1, most - 1)].rstrip() + "…"
        title = f"<title>{escape(text)}</title>" if shown != text else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{title}{escape(shown)}</text>'
        )

    def box(self, x: float, y: float, width: float, height: float, kind: str = "c", fill: str = "") -> None:
        paint = f' style="fill:{fill};stroke:none"' if fill else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" class="{kind}"{paint}/>'
        )
        self.width, self.height = max(self.width, x + width), max(self.height, y + height)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str, *, arrow: bool = False) -> None:
        head = f' marker-end="url(#head-{kind})"' if arrow else ""
        self.parts.append(f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{kind}"{head}/>')


@dataclass(frozen=True)
class _Card:
    """A place or network: a heading, grey lines, and rows with a fill for the level of their segment."""

    heading: str
    notes: Sequence[str] = ()
    rows: Sequence[tuple[str, str]] = ()

    @property
    def height(self) -> float:
        return LINE * (1 + len(self.notes) + len(self.rows)) + 14


def svg(view: View) -> str:
    """The picture of one environment, readable on its own: no script, no font and no picture from elsewhere."""
    estate = view.estate
    sheet = _Sheet()
    wide = max(4, min(5, len(estate.network.spokes)))
    sheet.text(EDGE, EDGE + 14, f"{estate.organisation.display_name}: network, {view.environment}", "t")
    top = EDGE + 36.0
    top = _grid(sheet, top, "Outside", list(_outside(estate)), wide)
    for key, hub in estate.network.hubs.items():
        members = [_spoke(view, s) for s in _spokes(view) if _hub(estate, s) == key]
        others = [k for k, o in estate.network.hubs.items() if k != key and o.ownership == hub.ownership == "managed"]
        planned = view.plan.networks.get(hub_network(key))
        range_ = str(planned.range) if planned is not None else hub.prefix or hub.ownership
        title = f"Hub {key} · {hub.region} · {range_}"
        holds = ", ".join(hub_parts(hub)) or "nothing in it"
        peers = f" · peered with {', '.join(others)}" if others else ""
        top = _grid(sheet, top, title, members, wide, f"{holds}{peers}")
    alone = [_spoke(view, s) for s in _spokes(view) if not _hub(estate, s)]
    if alone:
        top = _grid(sheet, top, "Not peered", alone, wide)
    _flows(sheet, top, estate)
    return _document(sheet)


def _document(sheet: _Sheet) -> str:
    width, height = sheet.width + EDGE, sheet.height + EDGE
    heads = "".join(
        f'<marker id="head-{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
        for kind, colour in (("f", "#1f4e79"), ("x", "#b3261e"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img"><title>Network</title><style>{_STYLE}</style><defs>{heads}</defs>'
        f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(sheet.parts) + "\n</svg>\n"
    )


def _grid(sheet: _Sheet, top: float, title: str, cards: Sequence[_Card], wide: int, note: str = "") -> float:
    """Cards in rows under a title; returns where the next part begins."""
    head = 30 + (LINE if note else 0)
    rows = [cards[i : i + wide] for i in range(0, len(cards), wide)]
    height = head + sum(max(c.height for c in row) + GAP for row in rows) + (0 if rows else 8)
    sheet.box(EDGE, top, wide * (CARD + GAP) + GAP, height, "g")
    sheet.text(EDGE + GAP, top + 21, title, "s")
    if note:
        sheet.text(EDGE + GAP, top + 21 + LINE, note, "m", wide * (CARD + GAP) - GAP)
    y = top + head
    for row in rows:
        for n, card in enumerate(row):
            _draw(sheet, EDGE + GAP + n * (CARD + GAP), y, card)
        y += max(c.height for c in row) + GAP
    return top + height + GAP


def _draw(sheet: _Sheet, x: float, y: float, card: _Card) -> None:
    sheet.box(x, y, CARD, card.height)
    at = y + 17
    sheet.text(x + 8, at, card.heading, "h", CARD - 16)
    for note in card.notes:
        at += LINE
        sheet.text(x + 8, at, note, "m", CARD - 16)
    for text, fill in card.rows:
        at += LINE
        sheet.box(x + 6, at - 13, CARD - 12, LINE - 2, fill=fill)
        sheet.text(x + 12, at, text, "", CARD - 24)


def _outside(estate: Estate) -> Iterator[_Card]:
    network = estate.network
    yield _Card("internet", [f"in over {', '.join(network.ingress)}" if network.ingress else "no way in"])
    for kind, places in (("site", network.sites), ("partner", network.partners)):
        for key, place in places.items():
            yield _Card(
                f"{kind}:{key}", [place.title, _way(estate, kind, key, place)], [_seen(p) for p in _pairs(place)]
            )


def _pairs(place: Site | Partner) -> list[tuple[str, str]]:
    seen = {t.real: t.seen_as for t in place.translations}
    return [(range_, seen.get(range_, range_)) for range_ in place.ranges]


def _seen(pair: tuple[str, str]) -> tuple[str, str]:
    real, seen = pair
    return (real if real == seen else f"{real} → {seen}"), LEVELS[0]


def _way(estate: Estate, kind: str, key: str, place: Site | Partner) -> str:
    for hub_key, hub in estate.network.hubs.items():
        ends = {
            "VPN": [c.to for c in hub.vpn.connections.values()] if hub.vpn else [],
            "ExpressRoute": [c.to for c in hub.expressroute.circuits.values()] if hub.expressroute else [],
        }
        for name, found in ends.items():
            if f"{kind}:{key}" in found:
                return f"{name} to hub {hub_key}"
    if isinstance(place, Partner):
        return f"over {place.site}" if place.connection == "site" else f"by {place.connection}"
    return "no line of its own"


def _spokes(view: View) -> list[str]:
    return list(dict.fromkeys(p.name.split("/")[0] for p in view.places.values() if p.segment))


def _hub(estate: Estate, spoke: str) -> str:
    return hub_of(estate, spoke) if estate.network.spokes[spoke].peered else ""


def _spoke(view: View, key: str) -> _Card:
    spoke = view.estate.network.spokes[key]
    planned = view.plan.networks[spoke_network(key, view.environment)]
    rows: list[tuple[str, str]] = []
    six = " + IPv6" if planned.ipv6 else ""
    for name, subnet in spoke.subnets.items():
        segment = segment_of(name, subnet)
        label = name if segment == name else f"{name} ({segment})"
        rows.append((f"{label}  {planned.subnets[name]}{six}", LEVELS[view.estate.network.segments[segment].level]))
    return _Card(f"{key}  {planned.range}{six}", [spoke.title] if spoke.title else [], rows)


def _lane(place: str) -> str:
    """The column that a place stands in: Azure's services share one, and so do names on the internet."""
    kind, colon, _ = place.partition(":")
    return {"azure": "Azure", "fqdn": "internet"}.get(kind, place) if colon else place


def _flows(sheet: _Sheet, top: float, estate: Estate) -> None:
    """A column for each place, a row for each flow, and an arrow from where it begins to where it goes."""
    network = estate.network
    used = {_lane(end) for flow in network.flows.values() for end in (flow.source, flow.target)}
    levels = sorted(network.segments, key=lambda name: network.segments[name].level)
    outside = [lane for lane in ("internet", "Azure") if lane in used]
    known = [*outside, *(f"site:{s}" for s in network.sites), *(f"partner:{p}" for p in network.partners)]
    lanes = [lane for lane in (*known, *(f"spoke:{s}" for s in network.spokes), "any", *levels) if lane in used]
    left = EDGE + NAMES
    where = {lane: left + LANE * (n + 0.5) for n, lane in enumerate(lanes)}
    sheet.text(EDGE, top + 20, "What may talk to what (everything else is denied)", "s")
    head = top + 36
    bottom = head + 40 + ROW * len(network.flows)
    for lane, x in where.items():
        sheet.line(x, head + 36, x, bottom, "l")
        segment = network.segments.get(lane)
        sheet.box(x - LANE / 2 + 3, head, LANE - 6, 36, fill=LEVELS[segment.level if segment else 0])
        kind, _, name = lane.rpartition(":")
        mark = f"level {segment.level}" if segment else kind or "outside" if lane != "any" else "segment"
        sheet.parts.append(f"<g><title>{escape(segment.title if segment else lane)}</title>")
        sheet.text(x, head + 15, name, "h", LANE - 10, "middle")
        sheet.parts.append("</g>")
        sheet.text(x, head + 30, "isolated" if segment and segment.isolate else mark, "m", LANE - 10, "middle")
    for n, (key, flow) in enumerate(network.flows.items()):
        y = head + 40 + ROW * n
        if n % 2:
            sheet.parts.insert(
                0, f'<rect x="{EDGE}" y="{y:g}" width="{NAMES + LANE * len(lanes):g}" height="{ROW}" class="r"/>'
            )
        sheet.text(EDGE, y + 21, key, "", NAMES - 12)
        start, end = where[_lane(flow.source)], where[_lane(flow.target)]
        kind = "x" if is_cut(estate, flow) else "f"
        if start == end:
            sheet.line(start - 18, y + 24, end + 18, y + 24, kind, arrow=True)
        else:
            sheet.line(start, y + 24, end, y + 24, kind, arrow=True)
        detail = f"{flow_label(flow)}{' denied' if kind == 'x' else ''}"
        tag = f" {flow.target.partition(':')[2]}" if flow.target.startswith(("azure:", "fqdn:")) else ""
        sheet.parts.append(f"<g><title>{escape(f'{key}: {flow.why}')}</title>")
        sheet.text((start + end) / 2, y + 18, f"{detail}{tag}", "m", max(abs(end - start), LANE * 2.6), "middle")
        sheet.parts.append("</g>")
    sheet.box(EDGE, bottom, NAMES + LANE * len(lanes), 1, fill="#d5dae0")
