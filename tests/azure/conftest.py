"""A local Azure, and short ways to make something in it."""

from collections.abc import Callable

import pytest

from kade.azure.provider import AzureNative
from kade.engine.provider import Made, Tree

Make = Callable[..., Made]


@pytest.fixture
def azure() -> AzureNative:
    return AzureNative(dry_run=False)


@pytest.fixture
def make(azure: AzureNative) -> Make:
    """``make("network:Subnet", "snet", {...})``: check and create, as the engine does."""

    def made(kind: str, name: str, inputs: Tree, *, preview: bool = False) -> Made:
        token = f"azure-native:{kind}"
        urn = f"urn:pulumi:dev::test::{token}::{name}"
        checked = azure.check(urn, token, None, inputs, preview=preview)
        assert not checked.failures, checked.failures
        return azure.create(urn, token, checked.inputs, preview=preview)

    return made


@pytest.fixture
def group(make: Make) -> str:
    """A resource group in West Europe; its name."""
    return make("resources:ResourceGroup", "rg", {"resourceGroupName": "rg", "location": "westeurope"}).outputs["name"]
