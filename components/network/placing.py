"""The address plan: from a few supernets to every network and subnet, and the same again tomorrow.

A literal range wins, then the range on record, and only what is new is placed in free space. No function of the
present set alone can keep every allocation when networks come and go, so the record (``addresses.lock.yaml`` beside
the estate) carries what was given out: docs/decisions/0003.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from kade.components.network.plan import (
    AddressPlan,
    NetworkRequest,
    PlannedNetwork,
    Pool,
    Recorded,
    SubnetRequest,
)
from kade.components.network.pool import FreeSpace
from kade.components.network.ranges import (
    IPV6_SUBNET,
    AddressError,
    Labelled,
    Network,
    check_subnet_size,
    overlaps,
    parse_range,
    within,
)

IPV6_NETWORK = 56  # 256 subnets of /64 in each network; a /48 gives 256 networks


def plan_addresses(
    pools: Mapping[str, Pool], requests: Sequence[NetworkRequest], recorded: Mapping[str, Recorded] | None = None
) -> AddressPlan:
    """Place every network and subnet.

    Raises `AddressError` where a range is no range, two overlap, a subnet is too small for what it is for, a network
    cannot grow in place, or a pool is full (it says which, what was asked, and what the largest free block is).
    """
    recorded = recorded or {}
    names = [r.name for r in requests]
    if double := sorted({n for n in names if names.count(n) > 1} if len(set(names)) < len(names) else ()):
        raise AddressError(f"networks.{double[0]}: there are two networks of this name")
    space = {name: _read_pool(name, pool) for name, pool in pools.items()}
    retired = {name: record for name, record in recorded.items() if name not in set(names)}
    for request in requests:
        if request.pool not in pools:
            known = ", ".join(pools) or "none"
            raise AddressError(f"networks.{request.name}.pool: no pool {request.pool!r}; the pools are: {known}")

    fixed = {r.name: block for r in requests if (block := _fixed_block(r, recorded.get(r.name), space[r.pool][0]))}
    apart = {r.name for r in requests if not r.connected and r.range}
    warnings = _refuse_overlaps(fixed, retired, pools, apart)
    unrecorded = [f"networks.{r.name}" for r in requests if r.name not in recorded and not r.range]
    blocks: dict[str, Network] = dict(fixed)
    six: dict[str, Network] = {}
    free: dict[str, list[Network]] = {}
    for name, (ranges, reserved, ipv6) in space.items():
        mine = [r for r in requests if r.pool == name]
        occupied = [*reserved, *fixed.values(), *(parse_range(o.block, f"record.{n}") for n, o in retired.items())]
        left = FreeSpace(ranges, [o for o in occupied if o.version == 4])
        for request in sorted(
            (r for r in mine if r.name not in blocks), key=lambda r: (_block_prefix(r), r.name)
        ):  # large ones first: they are hardest to place
            blocks[request.name] = _take(left, _block_prefix(request), f"networks.{request.name}", f"pool {name}")
        free[name] = left.blocks()
        six |= _plan_ipv6_networks(name, ipv6, [r for r in mine if r.ipv6], recorded)

    networks: dict[str, PlannedNetwork] = {}
    for request in requests:
        planned = _plan_network(request, blocks[request.name], six.get(request.name), recorded.get(request.name))
        networks[request.name] = planned
        known = recorded[request.name].subnets if request.name in recorded else {}
        unrecorded += [
            f"networks.{request.name}.subnets.{s.name}" for s in request.subnets if not s.range and s.name not in known
        ]
    return AddressPlan(networks, free, retired, unrecorded, warnings)


def _read_pool(name: str, pool: Pool) -> tuple[list[Network], list[Network], list[Network]]:
    ranges = [parse_range(r, f"pools.{name}.ranges[{i}]") for i, r in enumerate(pool.ranges)]
    for first, second in overlaps(Labelled(f"{name}[{i}]", r) for i, r in enumerate(ranges)):
        raise AddressError(f"pools.{name}.ranges: {first.range} and {second.range} overlap; take one of them out")
    reserved = [parse_range(r, f"pools.{name}.reserved.{label}") for label, r in pool.reserved.items()]
    ipv6 = [parse_range(r, f"pools.{name}.ipv6[{i}]") for i, r in enumerate(pool.ipv6)]
    for range_ in ipv6:
        if range_.version != 6 or range_.prefixlen > IPV6_NETWORK:
            raise AddressError(f"pools.{name}.ipv6: {range_} is no IPv6 range of at least a /{IPV6_NETWORK}")
    if any(r.version == 6 for r in ranges):
        raise AddressError(f"pools.{name}.ranges: takes IPv4; an IPv6 range goes into pools.{name}.ipv6")
    return ranges, reserved, ipv6


def _size(request: NetworkRequest) -> int:
    """The prefix length of the network itself."""
    where = f"networks.{request.name}"
    if request.range:
        return parse_range(request.range, f"{where}.range").prefixlen
    if request.prefix is not None:
        return request.prefix
    total = sum(
        1 << (32 - (parse_range(s.range, f"{where}.subnets.{s.name}.range").prefixlen if s.range else p))
        for s in request.subnets
        for p in [0 if s.range else s.prefix_length(f"{where}.subnets.{s.name}")]
    )
    if not total:
        raise AddressError(f"{where}: no size; give `prefix`, a literal `range`, or subnets to add up")
    return 32 - (total - 1).bit_length()


def _block_prefix(request: NetworkRequest) -> int:
    size = _size(request)
    if request.reserve is not None and request.reserve > size:
        raise AddressError(f"networks.{request.name}.reserve: /{request.reserve} is smaller than the network (/{size})")
    return size if request.reserve is None else request.reserve


def _fixed_block(request: NetworkRequest, before: Recorded | None, pool: Iterable[Network]) -> Network | None:
    """The block that a literal or the record gives; grown in place where more is asked for now."""
    if request.range:
        return parse_range(request.range, f"networks.{request.name}.range")
    if before is None:
        return None
    block = parse_range(before.block, f"record.{request.name}.block")
    if not within(block, pool):
        raise AddressError(
            f"networks.{request.name}: has {block} on record, which is in no supernet of pool {request.pool}; put the "
            f"supernet back, or take the network off the record so that it moves (its resources are then replaced)"
        )
    wanted = _block_prefix(request)
    if wanted >= block.prefixlen:
        return block
    grown = block.supernet(new_prefix=wanted)
    if grown.network_address != block.network_address or not within(grown, pool):
        raise AddressError(
            f"networks.{request.name}: has {block} on record and now needs a /{wanted}, which cannot begin there; "
            f"ask for less, or take it off the record so that it moves (its resources are then replaced)"
        )
    return grown


def _refuse_overlaps(
    fixed: Mapping[str, Network], retired: Mapping[str, Recorded], pools: Mapping[str, Pool], apart: Collection[str]
) -> list[str]:
    """Refuse ranges that overlap; of a network that is connected to nothing it is only a warning (returned)."""
    kept = [Labelled(f"network {n}", r) for n, r in fixed.items()]
    kept += [Labelled(f"network {n} (gone, still on record)", parse_range(o.block, n)) for n, o in retired.items()]
    kept += [
        Labelled(f"reservation {label} of pool {name}", parse_range(r, label))
        for name, pool in pools.items()
        for label, r in pool.reserved.items()
    ]
    alone = {f"network {name}" for name in apart}
    warnings: list[str] = []
    for a, b in overlaps(kept):
        found = f"{a.label} ({a.range}) and {b.label} ({b.range}) overlap"
        if a.label not in alone and b.label not in alone:
            raise AddressError(f"{found}; give one of them another range, or take what is gone off the record")
        warnings.append(f"{found}; they are not peered, and never can be")
    return warnings


def _take(left: FreeSpace, prefix: int, what: str, where: str) -> Network:
    taken = left.take(prefix)
    if taken is None:
        blocks = left.blocks()
        largest = f"its largest free block is {min(blocks, key=lambda b: b.prefixlen)}" if blocks else "nothing is free"
        raise AddressError(f"{what}: {where} has no room for a /{prefix}; {largest}. Add a supernet or ask for less")
    return taken


def _plan_ipv6_networks(
    pool: str, ipv6: Sequence[Network], requests: Sequence[NetworkRequest], recorded: Mapping[str, Recorded]
) -> dict[str, Network]:
    if not requests:
        return {}
    if not ipv6:
        raise AddressError(f"networks.{requests[0].name}.ipv6: pool {pool} has no IPv6 range; give pools.{pool}.ipv6")
    given = {n: parse_range(o.ipv6, f"record.{n}.ipv6") for n, o in recorded.items() if o.ipv6}
    left = FreeSpace(ipv6, given.values())
    for request in sorted(requests, key=lambda r: r.name):
        if request.name not in given:
            given[request.name] = _take(left, IPV6_NETWORK, f"networks.{request.name}.ipv6", f"pool {pool} (IPv6)")
    return {r.name: given[r.name] for r in requests}


def _plan_network(
    request: NetworkRequest, block: Network, six: Network | None, before: Recorded | None
) -> PlannedNetwork:
    where = f"networks.{request.name}"
    size = _size(request)
    # A network never shrinks below what is on record for its subnets; the block is its limit.
    range_ = block if request.reserve is None else next(iter(block.subnets(new_prefix=max(size, block.prefixlen))))
    known = {s.name: before.subnets[s.name] for s in request.subnets if before and s.name in before.subnets}
    fixed = {s.name: parse_range(s.range, f"{where}.subnets.{s.name}.range") for s in request.subnets if s.range}
    for subnet in request.subnets:
        if subnet.name in known and subnet.name not in fixed:
            fixed[subnet.name] = _recorded_subnet(subnet, known[subnet.name], where)
    while range_.prefixlen > block.prefixlen and any(not within(r, [range_]) for r in fixed.values()):
        range_ = range_.supernet()
    for name, r in fixed.items():
        if not within(r, [range_]):
            raise AddressError(f"{where}.subnets.{name}: {r} lies outside its network, {range_}")
    for a, b in overlaps(Labelled(n, r) for n, r in fixed.items()):
        raise AddressError(
            f"{where}: subnets {a.label} ({a.range}) and {b.label} ({b.range}) overlap; move one of them"
        )
    gone = [parse_range(r, where) for n, r in before.subnets.items() if n not in fixed] if before else []
    left = FreeSpace([range_], [*fixed.values(), *(g for g in gone if not any(g.overlaps(f) for f in fixed.values()))])
    new = [s for s in request.subnets if s.name not in fixed]
    for subnet in sorted(new, key=lambda s: (s.prefix_length(f"{where}.subnets.{s.name}"), s.name)):
        what = f"{where}.subnets.{subnet.name}"
        fixed[subnet.name] = _take(left, subnet.prefix_length(what), what, f"network {request.name} ({range_})")
    for name, r in fixed.items():
        check_subnet_size(name, r, f"{where}.subnets.{name}")
    ordered = {s.name: fixed[s.name] for s in request.subnets}
    return PlannedNetwork(request.name, request.pool, block, range_, ordered, six, _plan_ipv6(request, six, before))


def _recorded_subnet(subnet: SubnetRequest, known: str, where: str) -> Network:
    field_ = f"{where}.subnets.{subnet.name}"
    range_ = parse_range(known, field_)
    asked = subnet.prefix_length(field_)
    if asked < range_.prefixlen:
        raise AddressError(
            f"{field_}: has {range_} on record and now asks for a /{asked}; Azure resizes no subnet that is in use: "
            f"add a second subnet, or take this one off the record so that it moves"
        )
    return range_


def _plan_ipv6(request: NetworkRequest, six: Network | None, before: Recorded | None) -> dict[str, Network]:
    if six is None:
        return {}
    known = {n: parse_range(r, n) for n, r in before.subnets_ipv6.items()} if before else {}
    left = FreeSpace([six], known.values())
    for name in sorted(s.name for s in request.subnets if s.name not in known):
        known[name] = _take(left, IPV6_SUBNET, f"networks.{request.name}.subnets.{name}", f"network {six}")
    return {s.name: known[s.name] for s in request.subnets}


def subnets_left(planned: PlannedNetwork) -> list[Network]:
    """What is free in a network's range for more subnets."""
    return FreeSpace([planned.range], planned.subnets.values()).blocks()
