"""What only a deployment shows: the order of deletions, and what Azure refuses. On the local Azure."""

from pathlib import Path

import pytest

from kade.cli.progress import Progress
from kade.cli.runs import Options, destroy, providers, update
from kade.cli.target import resolve
from kade.engine.plan import Op

POLICY = """
from kade.components.landing_zone.policy_assignments import PolicyAssignments

rule = {"if": {"field": "type", "equals": "Microsoft.Compute/virtualMachines"}, "then": {"effect": "audit"}}
scope = "/providers/Microsoft.Management/managementGroups/lin"
PolicyAssignments("policy", {
    "location": "westeurope",
    "definitions": {"eigen": {"management_group_id": "lin", "display_name": "Eigen", "rule": rule}},
    "initiatives": {"alles": {"management_group_id": "lin", "display_name": "Alles",
                              "members": {"eigen": {"definition": "eigen"}}}},
    "assignments": {"een": {"scope": scope, "definition": "alles"}},
})
"""
TWICE = """
from pulumi_azure_native import monitor, resources, storage

group = resources.ResourceGroup("group", resource_group_name="rg", location="westeurope")
account = storage.StorageAccount("account", resource_group_name=group.name, account_name="stkade1",
                                 location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"})
one = None
for name, category in (("een", "StorageRead"), ("twee", "CATEGORY")):
    one = monitor.DiagnosticSetting(name, resource_uri=account.id, name=name,
        workspace_id="/subscriptions/s/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log",
        logs=[{"category": category, "enabled": True}], opts=__import__("pulumi").ResourceOptions(
            depends_on=[one] if one else []))
"""


@pytest.fixture
def project(tmp_path):
    def make(program):
        folder = Path(tmp_path)
        (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
        (folder / "__main__.py").write_text(program)
        return resolve(str(folder), stack="dev")

    return make


def run(action, target):
    return action(target, Options((), None, providers()), Progress("trying")).stacks[0]


def test_on_destroy_the_order_is_assignment_set_definition(project):
    target = project(POLICY)
    assert run(update, target).error == ""
    gone = [step.type.rsplit(":", 1)[-1] for step in run(destroy, target).steps if step.op == Op.DELETE]
    wanted = ["PolicyAssignment", "PolicySetDefinitionAtManagementGroup", "PolicyDefinitionAtManagementGroup"]
    assert [kind for kind in gone if kind in wanted] == wanted


@pytest.mark.parametrize(("category", "refused"), [("StorageRead", True), ("StorageWrite", False)])
def test_two_settings_with_one_destination_and_category_are_refused(project, category, refused):
    done = run(update, project(TWICE.replace("CATEGORY", category)))
    messages = " ".join([done.error, *(d.message for d in done.diagnostics)])
    assert ("is already used in diagnostic setting 'een' for category 'StorageRead'" in messages) == refused
    assert bool(done.error) == refused
