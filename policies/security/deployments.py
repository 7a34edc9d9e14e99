"""Nested deployments: secrets and logins in templates."""

from __future__ import annotations

import re
from typing import Final

from kade.policies.kit import Resource, Result, rule

DEPLOYMENT = "azure-native:resources:Deployment"

_LOGINS: Final = (
    "properties.administratorLogin",
    "properties.adminUsername",
    "properties.osProfile.adminUsername",
    "properties.virtualMachineProfile.osProfile.adminUsername",
    "properties.linuxProfile.adminUsername",
    "properties.windowsProfile.adminUsername",
)
_SECRET_NAME: Final = re.compile(r"password|passwd|secret|token|privatekey|access_?key|account_?key|connectionstring")
_NO_SECRET: Final = re.compile(r"name$|uri$|url$|id$|length$|version$|expir|rotation|enable|disable|^use|^has|^is")
_VARIABLE: Final = re.compile(r"^\[\s*variables\('([^']+)'\)\s*\]$")
_KEYS: Final = re.compile(r"\blist\w+\s*\(", re.IGNORECASE)


def _template(*resources: dict[str, object], **parts: object) -> dict[str, object]:
    return {"properties": {"mode": "Incremental", "template": {"resources": list(resources), **parts}}}


@rule(
    "kade-deployment-no-login-names",
    "Nested deployments take the names of administrators from a parameter",
    severity="low",
    types=[DEPLOYMENT],
    measures=["5.16.02", "8.24.02"],
    nis2="21(2)(i)",
    psrule=["Azure.Deployment.AdminUsername"],
    remediation="Replace the name by a parameter, as [parameters('adminUsername')].",
    why="Half of a login then stands in the history of the repository and of the deployment, the same everywhere.",
    passes=[
        _template(),
        _template({"type": "Microsoft.Sql/servers", "properties": {"administratorLogin": "[parameters('login')]"}}),
    ],
    fails=[
        _template({"type": "Microsoft.Sql/servers", "properties": {"administratorLogin": "beheer"}}),
        _template(
            {
                "type": "Microsoft.Compute/virtualMachines",
                "properties": {"osProfile": {"adminUsername": "[variables('login')]"}},
            },
            variables={"login": "beheer"},
        ),
    ],
)
def no_login_names(deployment: Resource) -> Result:
    template = deployment.node("template")
    for resource in template.items("resources"):
        for place in _LOGINS:
            value = resource.text(place)
            named = _VARIABLE.match(value)
            if named:
                value = template.text(f"variables.{named[1]}")
            if value and not value.startswith("["):
                yield f"{resource.at(place)} is written out"


@rule(
    "kade-deployment-secure-parameters",
    "Nested deployments take secrets in secure parameters",
    severity="high",
    types=[DEPLOYMENT],
    measures=["8.15.02", "8.24.02"],
    nis2="21(2)(h)",
    psrule=["Azure.Deployment.SecureParameter"],
    checkov=["CKV_AZURE_131"],
    remediation="Give the parameter the type securestring or secureObject.",
    why="The value of any other parameter stays readable in the history of deployments.",
    passes=[
        _template(parameters={"adminPassword": {"type": "secureString"}, "secretName": {"type": "string"}}),
        _template(parameters={"passwordLength": {"type": "int"}}),
        _template(),
    ],
    fails=[
        _template(parameters={"adminPassword": {"type": "string"}}),
        _template(parameters={"clientSecret": {"type": "object"}}),
    ],
)
def secure_parameters(deployment: Resource) -> Result:
    for name, parameter in deployment.entries("template.parameters"):
        low = name.lower()
        if _SECRET_NAME.search(low) and not _NO_SECRET.search(low) and parameter.is_("type", "string", "object"):
            yield f"parameter {name} has the type {parameter.text('type')}"


@rule(
    "kade-deployment-no-secret-outputs",
    "Nested deployments give out no keys",
    severity="high",
    types=[DEPLOYMENT],
    measures=["8.15.02", "8.24.02"],
    nis2="21(2)(h)",
    psrule=["Azure.Deployment.OutputSecretValue"],
    remediation="Leave the output out; put the key in a key vault, or use a managed identity in its place.",
    why="Outputs stay readable in the history of deployments for everyone who may read it.",
    passes=[
        _template(outputs={"id": {"type": "string", "value": "[resourceId('a/b', 'c')]"}}),
        _template(outputs={"key": {"type": "securestring", "value": "[listKeys('a', '2023-01-01').keys[0].value]"}}),
        _template(),
    ],
    fails=[
        _template(outputs={"key": {"type": "string", "value": "[listKeys('a', '2023-01-01').keys[0].value]"}}),
        _template(
            parameters={"pass": {"type": "securestring"}},
            outputs={"pass": {"type": "string", "value": "[parameters('pass')]"}},
        ),
    ],
)
def no_secret_outputs(deployment: Resource) -> Result:
    secure = [n for n, p in deployment.entries("template.parameters") if p.is_("type", "securestring", "secureobject")]
    for name, output in deployment.entries("template.outputs"):
        if output.is_("type", "securestring", "secureobject"):
            continue
        value = output.text("value") if output.is_("type", "string") else ""
        if _KEYS.search(value) or any(f"parameters('{parameter}')".lower() in value.lower() for parameter in secure):
            yield f"output {name} gives out a secret"
