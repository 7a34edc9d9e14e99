"""Image Builder, deployment scripts and Dev Box: what is run to make a machine or a deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kade.policies.kit import Example, Node, Resource, Result, rule, sift
from kade.policies.security.pinned import moves

TEMPLATE = "azure-native:virtualmachineimages:VirtualMachineImageTemplate"
SCRIPTS = ("azure-native:resources:AzurePowerShellScript", "azure-native:resources:AzureCliScript")
PROJECT = "azure-native:devcenter:Project"

_SCRIPT = {"type": "Shell", "name": "tools", "scriptUri": "https://example.org/tools.sh"}
_SUM = {"sha256Checksum": "8d469f6864a38e1cf957cd080603026bba325793edfb4fe2e8b8e7368eb15b92"}


def _fetched(step: Node) -> bool:
    """Whether a step fetches something from elsewhere without a checksum."""
    return (step.refers("scriptUri") or step.refers("sourceUri")) and not step.refers("sha256Checksum")


def _unchecked(steps: Iterable[Node]) -> Iterator[str]:
    for step in sift(steps, _fetched):
        yield f"{step.path} ({step.text('name', 'without a name')}) has no sha256Checksum"


@rule(
    "kade-image-customize-checksum",
    "What Image Builder fetches to build an image has a checksum",
    severity="medium",
    types=[TEMPLATE],
    measures=["8.19.01", "8.07.04"],
    nis2="21(2)(d)",
    psrule=["Azure.ImageBuilder.CustomizeHash"],
    remediation="Set sha256Checksum of each step in customize that has a scriptUri or sourceUri.",
    why="Whoever can change the script otherwise changes every machine that is made of the image.",
    passes=[{"customize": [_SCRIPT | _SUM]}, {"customize": [{"type": "Shell", "inline": ["apt-get update"]}]}, {}],
    fails=[
        {"customize": [_SCRIPT]},
        {"customize": [{"type": "File", "name": "conf", "sourceUri": "https://example.org/a.conf"}]},
    ],
)
def customize_checksum(template: Resource) -> Result:
    return _unchecked(template.items("customize"))


@rule(
    "kade-image-validate-checksum",
    "What Image Builder fetches to try an image has a checksum",
    severity="medium",
    types=[TEMPLATE],
    measures=["8.19.01", "8.07.04"],
    nis2="21(2)(d)",
    psrule=["Azure.ImageBuilder.ValidateHash"],
    remediation="Set sha256Checksum of each step in validate.inVMValidations that has a scriptUri or sourceUri.",
    why="A test that anyone can change says nothing.",
    passes=[{"validate": {"inVMValidations": [_SCRIPT | _SUM]}}, {}],
    fails=[{"validate": {"inVMValidations": [_SCRIPT]}}],
)
def validate_checksum(template: Resource) -> Result:
    return _unchecked(template.items("validate.inVMValidations"))


@rule(
    "kade-deployment-script-pinned",
    "Deployment scripts come from a fixed version",
    severity="medium",
    types=[*SCRIPTS],
    measures=["8.19.01", "8.32.01"],
    nis2="21(2)(d)",
    psrule=["Azure.DeploymentScript.Pinned"],
    remediation="Name a commit in primaryScriptUri and supportingScriptUris, in place of a branch or tag.",
    why="Whoever can push to the branch otherwise runs what they like, with the rights of the deployment.",
    passes=[
        {"scriptContent": "Write-Host 'hello'"},
        {"primaryScriptUri": "https://raw.githubusercontent.com/o/r/" + "0a" * 20 + "/a.ps1"},
    ],
    fails=[
        {"primaryScriptUri": "https://raw.githubusercontent.com/o/r/main/a.ps1"},
        Example({"supportingScriptUris": ["https://github.com/o/r/raw/v1/a.sh"]}, type=SCRIPTS[1]),
    ],
)
def deployment_script_pinned(script: Resource) -> Result:
    for uri in script.texts("primaryScriptUri", "supportingScriptUris"):
        if moves(uri):
            yield f"{uri} follows a branch or tag"


@rule(
    "kade-dev-box-limit",
    "Dev Box projects limit the machines of one user",
    severity="low",
    types=[PROJECT],
    measures=["5.09.01"],
    psrule=["Azure.DevBox.ProjectLimit"],
    remediation="Set maxDevBoxesPerUser.",
    absent="Azure sets no limit",
    passes=[{"maxDevBoxesPerUser": 2}],
    fails=[{}, {"maxDevBoxesPerUser": 0}],
)
def dev_box_limit(project: Resource) -> Result:
    if project.number("maxDevBoxesPerUser", 0) < 1:
        return "maxDevBoxesPerUser sets no limit"
    return None
