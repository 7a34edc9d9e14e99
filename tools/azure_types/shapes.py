"""Where each azure-native property stands in the ARM resource: flattened, renamed, or as it is.

A property is written as ``path[:type]``. The path is empty for the same name at the same place, ``*`` for the same name
inside ``properties``, ``/`` for a parameter of the resource's path, ``?`` where it was not found. The type is given
only where an object stands in it: ``>SkuArgs``, ``[>SubnetArgs]``, ``{>IdentityArgs}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tools.azure_types.bicep import READ_ONLY, Node
from tools.azure_types.mgmt import Facts, normal
from tools.azure_types.sdk import SdkModule


@dataclass
class ModuleShapes:
    """The input types of one module as far as they were met, and what was learnt of them."""

    module: SdkModule
    facts: Facts
    shapes: dict[str, dict[str, str]] = field(default_factory=dict)
    create_only: dict[str, set[str]] = field(default_factory=dict)  # shape -> properties
    secrets: dict[str, set[str]] = field(default_factory=dict)

    def resource(
        self, props: dict[str, str], path: str, body: Node | None
    ) -> tuple[dict[str, str], set[str], set[str]]:
        """The properties of a resource, those that force a replacement, and those that are secret."""
        in_path = set(re.findall(r"{(\w+)}", path))
        rest = {name: kind for name, kind in props.items() if name not in in_path}
        mapped, create_only, secrets = self._map(rest, body)
        for name in in_path & props.keys():
            mapped[name] = "/"
        replace = {name for name in create_only if name in mapped}
        for name, kind in rest.items():
            for shape in re.findall(r">(\w+)", kind):
                prefix = f"{name}[]" if kind.startswith("[") else name
                if kind.startswith(("[>", ">")):
                    replace |= {f"{prefix}.{inner}" for inner in self.create_only.get(shape, ())}
                secrets |= {f"{prefix}.{inner}" for inner in self.secrets.get(shape, ())}
        return mapped, replace | (in_path & props.keys()), secrets

    def _map(self, props: dict[str, str], node: Node | None) -> tuple[dict[str, str], set[str], set[str]]:
        mapped: dict[str, str] = {}
        create_only: set[str] = set()
        secrets: set[str] = set()
        places = _places(node, props) if node else []
        for name, kind in props.items():
            found = self._find(name, places) if node else None
            suffix = f":{kind}" if ">" in kind else ""
            if found is None:
                mapped[name] = ("?" if node else "") + suffix
                self._recurse(kind, None)
                continue
            prefix, wire, child, owner = found
            where = "" if not prefix and wire == name else "*" if prefix == "properties." and wire == name else ""
            mapped[name] = (where or (prefix + wire if prefix or wire != name else "")) + suffix
            if (owner, wire) in self.facts.create_only:
                create_only.add(name)
            if child.raw.get("sensitive"):
                secrets.add(name)
            self._recurse(kind, child)
        return mapped, create_only, secrets

    def _find(self, name: str, places: list[tuple[str, Node]]) -> tuple[str, str, Node, str] | None:
        wires = self.facts.wire_names.get(normal(name), set())
        for wanted in (lambda wire: wire.lower() == name.lower(), lambda wire: wire in wires):
            for prefix, node in places:
                for wire, (child, _) in node.properties().items():
                    if wanted(wire):
                        return prefix, wire, child, node.name
        return None

    def _recurse(self, kind: str, node: Node | None) -> None:
        for shape in re.findall(r">(\w+)", kind):
            if shape in self.shapes and (node is None or not _unsure(self.shapes[shape])):
                continue
            target = node
            while target is not None and target.kind in ("ArrayType",):
                target = target.item()
            if kind.startswith("{") and target is not None and target.kind == "ObjectType":
                target = target.item()
            if target is not None and target.kind not in ("ObjectType", "DiscriminatedObjectType"):
                target = None
            if shape in self.shapes and target is None:
                continue
            self.shapes[shape] = {}  # met again below itself, it is being worked on
            mapped, create_only, secrets = self._map(self.module.shapes[shape], target)
            self.shapes[shape] = mapped
            self.create_only[shape], self.secrets[shape] = create_only, secrets


def _unsure(shape: dict[str, str]) -> bool:
    return any(value.startswith("?") for value in shape.values())


def _places(node: Node, props: dict[str, str], prefix: str = "", deep: int = 0) -> list[tuple[str, Node]]:
    """Where a property may stand: in the object, in its ``properties``, in other objects that the SDK does not show."""
    made = [(prefix, node)]
    if deep >= 3:
        return made
    known = {name.lower() for name in props}
    children = [
        (name, child)
        for name, (child, flags) in node.properties().items()
        if child.kind in ("ObjectType", "DiscriminatedObjectType")
        and name.lower() not in known
        and not (flags & READ_ONLY)
        and child.raw.get("properties") is not None
    ]
    children.sort(key=lambda pair: pair[0] != "properties")
    for name, child in children:
        made += _places(child, props, f"{prefix}{name}.", deep + 1)
    return made
