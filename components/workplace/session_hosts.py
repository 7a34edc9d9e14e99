"""Session hosts of one pool: machines over the zones, joined, protected, watched and registered."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import compute, desktopvirtualization, network

from kade.components.arguments import ArgumentError, normalise
from kade.components.workload.disks import encryption_set
from kade.components.workload.interface import interface_of, trusted
from kade.components.workload.place import DataArgs, PlaceArgs, protection
from kade.components.workplace.host_parts import put_on

NUMBERS = 999
"""Hosts of one release at most: a number has three digits in a computer's name."""
COMPUTER = 15
"""Characters of a Windows computer's name."""


@dataclass
class HostReleaseArgs:
    """Hosts of one build of the image."""

    image_id: pulumi.Input[str]
    """The version in a gallery, or another image."""
    count: int
    draining: bool = False
    """No new session is let onto them; people finish what they do."""


@dataclass
class HostSettingsArgs:
    """What a host is told of sessions and profiles."""

    profile_share: pulumi.Input[str] = ""
    """Where profiles are, as ``\\\\account.file.core.windows.net\\share``; empty for local ones."""
    profile_gb: int = 10
    """Gigabytes to which a profile may grow."""
    idle_minutes: int = 30
    """Minutes until an idle session is closed."""
    disconnected_minutes: int = 60
    """Minutes until a session that somebody left is ended."""
    screen_capture_protection: bool = True
    watermark: bool = False


