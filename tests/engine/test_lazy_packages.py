"""A package of azure-native that gives its names from their files is what it is when it imports all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kade.engine import lazy_packages

LOOK = """
import importlib, json, sys, types
sys.path.insert(0, sys.argv[2])
import lazy_packages
if sys.argv[1] == "lazy":
    lazy_packages.install()
from pulumi_azure_native import dns, privatedns
assert not hasattr(dns, "anything") and not hasattr(privatedns, "anything")  # this loads them
files = sorted(name for name in sys.modules if name.startswith("pulumi_azure_native.privatedns."))
found = {}
for package in (dns, privatedns):
    for name in dir(package):
        if not name.startswith("__"):
            value = getattr(package, name)
            found[f"{package.__name__}.{name}"] = [type(value).__name__, getattr(value, "__module__", value.__name__)]
try:
    dns.Zones
except AttributeError as error:
    found["wrong"] = ["", str(error)]
scope = {}
exec("from pulumi_azure_native.dns import Zone, outputs", scope)
assert scope["Zone"] is dns.Zone and scope["outputs"] is dns.outputs and isinstance(dns.outputs, types.ModuleType)
print(json.dumps({"found": found, "files": files}))
"""


def look(how: str) -> dict:
    here = Path(lazy_packages.__file__).parent
    done = subprocess.run([sys.executable, "-c", LOOK, how, here], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_every_name_is_the_same_and_no_file_is_loaded_before_it_is_used():
    eager, lazy = look("eager"), look("lazy")
    files = {name for name, (kind, where) in eager["found"].items() if kind == "module" and where == name}
    assert lazy["found"].items() <= eager["found"].items()
    assert eager["found"].keys() - lazy["found"].keys() <= files
    assert "pulumi_azure_native.dns.outputs" in files & lazy["found"].keys()
    assert len(eager["files"]) > 5
    assert not lazy["files"]
