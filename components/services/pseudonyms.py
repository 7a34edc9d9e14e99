"""Pseudonyms in place of identities: a step of the data platform, with its secret in a vault of other people."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import datafactory

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs
from kade.components.landing_zone.key_vault import KeyVault, KeyVaultArgs
from kade.components.landing_zone.roles import assign_role
from kade.components.services.data_factory import RUNTIME
from kade.components.workload.identity import identity_of
from kade.components.workload.place import PlaceArgs
from kade.components.workload.private_endpoint import private_endpoint

SECRET = "pseudoniem"  # noqa: S105  # the name of a secret, which is not the secret


@dataclass
class PseudonymVaultArgs:
    """Arguments of `PseudonymVault`."""

    place: PlaceArgs
    tenant_id: str
    keeper: str = ""
    """The object id of the group that keeps the secret and may look who is behind a pseudonym: not the analysts.
    They activate the role when they need it."""
    premium: bool = True
    retention_days: int = 90
    """Days that a deleted secret can be brought back, 7 to 90: without it no pseudonym can be made again."""


class PseudonymVault(pulumi.ComponentResource):
    """A vault for the secret of the pseudonyms and nothing else, and the one identity that reads it."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    identity_id: pulumi.Output[str]
    principal_id: pulumi.Output[str]

    def __init__(self, name: str, args: PseudonymVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it."""
        args = normalise(PseudonymVaultArgs, args)
        super().__init__("kade:index:PseudonymVault", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        self.identity = identity_of(self, name, place, "pseudoniem")
        keeper = AccessArgs(
            args.keeper, "Key Vault Secrets Officer", eligible=True, reason="Keeps the secret of the pseudonyms"
        )
        vault = KeyVaultArgs(
            names=place.names,
            resource_group_name=place.resource_group_name,
            location=place.location,
            tenant_id=args.tenant_id,
            workload=f"{place.short or place.workload}ps",
            premium=args.premium,
            retention_days=args.retention_days,
            access={"keeper": keeper} if args.keeper else {},
            workspace_id=place.workspace_id,
            tags=place.tags,
        )
        self.vault = KeyVault(name, vault, here)
        self.reads = assign_role(
            f"{name}-reads",
            scope=self.vault.id,
            role="Key Vault Secrets User",
            principal_id=self.identity.principal_id,
            principal_type="ServicePrincipal",
            description="The step that makes pseudonyms",
            key=f"{place.workload}-pseudoniem",
            opts=here,
        )
        self.endpoint = private_endpoint(self, name, place, "pseudoniemen", self.vault.id, "key_vault")
        self.id = self.vault.id
        self.name = self.vault.name
        # Who takes the identity from here can read the secret: the role comes first.
        self.identity_id = pulumi.Output.all(self.identity.id, self.reads.id).apply(lambda made: made[0])
        self.principal_id = self.identity.principal_id
        self.register_outputs({"id": self.id, "name": self.name, "identityId": self.identity_id})


def add_step(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    factory: pulumi.Input[str],
    lake: pulumi.Input[str],
    vault: pulumi.Input[str],
    *,
    source: str,
    target: str,
    credential: str,
    after: Sequence[pulumi.Resource],
) -> datafactory.Pipeline:
    """A pipeline of a factory that reads a folder of one zone and writes it to another, with pseudonyms.

    It replaces the columns that the run names by a SHA-256 over the secret and the value: the same person keeps the
    same pseudonym, and without the secret it leads to nobody. The secret never stands in the run's history.
    """
    if source == target:
        raise ArgumentError(
            f"{name}: source and target are both {source!r}; what is pseudonymised goes to another zone"
        )
    common = {"resource_group_name": place.resource_group_name, "factory_name": factory}
    here = pulumi.ResourceOptions(parent=parent, depends_on=list(after))
    runtime = datafactory.IntegrationRuntimeReferenceArgs(type="IntegrationRuntimeReference", reference_name=RUNTIME)
    link = datafactory.LinkedService(
        f"{name}-lake",
        **common,
        linked_service_name="datameer",
        properties=datafactory.AzureBlobFSLinkedServiceArgs(
            type="AzureBlobFS", url=pulumi.Output.concat("https://", lake, ".dfs.core.windows.net"), connect_via=runtime
        ),
        opts=here,
    )
    flow = datafactory.DataFlow(
        f"{name}-flow",
        **common,
        data_flow_name="pseudonimiseren",
        properties=datafactory.MappingDataFlowArgs(
            type="MappingDataFlow",
            sources=[datafactory.DataFlowSourceArgs(name="bron", linked_service=_lake())],
            sinks=[datafactory.DataFlowSinkArgs(name="doel", linked_service=_lake())],
            transformations=[datafactory.TransformationArgs(name="pseudoniem")],
            script_lines=_script(source, target),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[link]),
    )
    read = datafactory.WebActivityArgs(
        name="geheim lezen",
        type="WebActivity",
        method="GET",
        url=pulumi.Output.concat("https://", vault, f".vault.azure.net/secrets/{SECRET}?api-version=7.4"),
        connect_via=runtime,
        authentication=datafactory.WebActivityAuthenticationArgs(
            type="UserAssignedManagedIdentity",
            resource="https://vault.azure.net",
            credential=datafactory.CredentialReferenceArgs(type="CredentialReference", reference_name=credential),
        ),
        policy=datafactory.ActivityPolicyArgs(secure_output=True, retry=2, timeout="0.00:05:00"),
    )
    replace = datafactory.ExecuteDataFlowActivityArgs(
        name="pseudonimiseren",
        type="ExecuteDataFlow",
        depends_on=[datafactory.ActivityDependencyArgs(activity="geheim lezen", dependency_conditions=["Succeeded"])],
        integration_runtime=runtime,
        policy=datafactory.ActivityPolicyArgs(secure_input=True, retry=0, timeout="0.04:00:00"),
        data_flow=datafactory.DataFlowReferenceArgs(
            type="DataFlowReference",
            reference_name=flow.name,
            parameters={
                "geheim": {"type": "Expression", "value": "'@{activity('geheim lezen').output.value}'"},
                "map": {"type": "Expression", "value": "'@{pipeline().parameters.map}'"},
                "kolommen": {"type": "Expression", "value": "'@{pipeline().parameters.kolommen}'"},
            },
        ),
    )
    return datafactory.Pipeline(
        f"{name}-pipeline",
        **common,
        pipeline_name="pseudonimiseren",
        description=f"Replaces identities between {source} and {target}",
        parameters={
            "map": datafactory.ParameterSpecificationArgs(type="String"),
            "kolommen": datafactory.ParameterSpecificationArgs(type="String", default_value="bsn"),
        },
        activities=[read, replace],
        concurrency=1,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[flow]),
    )


def _lake() -> datafactory.LinkedServiceReferenceArgs:
    return datafactory.LinkedServiceReferenceArgs(type="LinkedServiceReference", reference_name="datameer")


def _script(source: str, target: str) -> list[str]:
    """The data flow's own language (Microsoft Learn, "Data flow script"); ``kolommen`` is a list with commas."""
    return [
        "parameters{",
        "  geheim as string,",
        "  map as string,",
        "  kolommen as string",
        "}",
        "source(allowSchemaDrift: true,",
        "  validateSchema: false,",
        "  format: 'parquet',",
        f"  fileSystem: '{source}',",
        "  folderPath: ($map)) ~> bron",
        "bron derive(each(match(instr(concat(',', $kolommen, ','), concat(',', name, ',')) > 0),",
        "  $$ = sha2(256, concat($geheim, toString($$))))) ~> pseudoniem",
        "pseudoniem sink(allowSchemaDrift: true,",
        "  validateSchema: false,",
        "  format: 'parquet',",
        f"  fileSystem: '{target}',",
        "  folderPath: ($map)) ~> doel",
    ]
