"""Make ``kade/facts/azure_types_data`` anew from folders that the user names.

    python -m tools.azure_types --bicep CLONE --mgmt SITE_PACKAGES

``CLONE`` is a git clone of Azure/bicep-types-az, ``SITE_PACKAGES`` a folder with ``azure-mgmt-*`` packages installed.
The installed pulumi-azure-native is read as well. Only facts go into the data: names, paths, flags; no text of others.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tools.azure_types import bicep, mgmt, sdk
from tools.azure_types.match import Matcher, type_of
from tools.azure_types.shapes import ModuleShapes

FACTS = Path(__file__).parents[2] / "kade" / "facts"


def main() -> int:
    """Read the folders, write the data, and say what could not be matched."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bicep", type=Path, required=True, help="a git clone of Azure/bicep-types-az")
    parser.add_argument("--mgmt", type=Path, required=True, help="site-packages with azure-mgmt-* packages")
    parser.add_argument("--out", type=Path, default=FACTS / "azure_types_data")
    parser.add_argument("--module", action="append", help="only these modules of azure-native")
    options = parser.parse_args()
    overrides = YAML(typ="safe").load(FACTS / "azure_types_overrides.yaml")
    repository = bicep.Repository(options.bicep)
    facts = mgmt.read(options.mgmt)
    matcher = Matcher(repository, facts.puts)
    options.out.mkdir(exist_ok=True)
    index: dict[str, Any] = {"arm": {}, "old": {}}
    unmatched: list[str] = []
    for name in options.module or sdk.modules():
        made = _module(sdk.read_module(name), facts, matcher, overrides["types"], index, unmatched)
        if made["types"]:
            _write(options.out / f"{name}.json", made)
    if not options.module:
        index = {
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "sdk": version("pulumi-azure-native"),
            "source": [
                f"pulumi-azure-native {version('pulumi-azure-native')}: tokens, inputs, API versions",
                f"Azure/bicep-types-az {repository.commit()}: ARM types and their properties",
                "azure-mgmt-* packages: paths, client names, create-only properties",
                "azure_types_overrides.yaml: what is stated by hand, each with its source",
            ],
            **index,
        }
        _write(options.out / "index.json", index)
    print(f"{len(unmatched)} resources without a match:", *unmatched, sep="\n", file=sys.stderr)
    return 0


def _module(
    module: sdk.SdkModule,
    facts: mgmt.Facts,
    matcher: Matcher,
    overrides: dict[str, dict[str, Any]],
    index: dict[str, Any],
    unmatched: list[str],
) -> dict[str, Any]:
    shapes = ModuleShapes(module, facts)
    types: dict[str, Any] = {}
    for resource in module.resources:
        key = resource.token.removeprefix("azure-native:")
        stated = overrides.get(key, {})
        match = matcher.find(resource, stated.get("path", ""))
        for old in resource.old_tokens:
            index["old"][old.removeprefix("azure-native:")] = key
        if match is None:
            unmatched.append(key)
            continue
        props, replace, secrets = shapes.resource(resource.props, match.path, match.arm.body if match.arm else None)
        arm = stated.get("arm") or (match.arm.name if match.arm else type_of(match.path))
        if "location" in props and props["location"] != "/":
            replace.add("location")
        replace = (replace | set(stated.get("replace", []))) - set(stated.get("update", []))
        props.update(stated.get("props", {}))
        types[resource.name] = {
            "arm": arm,
            "path": match.path,
            "sure": match.sure,
            "api": resource.api or stated.get("api", ""),
            "api2": resource.api_v2,
            "replace": sorted(replace),
            **({"secret": sorted(secrets)} if secrets else {}),
            "props": dict(sorted(props.items())),
        }
        for each in _record_types(arm):
            index["arm"].setdefault(each.lower(), []).append(key)
    return {"types": types, "shapes": {k: dict(sorted(v.items())) for k, v in sorted(shapes.shapes.items())}}


def _record_types(arm: str) -> list[str]:
    """The ARM types that one with a parameter in it stands for: the record types of DNS (RFC 1035 and later)."""
    types = ("A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT") if "{recordType}" in arm else ()
    return [arm.replace("{recordType}", each) for each in types] or [arm]


def _write(path: Path, content: dict[str, Any]) -> None:
    """JSON with one line an entry, so that a change shows as a change of that line."""
    lines = ["{"]
    sections = list(content.items())
    for position, (section, entries) in enumerate(sections):
        comma = "," if position < len(sections) - 1 else ""
        if isinstance(entries, dict):
            body = ",\n".join(
                f"  {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in entries.items()
            )
            lines += [f' "{section}": {{', body, f" }}{comma}"] if entries else [f' "{section}": {{}}{comma}']
        else:
            lines.append(f' "{section}": {json.dumps(entries)}{comma}')
    path.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
