"""The network interfaces of machines."""

from __future__ import annotations

from collections.abc import Iterator

from kade.policies.kit import Example, Node, Resource, Result, rule
from kade.policies.security.virtual_machines import MACHINE

INTERFACE = "azure-native:network:NetworkInterface"

_PRIVATE = {"name": "ipconfig1", "subnet": {"id": "/subscriptions/s/subnets/app"}}


@rule(
    "kade-vm-no-public-address",
    "Machines have no public addresses",
    severity="high",
    types=[INTERFACE, MACHINE],
    measures=["8.22.01", "8.20.02"],
    nis2="21(2)(e)",
    psrule=["Azure.VM.PublicIPAttached"],
    checkov=["CKV_AZURE_119"],
    remediation="Leave publicIPAddress out; let visitors in through a gateway, and administrators through Bastion.",
    why="Whatever listens on the machine is then tried by the whole internet, and its traffic passes no firewall.",
    absent="Azure gives it none",
    passes=[{"ipConfigurations": [_PRIVATE]}, Example({}, type=MACHINE)],
    fails=[
        {"ipConfigurations": [_PRIVATE | {"publicIPAddress": {"id": "/subscriptions/s/publicIPAddresses/pip"}}]},
        Example(
            {
                "networkProfile": {
                    "networkInterfaceConfigurations": [
                        {"ipConfigurations": [{"name": "a", "publicIPAddressConfiguration": {"name": "pip"}}]}
                    ]
                }
            },
            type=MACHINE,
        ),
    ],
)
def no_public_address(interface: Resource) -> Result:
    address = "publicIPAddress" if interface.type == INTERFACE else "publicIPAddressConfiguration"
    for configuration in _configurations(interface):
        if configuration.refers(address):
            yield f"{configuration.text('name', configuration.path)} has a public address"


def _configurations(interface: Resource) -> Iterator[Node]:
    if interface.type == INTERFACE:
        yield from interface.items("ipConfigurations")
        return
    for card in interface.items("networkProfile.networkInterfaceConfigurations"):
        yield from card.items("ipConfigurations")


@rule(
    "kade-vm-no-forwarding",
    "Machines do not pass on traffic of others",
    severity="medium",
    types=[INTERFACE],
    measures=["8.22.01", "8.20.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_118"],
    remediation="Set enableIPForwarding to false; exempt those of firewalls that you run yourself.",
    why="A machine that forwards joins networks that were kept apart.",
    absent="Azure drops traffic that is not for the machine",
    passes=[{"enableIPForwarding": False}, {}],
    fails=[{"enableIPForwarding": True}],
)
def no_forwarding(interface: Resource) -> Result:
    if interface.flag("enableIPForwarding", default=False):
        return "enableIPForwarding is true"
    return None
