"""Machines of an application that moves as it is: spread over zones, patched, backed up, watched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import compute, devtestlab, maintenance

from kade.components.arguments import ArgumentError, normalise
from kade.components.workload.backup import MachineBackupArgs, back_up_machine
from kade.components.workload.disks import encryption_set, make_data_disk
from kade.components.workload.interface import interface_of, trusted
from kade.components.workload.machine_parts import join_domain, os_disk, os_profile, watch
from kade.components.workload.maintenance_window import WindowArgs, make_window
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.facts.data import UnknownFactError
from kade.facts.vm_images import vm_image
from kade.facts.vm_sizes import vm_sizes


@dataclass
class MachineArgs:
    """Machines of one kind."""

    os: str
    """windows or linux."""
    version: str
    """The version that a new machine gets: 2022, rhel-9, ubuntu-24.04; see ``kade/facts/vm_images.json``."""
    subnet_id: pulumi.Input[str]
    cores: int = 2
    """Cores that it needs; with the memory they decide its size."""
    memory_gb: float = 8
    """Gigabytes of memory that it needs."""
    disks_gb: Sequence[int] = (128,)
    """Disks; the first boots."""
    size: str = ""
    """A literal size in Azure."""
    count: int = 1
    """Machines of this kind, each in the next zone."""
    computer_name: str = ""
    """What it calls itself, 15 characters at most (13 with a count); default: from the workload."""
    os_disk_ids: Sequence[str] = ()
    """Disks that the migration wrote, one a machine. Without, each is new, from an image of the marketplace."""
    join_domain: bool = False
    """Whether it joins the directory of `MachinesArgs.domain`."""


@dataclass
class DomainArgs:
    """The directory that machines join."""

    name: str
    user: str
    """An account that may join machines and nothing else, as ``user@domain``."""
    password: pulumi.Input[str] | None = None
    """Its password, a secret; without one the machines are made and do not join."""
    organisational_unit: str = ""
    """Where they are put: ``OU=Azure,DC=…``; default: the directory's own place for computers."""


@dataclass
class MachinesArgs:
    """Arguments of `Machines`."""

    place: PlaceArgs
    data: DataArgs
    machines: Mapping[str, MachineArgs]
    """Kinds of machines by a short key."""
    admin_name: str = "beheerder"
    """The local administrator of new machines."""
    admin_password: pulumi.Input[str] | None = None
    """Its password on Windows, a secret. A later change does not reach machines that stand."""
    ssh_public_key: str = ""
    """The key that new Linux machines accept."""
    domain: DomainArgs | None = None
    backup: MachineBackupArgs | None = None
    """The vault and policy; none where it is None."""
    window: WindowArgs | None = None
    """When updates are installed; without one Azure chooses the time."""
    collection_rule_id: pulumi.Input[str] | None = None
    """The rule that says what the agent sends; without one there is no agent."""
    agent_identity_id: pulumi.Input[str] | None = None
    """The identity with which agents sign in."""
    stop_at: str = ""
    """The time of day, Dutch time, at which they are stopped; empty for never."""


