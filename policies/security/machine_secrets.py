"""Secrets that are put in the open on virtual machines and scale sets."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.machine_upkeep import EXTENSION, SCALE_SET_EXTENSION
from kade.policies.security.virtual_machines import MACHINES, SCALE_SET, profile

# What gives a secret away in a script or in cloud-init.
_SECRET: Final = re.compile(
    r"(?:password|passwd|secret|token|access_?key|account_?key|client_?secret|api_?key)\s*[:=]\s*['\"]?[^\s'\"$<{%]{6,}"
    r"|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|[?&]sig=[A-Za-z0-9%]{20,}",
    re.IGNORECASE,
)
_SCRIPTS: Final = re.compile(r"customscript|customscriptextension|customscriptforlinux")


@rule(
    "kade-vm-no-secrets-in-custom-data",
    "No secrets are put in the custom data of machines",
    severity="high",
    types=[*MACHINES],
    measures=["8.15.02", "8.24.02"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_45"],
    remediation="Read the secret from a key vault with the managed identity of the machine when it starts.",
    why="Custom data stays readable on the machine, for every program that runs on it.",
    absent="there is no custom data",
    passes=[{"osProfile": {"customData": "#cloud-config\npackages: [nginx]"}}, {}],
    fails=[
        {"osProfile": {"customData": "#!/bin/bash\nexport DB_PASSWORD=Welkom-01-tilburg"}},
        Example(
            {"virtualMachineProfile": {"osProfile": {"customData": "IyEvYmluL2Jhc2gKdG9rZW49YWJjZGVmMTIzNDU2"}}},
            type=SCALE_SET,
        ),
    ],
)
def no_secrets_in_custom_data(machine: Resource) -> Result:
    found = profile(machine)
    for name in ("osProfile.customData", "userData"):
        if _SECRET.search(_decoded(found.text(name))):
            yield f"{found.at(name)} holds what looks like a secret"


def _decoded(text: str) -> str:
    """The text itself, and what it says where it is base64, as Azure wants it."""
    try:
        plain = b64decode(text, validate=True).decode()
    except ValueError:  # also of a wrong length, and of bytes that are no text
        return text
    return f"{text}\n{plain}"


@rule(
    "kade-vm-no-secrets-in-scripts",
    "No secrets are put in the open settings of script extensions",
    severity="high",
    types=[EXTENSION, SCALE_SET_EXTENSION, SCALE_SET],
    measures=["8.15.02", "8.24.02"],
    nis2="21(2)(h)",
    remediation="Move commandToExecute to protectedSettings, or read the secret from a key vault in the script.",
    why="Everyone who may read the machine sees the settings of its extensions, and so do its logs.",
    passes=[
        Example({"type": "CustomScript", "settings": {"commandToExecute": "bash install.sh"}}, type=EXTENSION),
        Example({"type": "CustomScript", "protectedSettings": {"commandToExecute": "token=abc12345"}}, type=EXTENSION),
    ],
    fails=[
        Example(
            {"type": "CustomScript", "settings": {"commandToExecute": "./join.sh --token=f3a9c01b77"}}, type=EXTENSION
        ),
        Example(
            {
                "virtualMachineProfile": {
                    "extensionProfile": {
                        "extensions": [
                            {"type": "CustomScriptExtension", "settings": {"commandToExecute": "x password=Welkom01"}}
                        ]
                    }
                }
            },
            type=SCALE_SET,
        ),
    ],
    not_applicable=[Example({"type": "AADLoginForWindows"}, type=EXTENSION)],
)
def no_secrets_in_scripts(machine: Resource) -> Result:
    if machine.type == SCALE_SET:
        found = list(profile(machine).items("extensionProfile.extensions"))
    else:
        found = [machine]
        if not _SCRIPTS.fullmatch(machine.word("type")):
            not_applicable("not an extension that runs a script")
    for extension in found:
        if not _SCRIPTS.fullmatch(extension.word("type")):
            continue
        if _SECRET.search(extension.text("settings.commandToExecute")):
            yield f"{extension.at('settings.commandToExecute')} holds what looks like a secret"
