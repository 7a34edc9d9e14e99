"""The local Azure as Pulumi's own plugin ``pulumi-resource-azure-native``: what the CLI starts, and where it is put.

The CLI looks for a plugin of that name on PATH before its cache, so a folder with this one first on PATH is all there
is to it. It keeps no state: the CLI holds that, and gives each call what it needs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kade.engine.provider_server import serve

NAME = "pulumi-resource-azure-native"
_SCRIPT = """#!{python}
# The local Azure of Kade: nothing that is deployed with this on PATH reaches Azure.
from kade.azure.plugin import main

main()
"""
# What keeps the CLI from looking for the real plugin, or for a newer version of itself, on the network.
QUIET = {"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "PULUMI_SKIP_UPDATE_CHECK": "true"}


def install(folder: Path) -> Path:
    """Write the plugin into a folder, and give the file. It runs in the environment that this runs in."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / NAME
    file.write_text(_SCRIPT.format(python=sys.executable), encoding="utf-8")
    file.chmod(0o755)
    return file


def environment(folder: Path) -> dict[str, str]:
    """The variables with which the CLI finds the plugin in that folder, and asks nothing of the network."""
    return {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}", **QUIET}


def main() -> None:
    """Serve, as the CLI starts it."""
    from kade.azure import sdk_types
    from kade.azure.provider import AzureNative

    serve(AzureNative(), sdk_types.installed_version())
