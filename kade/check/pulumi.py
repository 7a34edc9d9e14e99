"""Resources in a Pulumi state export and in a preview's JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kade.check.report import CheckError
from kade.facts.arm_form import type_in
from kade.facts.azure_types import type_by_token
from kade.policies.kit import UNKNOWN, Resource
from kade.policies.kit.resource import version_in

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"  # pulumi/sdk/go/common/resource/properties.go, as are the next
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 marks a secret, is none
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWNS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "[unknown until deployed]",  # as `kade preview --format json` shows it
    }
)
SHOWN_SECRET: Final = "[secret]"  # noqa: S105 in the place of one


def of_state(document: Mapping[str, Any], path: Path) -> Iterator[Resource]:
    """The Azure resources in `pulumi stack export`: what stands, so outputs before inputs. Raises `CheckError`."""
    if document.get("version") != 3:
        raise CheckError(f"{path}: version {document.get('version')!r} of a state; only 3 can be read: export it again")
    listed = document["deployment"].get("resources")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, Mapping) and not entry.get("delete"):
            inputs, outputs = _object(entry.get("inputs")), _object(entry.get("outputs"))
            yield from _resource(entry, inputs | {k: v for k, v in outputs.items() if v is not UNKNOWN})


def of_preview(document: Mapping[str, Any]) -> Iterator[Resource]:
    """The Azure resources that a preview leaves: inputs, and of the outputs only what is known."""
    for step in document["steps"]:
        entry = step.get("newState") if isinstance(step, Mapping) else None
        if isinstance(entry, Mapping) and step.get("op") not in (
            "delete",
            "discard",
            "delete-replaced",
            "create-replacement",
        ):
            inputs, outputs = _object(entry.get("inputs")), _object(entry.get("outputs"))
            known = {k: v for k, v in outputs.items() if k not in inputs and v is not UNKNOWN}
            yield from _resource(entry, inputs | known)


def _resource(entry: Mapping[str, Any], props: dict[str, Any]) -> Iterator[Resource]:
    token, urn = entry.get("type"), entry.get("urn")
    if not isinstance(token, str) or not isinstance(urn, str) or not token.startswith("azure-native:"):
        return
    known = type_by_token(token)
    id_ = entry.get("id")
    id_ = id_ if isinstance(id_, str) and id_.startswith("/") else ""
    depends_by = {
        name: [urn for urn in urns if isinstance(urn, str)]
        for name, urns in _object(entry.get("propertyDependencies")).items()
        if isinstance(urns, list)
    }
    dependencies = [entry.get("dependencies"), *depends_by.values()]
    name = props.get("name") or (known and known.name_input and props.get(known.name_input))
    yield Resource(
        known.token if known else token,
        props,
        name=name if isinstance(name, str) else urn.rsplit("::", 1)[-1],
        urn=urn,
        id_=id_,
        api_version=version_in(token),
        arm_type=type_in(id_) or (known.arm_type if known else ""),
        depends_on=dict.fromkeys(
            u for urns in dependencies if isinstance(urns, list) for u in urns if isinstance(u, str)
        ),
        depends_by=depends_by,
    )


def _object(value: Any) -> dict[str, Any]:
    return {str(k): plain(v) for k, v in value.items()} if isinstance(value, Mapping) else {}


def plain(value: Any) -> Any:
    """A value of a state or preview as rules read it: no markers, no secrets, `UNKNOWN` for what is not known."""
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWNS else value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        signature = value.get(SIGNATURE)
        if signature is None:
            return {str(k): plain(v) for k, v in value.items()}
        if signature == OUTPUT:
            if value.get("secret"):
                return SHOWN_SECRET
            return plain(value["value"]) if "value" in value else UNKNOWN
        return SHOWN_SECRET if signature == SECRET else UNKNOWN  # an asset, an archive, a reference
    return value