class Machines(pulumi.ComponentResource):
    """Virtual machines with their disks, interfaces, agents, patches, backup and place in the directory."""

    machine_ids: pulumi.Output[Mapping[str, str]]
    """The machines by name."""

    def __init__(
        self,
        name: str,
        args: MachinesArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(MachinesArgs, args)
        found = protection(name, args.data, args.place.zones)
        for key, item in args.machines.items():
            _check(f"{name}: {key}", item, args)
        super().__init__("kade:index:Machines", name, None, opts)
        self._args = args
        self._own = args.data.key if found.customer_managed_key else None
        self._set = encryption_set(self, name, args.place, self._own, found)
        self._window = self._make_window(name)
        self.machines: dict[str, compute.VirtualMachine] = {}
        for key, item in args.machines.items():
            for number in range(1, item.count + 1):
                part = f"{key}-{number}" if item.count > 1 else key
                self.machines[part] = self._machine(f"{name}-{part}", part, number, item)
        self.machine_ids = pulumi.Output.all(**{part: made.id for part, made in self.machines.items()})
        self.register_outputs({"machineIds": self.machine_ids})

    def _machine(self, name: str, part: str, number: int, item: MachineArgs) -> compute.VirtualMachine:
        args, place = self._args, self._args.place
        zones = [place.zones[(number - 1) % len(place.zones)]] if place.zones else None
        interface = interface_of(self, name, place, part, item.subnet_id)
        disks = [
            make_data_disk(f"{name}-disk-{n}", place, f"{part}-{n}", gb, zones, self._set, held(self, args.data))
            for n, gb in enumerate(item.disks_gb[1:], 1)
        ]
        machine = compute.VirtualMachine(
            name,
            resource_group_name=place.resource_group_name,
            vm_name=place.name("virtual_machine", part),
            location=place.location,
            zones=zones,
            identity=compute.VirtualMachineIdentityArgs(
                type="SystemAssigned, UserAssigned" if args.agent_identity_id is not None else "SystemAssigned",
                user_assigned_identities=[args.agent_identity_id] if args.agent_identity_id is not None else None,
            ),
            hardware_profile=compute.HardwareProfileArgs(vm_size=item.size or size_of(name, item)),
            license_type="Windows_Server" if item.os == "windows" else None,
            os_profile=os_profile(args, item, _computer(args, item, part, number)),
            storage_profile=compute.StorageProfileArgs(
                image_reference=_image(item),
                os_disk=os_disk(place.name("disk", part), item, number, self._set),
                data_disks=[
                    compute.DataDiskArgs(
                        lun=lun,
                        create_option="Attach",
                        caching="ReadOnly",
                        delete_option="Detach",
                        managed_disk=compute.ManagedDiskParametersArgs(id=disk.id),
                    )
                    for lun, disk in enumerate(disks)
                ],
            ),
            network_profile=compute.NetworkProfileArgs(
                network_interfaces=[compute.NetworkInterfaceReferenceArgs(id=interface.id, primary=True)]
            ),
            security_profile=trusted(),
            diagnostics_profile=compute.DiagnosticsProfileArgs(
                boot_diagnostics=compute.BootDiagnosticsArgs(enabled=True)
            ),
            tags=place.tags,
            opts=held(self, args.data, ignore=["osProfile.adminPassword"]),
        )
        self._around(name, item, machine)
        return machine

    def _make_window(self, name: str) -> maintenance.MaintenanceConfiguration | None:
        place, window = self._args.place, self._args.window
        if window is None:
            return None
        group = place.resource_group_name
        return make_window(self, name, place.names, place.workload, group, place.location, window)

    def _around(self, name: str, item: MachineArgs, machine: compute.VirtualMachine) -> None:
        """What belongs to a machine: patches, agent, directory, copies, the hour at which it stops."""
        args, place = self._args, self._args.place
        here = pulumi.ResourceOptions(parent=self)
        if self._window is not None:
            maintenance.ConfigurationAssignment(
                f"{name}-patches",
                resource_group_name=place.resource_group_name,
                provider_name="Microsoft.Compute",
                resource_type="virtualMachines",
                resource_name_=machine.name,
                configuration_assignment_name="updates",
                location=place.location,
                maintenance_configuration_id=self._window.id,
                resource_id=machine.id,
                opts=here,
            )
        last = watch(self, name, args, item, machine)
        if item.join_domain and args.domain is not None:
            join_domain(self, name, args, args.domain, machine, last)
        if args.backup is not None:
            back_up_machine(self, name, place, args.backup, machine)
        if args.stop_at:
            devtestlab.GlobalSchedule(
                f"{name}-stop",
                resource_group_name=place.resource_group_name,
                name=machine.name.apply(lambda vm: f"shutdown-computevm-{vm}"),  # the name that Azure looks for
                location=place.location,
                status="Enabled",
                task_type="ComputeVmShutdownTask",
                daily_recurrence=devtestlab.DayDetailsArgs(time=args.stop_at.replace(":", "")),
                time_zone_id="W. Europe Standard Time",
                target_resource_id=machine.id,
                opts=here,
            )


def size_of(name: str, item: MachineArgs) -> str:
    """The smallest size with the cores and the memory. Raises `ArgumentError` where none is large enough."""
    for size in vm_sizes():
        if size.cores >= item.cores and size.memory_gib >= item.memory_gb:
            return size.name
    raise ArgumentError(
        f"{name}: no size of kade/facts/vm_sizes.json has {item.cores} cores and {item.memory_gb:g} GB; give `size`"
    )


def _image(item: MachineArgs) -> compute.ImageReferenceArgs | None:
    if item.os_disk_ids:
        return None
    image = vm_image(item.os, item.version)
    return compute.ImageReferenceArgs(publisher=image.publisher, offer=image.offer, sku=image.sku, version="latest")


def _computer(args: MachinesArgs, item: MachineArgs, part: str, number: int) -> str:
    """A name of 15 characters at most, which is all that Windows has."""
    base = item.computer_name or f"{args.place.short or args.place.workload}{part.partition('-')[0]}"[:13].strip("-")
    return f"{base[:13]}{number:02}" if item.count > 1 else base[:15]


def _check(name: str, item: MachineArgs, args: MachinesArgs) -> None:
    if item.os_disk_ids and len(item.os_disk_ids) != item.count:
        raise ArgumentError(f"{name}: {len(item.os_disk_ids)} os_disk_ids for {item.count} machines; give one for each")
    if item.join_domain and args.domain is None:
        raise ArgumentError(f"{name}: join_domain is set, and there is no `domain` to join")
    if not item.os_disk_ids:
        try:
            vm_image(item.os, item.version)
        except UnknownFactError as error:
            raise ArgumentError(
                f"{name}: {error}. Renew the system, or give os_disk_ids that the migration wrote"
            ) from None
        if item.os == "linux" and not args.ssh_public_key:
            raise ArgumentError(f"{name}: a new Linux machine needs ssh_public_key")
