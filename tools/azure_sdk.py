"""Write down what the installed pulumi-azure-native says of the services that a municipality uses.

    python -m tools.azure_sdk

Makes ``kade/azure/sdk_data`` anew: names, types and enums only. To be run when the required version is raised.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pulumi

from kade.azure import sdk_source
from kade.azure.sdk_types import Kind, Shape, installed_version

OUT = Path(__file__).parents[1] / "kade" / "azure" / "sdk_data"
_NAMES = """
    advisor alertsmanagement apimanagement app appconfiguration applicationinsights authorization automation batch
    billing botservice cdn certificateregistration cognitiveservices communication compute consumption
    containerinstance containerregistry containerservice cosmosdb costmanagement databricks datafactory
    dataprotection dbformysql dbforpostgresql desktopvirtualization devices dns dnsresolver domainregistration
    eventgrid eventhub frontdoor guestconfiguration hybridcompute insights iothub keyvault kusto logic loganalytics
    machinelearningservices maintenance management managedidentity managedservices maps migrate monitor netapp
    network networkfunction notificationhubs operationalinsights operationsmanagement policyinsights portal
    privatedns purview recoveryservices redis redisenterprise relay resources search security securityinsights
    servicebus servicefabric signalrservice solutions sql sqlvirtualmachine storage storagesync streamanalytics
    subscription synapse trafficmanager virtualmachineimages web webpubsub
"""
MODULES = _NAMES.split()


class Writer:
    """The written form of one module."""

    def __init__(self) -> None:
        self.shapes: dict[str, dict[str, str]] = {}
        self.enums: list[list[object]] = []
        self._waiting: list[Shape] = []

    def properties(self, kinds: dict[str, Kind], required: frozenset[str] = frozenset()) -> dict[str, str]:
        """Properties with their codes."""
        return {f"{name}!" if name in required else name: self._code(kind) for name, kind in sorted(kinds.items())}

    def _code(self, kind: Kind) -> str:
        if kind.values:
            values = list(kind.values)
            if values not in self.enums:
                self.enums.append(values)
            return f"e{self.enums.index(values)}"
        if kind.shape is not None:
            self._waiting.append(kind.shape)
            return f">{kind.shape.name}"
        if kind.item is not None:
            inner = self._code(kind.item)
            return f"[{inner}]" if kind.name == "list" else f"{{{inner}}}"
        if kind.options:
            return "|".join(self._code(option) for option in kind.options)
        return kind.name[0]

    def finish(self) -> None:
        """Write the shapes that were met, and those that they hold."""
        while self._waiting:
            shape = self._waiting.pop()
            if shape.name not in self.shapes:
                self.shapes[shape.name] = {}
                self.shapes[shape.name] = self.properties(dict(shape.fields), shape.required)


def main() -> int:
    """Write a file for each module, and which version they are of."""
    OUT.mkdir(exist_ok=True)
    done = []
    for name in MODULES:
        try:
            module = importlib.import_module(f"pulumi_azure_native.{name}")
        except ImportError:
            continue
        getattr(module, "_", None)
        writer = Writer()
        made: dict[str, dict[str, dict[str, str]]] = {"inputs": {}, "outputs": {}, "results": {}}
        for member, cls in sorted(vars(module).items()):
            if isinstance(cls, type) and issubclass(cls, pulumi.CustomResource):
                schema = sdk_source.schema(name, member)
                if schema is not None:
                    made["inputs"][member] = writer.properties(dict(schema.inputs), schema.required)
                    made["outputs"][member] = writer.properties(dict(schema.outputs))
            elif member.endswith("Result") and not member.startswith("Awaitable") and isinstance(cls, type):
                function = member[0].lower() + member[1:].removesuffix("Result")
                result = sdk_source.result(name, function)
                if result is not None:
                    made["results"][function] = writer.properties(dict(result))
        writer.finish()
        content = {**made, "shapes": dict(sorted(writer.shapes.items())), "enums": writer.enums}
        _write(OUT / f"{name}.json", content)
        done.append(name)
    _write(OUT / "versions.json", {"sdk": installed_version(), "modules": done})
    return 0


def _write(path: Path, content: Mapping[str, object]) -> None:
    """JSON with one line an entry."""
    lines = []
    for section, entries in content.items():
        if isinstance(entries, dict) and entries:
            inner = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in entries.items())
            lines.append(f' "{section}": {{\n{inner}\n }}')
        else:
            lines.append(f' "{section}": {json.dumps(entries, separators=(",", ":"))}')
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
