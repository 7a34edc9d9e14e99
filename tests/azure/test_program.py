"""Real programs against the local Azure: previewed, deployed, previewed again, changed, and wrong."""

import json
import sys
import textwrap
from pathlib import Path

import pytest

from kade.azure.provider import PACKAGE, AzureNative
from kade.engine import run
from kade.engine.plan import StackResult
from kade.engine.project import load_project

NETWORK = """
    import pulumi
    from pulumi_azure_native import authorization, network, resources, storage

    config = pulumi.Config()
    group = resources.ResourceGroup("rg", resource_group_name="rg-test", location="westeurope")
    hub = network.VirtualNetwork(
        "hub",
        resource_group_name=group.name,
        virtual_network_name=config.get("name") or "vnet-hub",
        address_space={"address_prefixes": ["10.0.0.0/16"]},
        tags={"omgeving": config.get("tag") or "prd"},
    )
    subnet = network.Subnet(
        "a",
        resource_group_name=group.name,
        virtual_network_name=hub.name,
        subnet_name="snet-a",
        address_prefix=config.get("prefix") or "10.0.1.0/24",
    )
    nic = network.NetworkInterface(
        "nic", resource_group_name=group.name, ip_configurations=[{"name": "ip", "subnet": {"id": subnet.id}}]
    )
    logs = storage.StorageAccount("st", resource_group_name=group.name, kind="StorageV2", sku={"name": "Standard_LRS"})
    keys = storage.list_storage_account_keys_output(resource_group_name=group.name, account_name=logs.name)
    pulumi.export("address", nic.ip_configurations[0].private_ip_address)
    pulumi.export("key", keys.keys[0].value)
    pulumi.export("tenant", authorization.get_client_config().tenant_id)
"""


class Project:
    """One project in a folder of its own, with its state."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "state.json"
        python = Path(sys.prefix)
        settings = {"name": "test", "runtime": {"name": "python", "options": {"virtualenv": str(python)}}}
        (folder / "Pulumi.yaml").write_text(json.dumps(settings))

    def write(self, program: str) -> None:
        (self.folder / "__main__.py").write_text(textwrap.dedent(program))

    def go(self, action: str, **config: str) -> StackResult:
        call = {"preview": run.preview, "update": run.update, "destroy": run.destroy}[action]
        return call(
            load_project(self.folder),
            "dev",
            state=self.state,
            providers={PACKAGE: AzureNative()},
            config={f"test:{key}": value for key, value in config.items()},
            environment={},
        )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "geheim")
    return Project(tmp_path)


def _ops(result: StackResult) -> dict[str, str]:
    return {step.urn.rsplit("::", 1)[-1]: str(step.op) for step in result.steps if "azure-native" in step.type}


def test_deploy_then_nothing_to_do_then_each_kind_of_change(project: Project) -> None:
    project.write(NETWORK)
    planned = project.go("preview")
    assert not planned.error
    assert set(_ops(planned).values()) == {"create"}

    done = project.go("update")
    assert not done.error
    assert done.outputs["address"] == "10.0.1.4"

    again = project.go("preview")
    assert set(_ops(again).values()) == {"same"}

    changed = project.go("preview", tag="tst", prefix="10.0.2.0/24")
    assert {name: op for name, op in _ops(changed).items() if op != "same"} == {"hub": "update", "a": "update"}
    replaced = [step for step in project.go("preview", name="vnet-other").steps if step.urn.endswith("::hub")]
    assert {str(step.op) for step in replaced} == {"replace", "create-replacement", "delete-replaced"}
    assert [step.replace_reasons for step in replaced if step.op == "replace"] == [["virtualNetworkName"]]

    gone = project.go("destroy")
    assert not gone.error
    assert set(_ops(gone).values()) == {"delete"}


def test_keys_are_nowhere_in_plain_text(project: Project) -> None:
    project.write(NETWORK)
    result = project.go("update")
    key = result.outputs["key"].value
    assert len(key) == 88
    assert key not in project.state.read_text()


def test_a_misspelt_key_ends_the_preview_with_what_was_meant(project: Project) -> None:
    project.write(NETWORK.replace('"address_prefixes"', '"address_prefixs"'))
    result = project.go("preview")
    said = " ".join(d.message for d in result.diagnostics if d.severity == "error")
    assert 'Did you mean "address_prefixes"?' in said
    assert "addressSpace" in said


def test_an_explicit_provider_has_its_own_subscription_and_location(project: Project) -> None:
    project.write(
        """
        import pulumi
        from pulumi_azure_native import Provider, network

        other = Provider("other", subscription_id="11111111-2222-4333-8444-555555555555", location="northeurope")
        table = network.RouteTable(
            "rt", resource_group_name="rg-else", route_table_name="rt-a", opts=pulumi.ResourceOptions(provider=other)
        )
        pulumi.export("id", table.id)
        pulumi.export("location", table.location)
        """
    )
    result = project.go("update")
    assert not result.error
    assert str(result.outputs["id"]).startswith(
        "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-else"
    )
    assert result.outputs["location"] == "northeurope"


def test_what_stands_elsewhere_can_be_read(project: Project) -> None:
    project.write(
        """
        import pulumi
        from pulumi_azure_native import network

        id_ = "/subscriptions/s/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"
        hub = network.VirtualNetwork.get("hub", id_)
        network.VirtualNetworkPeering(
            "peering",
            resource_group_name="rg-spoke",
            virtual_network_name="vnet-spoke",
            virtual_network_peering_name="to-hub",
            remote_virtual_network={"id": hub.id},
        )
        pulumi.export("name", hub.name)
        """
    )
    result = project.go("update")
    assert not result.error
    assert result.outputs["name"] == "vnet-hub"
    assert set(_ops(project.go("preview")).values()) <= {"same", "read"}
