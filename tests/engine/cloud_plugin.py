"""The test cloud as a Pulumi plugin, so that the Pulumi CLI can run the programs of the tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Cloud

from kade.engine.provider import Tree
from kade.engine.provider_server import serve


class Plugin(Cloud):
    """One process of the CLI's; what was made in an earlier one is taken for there."""

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        pass

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        values = {"thingName": id_.strip("/"), "size": 1}
        return values, {**values, "endpoint": f"https://{values['thingName']}"}


if __name__ == "__main__":
    serve(Plugin(), "1.0.0")