@dataclass
class SessionHostsArgs:
    """Arguments of `SessionHosts`."""

    place: PlaceArgs
    data: DataArgs
    """What people see on them: it decides about the keys of disks."""
    prefix: str
    """What their names begin with; a release of two digits and a number of three follow, in fifteen characters."""
    subnet_id: pulumi.Input[str]
    size: str
    """A size of virtual machine."""
    releases: Mapping[str, HostReleaseArgs]
    """Hosts by the number of the build, ``1`` to ``99``, which is in their names: a new build makes new hosts."""
    pool_name: pulumi.Input[str]
    pool_resource_group_name: pulumi.Input[str]
    registration_token: pulumi.Input[str]
    """`DesktopPool.registration_token`. It is a secret, and is used while a host is made."""
    settings: HostSettingsArgs = field(default_factory=HostSettingsArgs)
    ephemeral: bool = False
    """Their disks are on the machine that they run on: fast, and gone when the host is stopped."""
    intune: bool = True
    """Whether they are enrolled."""
    collection_rule_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Data collection rules by a short key; without any there is no agent."""
    agent_identity_id: pulumi.Input[str] | None = None
    """The identity with which the agent signs in."""


class SessionHosts(pulumi.ComponentResource):
    """Session hosts. They have no public address, and an administrator's password that nobody knows.

    A host is never changed into one of another build: add the new build, drain the old one, then take it out.
    """

    names: pulumi.Output[Sequence[str]]
    """Their computer names."""

    def __init__(
        self,
        name: str,
        args: SessionHostsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(SessionHostsArgs, args)
        _check(name, args)
        super().__init__("kade:index:SessionHosts", name, None, opts)
        self._args = args
        found = protection(name, args.data, args.place.zones)
        own = args.data.key if found.customer_managed_key else None
        self._keys = encryption_set(self, name, args.place, own, found)
        self.machines: dict[str, compute.VirtualMachine] = {}
        for number, release in args.releases.items():
            for host in range(1, release.count + 1):
                part = f"{number.zfill(2)}-{host:03}"
                self.machines[part] = self._host(f"{name}-{part}", part, host, release)
        self.names = pulumi.Output.from_input([computer_name(args.prefix, part) for part in self.machines])
        self.register_outputs({"names": self.names})

    def _host(self, name: str, part: str, number: int, release: HostReleaseArgs) -> compute.VirtualMachine:
        args, place = self._args, self._args.place
        interface = interface_of(self, name, place, part, args.subnet_id)
        machine = self._machine(name, part, number, release, interface)
        last = put_on(self, name, args, machine, args.registration_token)
        desktopvirtualization.SessionHost(
            f"{name}-session",
            resource_group_name=args.pool_resource_group_name,
            host_pool_name=args.pool_name,
            session_host_name=computer_name(args.prefix, part),
            allow_new_session=not release.draining,
            # Who has a desktop of their own is written here by the service.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[last], ignore_changes=["assignedUser"]),
        )
        return machine

    def _machine(
        self, name: str, part: str, number: int, release: HostReleaseArgs, interface: network.NetworkInterface
    ) -> compute.VirtualMachine:
        args, place = self._args, self._args.place
        agent, both = args.agent_identity_id, compute.ResourceIdentityType.SYSTEM_ASSIGNED_USER_ASSIGNED
        return compute.VirtualMachine(
            name,
            resource_group_name=place.resource_group_name,
            vm_name=computer_name(args.prefix, part),
            location=place.location,
            zones=[place.zones[(number - 1) % len(place.zones)]] if place.zones else None,
            identity=compute.VirtualMachineIdentityArgs(
                type=both if agent is not None else compute.ResourceIdentityType.SYSTEM_ASSIGNED,
                user_assigned_identities=[agent] if agent is not None else None,
            ),
            hardware_profile=compute.HardwareProfileArgs(vm_size=args.size),
            license_type="Windows_Client",
            os_profile=compute.OSProfileArgs(
                computer_name=computer_name(args.prefix, part),
                admin_username="beheerder",
                # Nobody has to know it: Windows LAPS gives another to who may see it.
                admin_password=pulumi.Output.secret(f"{secrets.token_urlsafe(32)}-aA1"),
                windows_configuration=compute.WindowsConfigurationArgs(
                    provision_vm_agent=True,
                    # Between two images a host takes its patches itself (BIO2 8.08.01: within a week).
                    enable_automatic_updates=True,
                    patch_settings=compute.PatchSettingsArgs(patch_mode="AutomaticByOS"),
                    time_zone="W. Europe Standard Time",
                ),
            ),
            storage_profile=compute.StorageProfileArgs(
                image_reference=compute.ImageReferenceArgs(id=release.image_id), os_disk=self._disk(part)
            ),
            network_profile=compute.NetworkProfileArgs(
                network_interfaces=[compute.NetworkInterfaceReferenceArgs(id=interface.id, primary=True)]
            ),
            security_profile=trusted(),
            diagnostics_profile=compute.DiagnosticsProfileArgs(
                boot_diagnostics=compute.BootDiagnosticsArgs(enabled=True)
            ),
            tags=place.tags,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["osProfile.adminPassword"]),
        )

    def _disk(self, part: str) -> compute.OSDiskArgs:
        args = self._args
        keys = self._keys
        return compute.OSDiskArgs(
            name=args.place.name("disk", part),
            os_type=compute.OperatingSystemTypes.WINDOWS,
            create_option="FromImage",
            delete_option="Delete",  # nothing is kept on it
            caching=compute.CachingTypes.READ_ONLY if args.ephemeral else compute.CachingTypes.READ_WRITE,
            diff_disk_settings=(
                compute.DiffDiskSettingsArgs(option="Local", placement="ResourceDisk") if args.ephemeral else None
            ),
            managed_disk=compute.ManagedDiskParametersArgs(
                storage_account_type="Standard_LRS" if args.ephemeral else "Premium_LRS",
                disk_encryption_set=compute.DiskEncryptionSetParametersArgs(id=keys.id) if keys is not None else None,
            ),
        )


def computer_name(prefix: str, part: str) -> str:
    """The name of a host, from its release and number (``02-011``): ``lin-med02-011``."""
    return f"{prefix}{part}"


def _check(name: str, args: SessionHostsArgs) -> None:
    longest = len(computer_name(args.prefix, "00-000"))
    if longest > COMPUTER:
        raise ArgumentError(
            f"{name}: with prefix {args.prefix!r} a host's name has {longest} characters, and Windows takes {COMPUTER}"
        )
    for number, release in args.releases.items():
        if not (number.isdecimal() and 1 <= int(number) <= 99):
            raise ArgumentError(f"{name}: release {number} has to be 1 to 99")
        if not 0 <= release.count <= NUMBERS:
            raise ArgumentError(
                f"{name}: release {number} has {release.count} hosts, and {NUMBERS} fit; split the pool"
            )
