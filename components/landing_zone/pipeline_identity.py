"""How a pipeline signs in without a secret: one identity that may look, and one that may change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import authorization, managedidentity

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.roles import assign_role, condition_of
from kade.components.naming import Naming

AUDIENCE = "api://AzureADTokenExchange"
_GITHUB = "https://token.actions.githubusercontent.com"


@dataclass
class PipelineIdentityArgs:
    """Arguments of `PipelineIdentity`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    workload: str
    """The pipeline: a part of the names."""
    provider: str
    """github or azure_devops."""
    repository: str
    """GitHub: ``organisation/repository``. Azure DevOps: ``organisation/project/service-connection``; the identity that
    plans has a connection of its own, with ``-plan`` behind its name."""
    branch: str = "main"
    """GitHub: the branch that may apply."""
    plan_environment: str = "plan"
    """GitHub: the environment whose jobs may plan. Give it reviewers: whoever opens a pull request may change what its
    workflow runs, so a pull request as such is trusted with nothing, and is previewed without credentials."""
    organisation_id: str = ""
    """Azure DevOps: the id (GUID) of the organisation, which its tokens are issued under."""
    read_scopes: Sequence[pulumi.Input[str]] = ()
    """What the plan reads (Reader)."""
    write_scopes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Roles that applying needs, by scope. A role that gives rights gets the condition that it gives none that does."""
    tags: Mapping[str, str] = field(default_factory=dict)


class PipelineIdentity(pulumi.ComponentResource):
    """Two managed identities with federated credentials.

    A job that reviewers let through gets the one that reads. Only the protected branch, or the service connection with
    its approvals, gets the one that changes.
    """

    plan_client_id: pulumi.Output[str]
    apply_client_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: PipelineIdentityArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(PipelineIdentityArgs, args)
        issuer, subjects = _trust(name, args)
        super().__init__("kade:index:PipelineIdentity", name, None, opts)
        self.identities: dict[str, managedidentity.UserAssignedIdentity] = {}
        self.credentials: dict[str, managedidentity.FederatedIdentityCredential] = {}
        for what, subject in subjects.items():
            self._identity(name, what, issuer, subject, args)
        self.roles: dict[str, authorization.RoleAssignment] = {}
        for n, scope in enumerate(args.read_scopes):
            for what in self.identities:
                self._give(f"{name}-{what}-reader-{n}", what, scope, "Reader", args)
        for scope, roles in args.write_scopes.items():
            for role in roles:
                short = f"{scope.rsplit('/', 1)[-1]}-{role.lower().replace(' ', '-')}"
                self._give(f"{name}-apply-{short}", "apply", scope, role, args)
        self.plan_client_id = self.identities["plan"].client_id
        self.apply_client_id = self.identities["apply"].client_id
        self.register_outputs({"planClientId": self.plan_client_id, "applyClientId": self.apply_client_id})

    def _identity(self, name: str, what: str, issuer: str, subject: str, args: PipelineIdentityArgs) -> None:
        made = managedidentity.UserAssignedIdentity(
            f"{name}-{what}",
            resource_group_name=args.resource_group_name,
            resource_name_=_identity_name(what, args),
            location=args.location,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.identities[what] = made
        self.credentials[what] = managedidentity.FederatedIdentityCredential(
            f"{name}-{what}-credential",
            resource_group_name=args.resource_group_name,
            resource_name_=made.name,
            federated_identity_credential_resource_name=args.provider.replace("_", "-"),
            issuer=issuer,
            subject=subject,
            audiences=[AUDIENCE],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _give(self, name: str, what: str, scope: pulumi.Input[str], role: str, args: PipelineIdentityArgs) -> None:
        if role == "Owner":
            raise ArgumentError(f"{name}: no pipeline is Owner; give Contributor and the roles that it needs besides")
        self.roles[name] = assign_role(
            name,
            scope=scope,
            role=role,
            principal_id=self.identities[what].principal_id,
            principal_type="ServicePrincipal",
            description=f"Pipeline {args.workload}, {what}",
            key=_identity_name(what, args),
            condition=condition_of(role),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _identity_name(what: str, args: PipelineIdentityArgs) -> str:
    return args.names.of("user_assigned_identity", f"pipeline-{args.workload}-{what}")


def _trust(name: str, args: PipelineIdentityArgs) -> tuple[str, dict[str, str]]:
    """Who issues the tokens, and which subject may plan and which apply."""
    parts = args.repository.split("/")
    if args.provider == "github":
        if len(parts) != 2:
            raise ArgumentError(f"{name}: a repository of GitHub is organisation/repository, not {args.repository!r}")
        base = f"repo:{args.repository}"
        return _GITHUB, {
            "plan": f"{base}:environment:{args.plan_environment}",
            "apply": f"{base}:ref:refs/heads/{args.branch}",
        }
    if args.provider == "azure_devops":
        if len(parts) != 3:
            raise ArgumentError(
                f"{name}: of Azure DevOps give organisation/project/service-connection, not {args.repository!r}"
            )
        if not args.organisation_id:
            raise ArgumentError(
                f"{name}: Azure DevOps issues tokens under the id of its organisation; give `organisation_id`, which "
                f"stands in https://dev.azure.com/{parts[0]}/_apis/connectionData as instanceId"
            )
        issuer = f"https://vstoken.dev.azure.com/{args.organisation_id}"
        return issuer, {"plan": f"sc://{args.repository}-plan", "apply": f"sc://{args.repository}"}
    raise ArgumentError(f"{name}: provider is {args.provider!r}; it is github or azure_devops")
