"""What a resource gives back: in a preview what is certain, after a deployment what Azure would answer.

Preview: an input is echoed, what Azure computes is unknown. Source: ``PreviewOutputs`` in
``provider/pkg/convert/previewOutputs.go`` of pulumi/pulumi-azure-native. Two things more are certain here, because
their rules are known: ``name`` where the name is given, and ``type``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kade.azure import computed
from kade.azure.cloud import Cloud
from kade.azure.ids import CREATE_BEFORE_DELETE
from kade.azure.sdk_types import Kind, Schema
from kade.engine.provider import Tree
from kade.engine.values import UNKNOWN, Value
from kade.facts.azure_types import AzureType

_MISSING: Any = object()


def preview(known: AzureType | None, schema: Schema | None, inputs: Tree, old: Tree | None = None) -> Tree:
    """Outputs before the deployment. With ``old``, a property that no input sets keeps its value."""
    certain = _certain(known, inputs)
    if old is None and _random_name(inputs):
        certain.pop("name", None)  # what was drawn for this preview, the deployment need not draw again
    if schema is None:
        unset = {key: value for key, value in (old or {}).items() if key not in inputs}
        return {**unset, **_own(inputs), **certain}
    return {**_preview(schema.outputs, inputs, old), **certain}


def _random_name(inputs: Tree) -> bool:
    return inputs.get(CREATE_BEFORE_DELETE) is True


def _certain(known: AzureType | None, inputs: Tree) -> Tree:
    if known is None:
        return {}
    made: Tree = {} if "type" in inputs else {"type": known.arm_type}
    name = inputs.get(known.name_input) if known.name_input else known.path.rsplit("/", 1)[-1]
    if isinstance(name, str):
        made["name"] = name
    return made


def _own(inputs: Tree) -> Tree:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _preview(kinds: Mapping[str, Kind], inputs: Mapping[str, Value], old: Mapping[str, Value] | None) -> Tree:
    made: Tree = {}
    for name, kind in kinds.items():
        before = old.get(name, _MISSING) if old is not None else _MISSING
        if name in inputs:
            made[name] = _echo(inputs[name], kind, before)
        elif old is None:
            made[name] = UNKNOWN
        elif before is not _MISSING:
            made[name] = before
    return made


def _echo(value: Value, kind: Kind, before: Value) -> Value:
    if _differs(value, kind):
        return UNKNOWN if before is _MISSING else before
    if kind.shape is not None and isinstance(value, dict):
        return _preview(kind.shape.fields, value, before if isinstance(before, dict) else None)
    if kind.name == "list" and kind.item and isinstance(value, list):
        return [_echo(item, kind.item, _match(item, before)) for item in value]
    if kind.name == "map" and kind.item and isinstance(value, dict):
        olds = before if isinstance(before, dict) else {}
        return {key: _echo(item, kind.item, olds.get(key, _MISSING)) for key, item in value.items()}
    return value


def _differs(value: Value, kind: Kind) -> bool:
    """Whether the output has another shape than the input (a list of identities that comes back as a map)."""
    if isinstance(value, list):
        return kind.name in ("map", "object")
    return isinstance(value, dict) and kind.name == "list"


def _match(item: Value, before: Value) -> Value:
    """The element of before with the same name."""
    if isinstance(before, list) and isinstance(item, dict) and "name" in item:
        return next((each for each in before if isinstance(each, dict) and each.get("name") == item["name"]), _MISSING)
    return _MISSING


def made(
    known: AzureType | None, schema: Schema | None, id_: str, inputs: Tree, cloud: Cloud, old: Tree | None = None
) -> Tree:
    """Outputs after the deployment, in the shape of the output types. ``old`` are those before an update."""
    arm_type = known.arm_type if known else ""
    values = {**_own(inputs), **_certain(known, inputs)}
    name = str(values.get("name") or id_.rsplit("/", 1)[-1])
    for key, value in computed.outputs(arm_type, id_, name, inputs, cloud).items():
        if key not in values or isinstance(value, dict):  # an object is made from the given one
            values[key] = value
    values["name"] = name
    if schema is None:
        return {**(old or {}), **values}
    answered = _answer(schema.outputs, values, id_, old, cloud)
    answered.setdefault("provisioningState", "Succeeded")
    return {key: value for key, value in answered.items() if key in schema.outputs}


def _answer(
    kinds: Mapping[str, Kind], values: Mapping[str, Value], id_: str, old: Mapping[str, Value] | None, cloud: Cloud
) -> Tree:
    answer: Tree = {}
    for name, kind in kinds.items():
        before = (old or {}).get(name, _MISSING)
        if values.get(name) is not None:
            answer[name] = _answered(values[name], kind, id_, name, before, cloud)
        elif before is not _MISSING and old is not None:
            answer[name] = before
    for name in computed.EVERYWHERE.keys() & kinds.keys() - answer.keys():
        value = computed.EVERYWHERE[name](id_, values, cloud)
        if value is not None:
            answer[name] = value
    return answer


def _answered(value: Value, kind: Kind, id_: str, name: str, before: Value, cloud: Cloud) -> Value:
    if kind.name == "map" and isinstance(value, list):
        value = {str(item): {} for item in value}  # ids that come back as keys, each with what belongs to it
    if kind.shape is not None and isinstance(value, dict):
        kinds = kind.shape.fields
        return _answer(kinds, value, f"{id_}/{name}", before if isinstance(before, dict) else None, cloud)
    if kind.name == "list" and kind.item and isinstance(value, list):
        return [_element(item, kind.item, id_, name, position, before, cloud) for position, item in enumerate(value)]
    if kind.name == "map" and kind.item and isinstance(value, dict):
        olds = before if isinstance(before, dict) else {}
        return {
            key: _answered(item, kind.item, f"{id_}/{name}", key, olds.get(key, _MISSING), cloud)
            for key, item in value.items()
        }
    return value


def _element(item: Value, kind: Kind, id_: str, name: str, position: int, before: Value, cloud: Cloud) -> Value:
    """One of a list; where Azure gives such a part an id of its own, it is the list's name and the part's."""
    if kind.shape is None or not isinstance(item, dict):
        return item
    kinds = kind.shape.fields
    part = item.get("name")
    own = f"{id_}/{name}/{part if isinstance(part, str) else position}"
    old = _match(item, before)
    answer = _answer(kinds, item, own, old if isinstance(old, dict) else None, cloud)
    if "id" in kinds and "id" not in answer and isinstance(part, str):
        answer["id"] = own
    return answer
