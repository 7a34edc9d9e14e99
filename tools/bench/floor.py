"""The program alone under `pulumi.runtime.set_mocks`, without engine and policies: the floor that Kade is measured on.

usage: floor.py FOLDER RESOURCES
"""

import json
import os
import runpy
import sys
import time
from pathlib import Path

import pulumi

folder, wanted = Path(sys.argv[1]), sys.argv[2]
os.environ["PULUMI_CONFIG"] = json.dumps({"reference-estate:resources": wanted})
registered = 0


class Mocks(pulumi.runtime.Mocks):
    """Every resource gets an id, and its inputs as outputs."""

    def new_resource(self, args):
        """Count it, and give its inputs back."""
        global registered
        registered += 1
        return f"{args.name}-id", args.inputs

    def call(self, args):  # noqa: ARG002
        """No function is known."""
        return {}


pulumi.runtime.set_mocks(Mocks(), project="reference-estate", stack="bench", preview=True)


@pulumi.runtime.test
def run() -> None:
    """Run the program as Pulumi would."""
    runpy.run_path(str(folder), run_name="__main__")


started = time.perf_counter()
run()
print(json.dumps({"resources": registered, "seconds": round(time.perf_counter() - started, 3)}))
