"""How the table of types is derived: paths, renames and create-only properties, on small sources made here."""

import json
import subprocess
from pathlib import Path

import pytest

from tools.azure_types.bicep import Repository
from tools.azure_types.match import Matcher, type_of
from tools.azure_types.mgmt import Facts, read
from tools.azure_types.sdk import SdkModule, SdkResource
from tools.azure_types.shapes import ModuleShapes

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers"
OPERATIONS = f"""
    _url = (
        "{GROUP}/Microsoft.Quay/docks/{{dockName}}"
    )
    return HttpRequest(method="PUT", url=_url)
    _url = "/subscriptions/{{subscriptionId}}/providers/Microsoft.Quay/docks"
    return HttpRequest(method="GET", url=_url)
"""
MODELS = '''
class DockProperties(_Model):
    """Properties."""

    max_ships: Optional[int] = rest_field(name="shipLimit", visibility=["read", "create", "update"])
    depth: Optional[int] = rest_field(visibility=["read", "create"])
'''
TYPES = [
    {"$type": "StringType"},
    {"$type": "IntegerType"},
    {"$type": "StringType", "sensitive": True},
    {
        "$type": "ObjectType",
        "name": "DockProperties",
        "properties": {
            "shipLimit": {"type": {"$ref": "#/1"}, "flags": 0},
            "depth": {"type": {"$ref": "#/1"}, "flags": 0},
            "code": {"type": {"$ref": "#/2"}, "flags": 0},
        },
    },
    {
        "$type": "ObjectType",
        "name": "Microsoft.Quay/docks",
        "properties": {
            "name": {"type": {"$ref": "#/0"}, "flags": 9},
            "location": {"type": {"$ref": "#/0"}, "flags": 0},
            "properties": {"type": {"$ref": "#/3"}, "flags": 0},
        },
    },
    {"$type": "ResourceType", "name": "Microsoft.Quay/docks@2026-01-01", "body": {"$ref": "#/4"}, "writableScopes": 8},
]


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    package = tmp_path / "site" / "azure" / "mgmt" / "quay"
    (package / "operations").mkdir(parents=True)
    (package / "models").mkdir()
    (package / "operations" / "_operations.py").write_text(OPERATIONS)
    (package / "models" / "_models.py").write_text(MODELS)
    return read(tmp_path / "site")


@pytest.fixture
def bicep(tmp_path: Path) -> Repository:
    folder = tmp_path / "bicep"
    file = folder / "generated" / "quay" / "microsoft.quay" / "2026-01-01" / "types.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(TYPES))
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return Repository(folder)


def _dock(**changes: object) -> SdkResource:
    made = SdkResource(
        token="azure-native:quay:Dock",
        module="quay",
        name="Dock",
        api="2026-01-01",
        api_v2="",
        props={"resourceGroupName": "s", "dockName": "s", "location": "s", "maxShips": "i", "depth": "i", "code": "s"},
        required=["resourceGroupName"],
        outputs=set(),
        path_inputs=["dockName", "resourceGroupName"],
        old_tokens=[],
    )
    for key, value in changes.items():
        setattr(made, key, value)
    return made


def test_a_package_gives_put_paths_client_names_and_create_only_properties(facts: Facts) -> None:
    assert facts.puts == {f"{GROUP}/Microsoft.Quay/docks/{{dockName}}"}
    assert facts.wire_names == {"maxships": {"shipLimit"}}
    assert facts.create_only == {("DockProperties", "depth")}


def test_a_path_of_the_specification_is_exact_and_one_put_together_is_derived(facts: Facts, bicep: Repository) -> None:
    exact = Matcher(bicep, facts.puts).find(_dock())
    assert exact is not None
    assert (exact.path, exact.sure) == (f"{GROUP}/Microsoft.Quay/docks/{{dockName}}", "exact")
    derived = Matcher(bicep, set()).find(_dock())
    assert derived is not None
    assert (derived.path, derived.sure) == (exact.path, "derived")
    assert type_of(exact.path) == "Microsoft.Quay/docks"


def test_an_older_version_stands_in_for_one_that_is_missing(facts: Facts, bicep: Repository) -> None:
    later = Matcher(bicep, facts.puts).find(_dock(api="2026-06-01"))
    assert later is not None
    assert later.arm is not None
    assert later.arm.api == "2026-01-01"


def test_properties_are_placed_renamed_and_judged(facts: Facts, bicep: Repository) -> None:
    dock = _dock()
    match = Matcher(bicep, facts.puts).find(dock)
    assert match is not None
    assert match.arm is not None
    shapes = ModuleShapes(SdkModule("quay"), facts)
    props, replace, secrets = shapes.resource({**dock.props, "colour": "s"}, match.path, match.arm.body)
    assert props == {
        "resourceGroupName": "/",
        "dockName": "/",
        "location": "",
        "maxShips": "properties.shipLimit",
        "depth": "*",
        "code": "*",
        "colour": "?",
    }
    assert replace == {"resourceGroupName", "dockName", "depth"}
    assert secrets == {"code"}
