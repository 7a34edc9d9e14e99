"""What was written down of azure-native's classes is what the installed classes say."""

import pytest

from kade.azure import sdk_data, sdk_source, sdk_types
from kade.azure.sdk_types import Kind, Shape

TYPES = [
    ("storage", "StorageAccount"),
    ("resources", "ResourceGroup"),
    ("keyvault", "Vault"),
    ("operationalinsights", "Workspace"),
    ("managedidentity", "UserAssignedIdentity"),
]


def _flat(kind: Kind, seen: set[str]) -> object:
    if kind.shape is not None:
        return _shape(kind.shape, seen)
    if kind.item is not None:
        return (kind.name, _flat(kind.item, seen))
    return (kind.name, kind.values, tuple(_flat(option, seen) for option in kind.options))


def _shape(shape: Shape, seen: set[str]) -> object:
    if shape.name in seen:
        return shape.name
    seen.add(shape.name)
    return shape.name, shape.required, {name: _flat(kind, seen) for name, kind in shape.fields.items()}


@pytest.mark.parametrize(("module", "name"), TYPES)
def test_written_and_installed_agree(module: str, name: str) -> None:
    if not sdk_data.covers(module, sdk_types.installed_version()):
        pytest.skip("another version of azure-native is installed than the one that was written down")
    written, installed = sdk_data.schema(module, name), sdk_source.schema(module, name)
    assert written is not None
    assert installed is not None
    assert written.required == installed.required
    for mine, theirs in ((written.inputs, installed.inputs), (written.outputs, installed.outputs)):
        assert {n: _flat(k, set()) for n, k in mine.items()} == {n: _flat(k, set()) for n, k in theirs.items()}


def test_results_of_functions_agree() -> None:
    written = sdk_data.result("storage", "listStorageAccountKeys")
    installed = sdk_source.result("storage", "listStorageAccountKeys")
    assert written is not None
    assert installed is not None
    assert _flat(written["keys"], set()) == _flat(installed["keys"], set())


def test_a_module_that_was_not_written_down_is_read_from_the_package() -> None:
    assert not sdk_data.covers("timeseriesinsights", sdk_types.installed_version())
    assert sdk_types.schema("azure-native:timeseriesinsights:Gen2Environment") is not None


def test_another_version_is_read_from_the_package() -> None:
    assert not sdk_data.covers("storage", "3.999.0")


def test_old_tokens_and_versions_lead_to_the_schema() -> None:
    assert sdk_types.schema("azure-native:insights/v20200202:Component") is sdk_types.schema(
        "azure-native:applicationinsights:Component"
    )
    assert sdk_types.schema("azure-native:network:Nothing") is None
    assert sdk_types.schema("arm:microsoft.datafactory/datafactories") is None
