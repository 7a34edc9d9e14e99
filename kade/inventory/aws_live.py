"""Reads AWS accounts with boto3: machines and disks, databases, object stores, functions, load balancers, networks.

Only calls that read are made (`kade.inventory.aws_session`). Accounts and regions are read side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from kade.inventory.aws_session import SOURCE, Account, Region, session
from kade.inventory.model import Component, Database, Dependency, Disk, Inventory, Network, Origin, Server, Storage
from kade.inventory.notes import MISSING, InventoryError, Notes

# The regions in the EU of the partition aws, and the European Sovereign Cloud. Source: AWS documentation, 2026-10.
EU_REGIONS = ("eu-central-1", "eu-west-1", "eu-west-3", "eu-north-1", "eu-south-1", "eu-south-2")
SIDE_BY_SIDE = 8  # requests under way at once


def read(
    accounts: Sequence[Account],
    regions: Sequence[str],
    notes: Notes,
    on_progress: Callable[[str, int], None] = lambda _place, _count: None,
) -> Inventory:
    """Everything in these accounts and regions. ``on_progress`` hears a place and how many records it gave.

    An account that cannot be entered is noted, and the others are read.
    """
    jobs = []
    for account in accounts:
        try:
            base = session(account)
        except InventoryError as problem:
            notes.add(
                MISSING, Origin(SOURCE, account.label), "sts:assume_role", f"{problem}; it is not in the inventory"
            )
            continue
        number = _number(base, account, regions[0], notes)
        jobs += [(base, number, region, region == regions[0]) for region in regions]

    def one(job: tuple[Any, str, str, bool]) -> tuple[Inventory, Notes]:
        base, number, region, first = job
        said = Notes()
        found = _region(Region(base, number, region, said), with_buckets=first)
        on_progress(f"{number}/{region}", found.count)
        return found, said

    whole = Inventory()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for found, said in pool.map(one, jobs):
            whole.extend(found)
            notes.entries += said.entries
    return whole


def _number(base: Any, account: Account, region: str, notes: Notes) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    place = Region(base, account.label, region, notes)
    try:
        return place.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as problem:
        place.note(
            "sts:get_caller_identity", f"the account's number is not known ({problem}); it is called {account.label}"
        )
        return account.label


def _region(place: Region, *, with_buckets: bool) -> Inventory:
    found = Inventory()
    disks, loose = _disks(place)
    found.servers += _servers(place, disks)
    found.storage += loose
    found.databases += _databases(place)
    found.networks += _networks(place)
    found.components += _functions(place)
    for balancers, targets in (_load_balancers(place), _classic_balancers(place)):
        found.components += balancers
        found.dependencies += targets
    if with_buckets:  # buckets are listed by account, whatever the region
        found.storage += _buckets(place)
    return found


def _tags(item: dict[str, Any], key: str = "Tags") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get(key) or ()}


def _servers(place: Region, disks: dict[str, list[Disk]]) -> list[Server]:
    reservations = place.pages("ec2", "describe_instances", "Reservations")
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    instances = [i for i in instances if i.get("State", {}).get("Name") not in {"terminated", "shutting-down"}]
    if not instances:
        return []
    sizes = _sizes(place, sorted({i["InstanceType"] for i in instances}))
    return [_server(place, instance, disks, sizes) for instance in instances]


def _server(
    place: Region, instance: dict[str, Any], disks: dict[str, list[Disk]], sizes: dict[str, tuple[int, float]]
) -> Server:
    tags = _tags(instance)
    identifier = instance["InstanceId"]
    cores, memory = sizes.get(instance["InstanceType"], (None, None))
    own = tuple(disks.get(identifier, ()))
    addresses = [a.get("PrivateIpAddress") for card in instance.get("NetworkInterfaces", ()) for a in _ips(card)]
    return Server(
        name=tags.get("Name") or identifier,
        origin=place.origin,
        uuid=identifier,
        powered_on=instance.get("State", {}).get("Name") == "running",
        operating_system=instance.get("PlatformDetails") or instance.get("Platform") or "",
        cores=cores,
        memory_mib=memory,
        storage_gib=sum(disk.size_gib or 0 for disk in own) or None,
        boot={"uefi": "efi", "legacy-bios": "bios"}.get(instance.get("BootMode", ""), ""),
        disks=own,
        addresses=tuple(dict.fromkeys(filter(None, [instance.get("PrivateIpAddress"), *addresses]))),
        networks=tuple(filter(None, [instance.get("VpcId"), instance.get("SubnetId")])),
        location=place.place,
        application=tags.get("Application") or tags.get("application") or "",
        environment=tags.get("Environment") or tags.get("environment") or "",
        tags={**tags, "aws:instance-type": instance["InstanceType"]},
    )


def _ips(card: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return card.get("PrivateIpAddresses", ())


def _disks(place: Region) -> tuple[dict[str, list[Disk]], list[Storage]]:
    """The disks by machine, and those that no machine holds."""
    found: dict[str, list[Disk]] = {}
    loose = []
    for volume in place.pages("ec2", "describe_volumes", "Volumes"):
        name, size = volume["VolumeId"], float(volume["Size"])
        machines = [one["InstanceId"] for one in volume.get("Attachments", ()) if "InstanceId" in one]
        for machine in machines:
            found.setdefault(machine, []).append(Disk(name, size, volume.get("Iops"), volume.get("Throughput")))
        if not machines:
            loose.append(Storage(name, place.origin, "disk", size, place.place, _tags(volume)))
    return found, loose


def _sizes(place: Region, types: list[str]) -> dict[str, tuple[int, float]]:
    """Cores and memory (MiB) by instance type; a hundred types fit in one call."""
    found = {}
    for start in range(0, len(types), 100):
        for item in place.pages(
            "ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=types[start : start + 100]
        ):
            found[item["InstanceType"]] = (item["VCpuInfo"]["DefaultVCpus"], float(item["MemoryInfo"]["SizeInMiB"]))
    return found


def _databases(place: Region) -> list[Database]:
    return [
        Database(
            name=instance["DBInstanceIdentifier"],
            origin=place.origin,
            server=instance.get("Endpoint", {}).get("Address", ""),
            engine=instance.get("Engine", ""),
            version=instance.get("EngineVersion", ""),
            size_gib=float(instance["AllocatedStorage"]) if instance.get("AllocatedStorage") else None,
            environment=_tags(instance, "TagList").get("Environment", ""),
            tags=_tags(instance, "TagList"),
        )
        for instance in place.pages("rds", "describe_db_instances", "DBInstances")
    ]


def _networks(place: Region) -> list[Network]:
    found = []
    for vpc in place.pages("ec2", "describe_vpcs", "Vpcs"):
        ranges = [block["CidrBlock"] for block in vpc.get("CidrBlockAssociationSet", ())] or [vpc["CidrBlock"]]
        ranges += [block["Ipv6CidrBlock"] for block in vpc.get("Ipv6CidrBlockAssociationSet", ())]
        found.append(Network(vpc["VpcId"], place.origin, tuple(ranges), place.place))
    for subnet in place.pages("ec2", "describe_subnets", "Subnets"):
        found.append(Network(subnet["SubnetId"], place.origin, (subnet["CidrBlock"],), place.place))
    return found


def _functions(place: Region) -> list[Component]:
    return [
        _component(place, item["FunctionName"], "function", item.get("Runtime", ""), item["FunctionArn"])
        for item in place.pages("lambda", "list_functions", "Functions")
    ]


def _component(place: Region, name: str, kind: str, detail: str, arn: str) -> Component:
    return Component(name, place.origin, kind, detail, place.place, place.tags.get(arn, {}))


def _load_balancers(place: Region) -> tuple[list[Component], list[Dependency]]:
    """Load balancers of the newer kind, and the machines behind each target group."""
    balancers = list(place.pages("elbv2", "describe_load_balancers", "LoadBalancers"))
    if not balancers:
        return [], []
    names = {item["LoadBalancerArn"]: item["LoadBalancerName"] for item in balancers}
    found = []
    for group in place.pages("elbv2", "describe_target_groups", "TargetGroups"):
        health = place.pages(
            "elbv2", "describe_target_health", "TargetHealthDescriptions", TargetGroupArn=group["TargetGroupArn"]
        )
        targets = [item["Target"] for item in health]
        for arn in group.get("LoadBalancerArns", ()):
            found += [
                Dependency(
                    names[arn], target["Id"], place.origin, port=target.get("Port"), protocol=group.get("Protocol", "")
                )
                for target in targets
                if arn in names
            ]
    components = [
        _component(place, item["LoadBalancerName"], "load balancer", item.get("Type", ""), item["LoadBalancerArn"])
        for item in balancers
    ]
    return components, found


def _classic_balancers(place: Region) -> tuple[list[Component], list[Dependency]]:
    """Load balancers of the older kind, which name their machines themselves."""
    components, found = [], []
    for item in place.pages("elb", "describe_load_balancers", "LoadBalancerDescriptions"):
        name = item["LoadBalancerName"]
        components.append(Component(name, place.origin, "load balancer", "classic", place.place))
        ports = [listener["Listener"].get("InstancePort") for listener in item.get("ListenerDescriptions", ())] or [
            None
        ]
        machines = [one["InstanceId"] for one in item.get("Instances", ())]
        found += [Dependency(name, machine, place.origin, port=port) for machine in machines for port in ports]
    return components, found


def _buckets(place: Region) -> list[Storage]:
    found = []
    for bucket in place.pages("s3", "list_buckets", "Buckets"):
        found.append(
            Storage(
                bucket["Name"],
                replace(place.origin, sheet="s3"),
                "bucket",
                location=_where(place, bucket),
                tags=_bucket_tags(place, bucket["Name"]),
            )
        )
    if found:
        place.note("s3", "sizes of buckets are not in this list; they stand in S3 Storage Lens")
    return found


def _bucket_tags(place: Region, name: str) -> dict[str, str]:
    """The tags of a bucket, which are asked for one by one; none where it has none, or that is not allowed."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return _tags(place.client("s3").get_bucket_tagging(Bucket=name), "TagSet")
    except ClientError as problem:
        if problem.response.get("Error", {}).get("Code") != "NoSuchTagSet":
            place.note(f"s3:{name}", f"its tags are not known ({problem})")
    except BotoCoreError as problem:
        place.note(f"s3:{name}", f"its tags are not known ({problem})")
    return {}


def _where(place: Region, bucket: dict[str, Any]) -> str:
    """The bucket's region: in the list itself in newer answers, else asked; empty where that is not allowed."""
    from botocore.exceptions import BotoCoreError, ClientError

    if bucket.get("BucketRegion"):
        return f"{place.account}/{bucket['BucketRegion']}"
    try:
        answer = place.client("s3").get_bucket_location(Bucket=bucket["Name"])
    except (BotoCoreError, ClientError) as problem:
        place.note(f"s3:{bucket['Name']}", f"its region is not known ({problem})")
        return place.account
    return f"{place.account}/{answer.get('LocationConstraint') or 'us-east-1'}"
