"""Writes small policy packs, which the tests run as real processes."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from kade.engine.pack_setting import Limits, Setting
from kade.engine.packs import PackRunner
from kade.engine.plan import PolicyResult, Resource

HEAD = """\
from pulumi_policy import (EnforcementLevel, PolicyConfigSchema, PolicyPack, ResourceValidationPolicy, Severity,
                           PolicyComplianceFramework, StackValidationPolicy)
"""


def write_pack(
    folder: Path, body: str, *, version: str = "version: 1.2.3\n", runtime: str = "runtime: python\n"
) -> Path:
    """A pack whose ``__main__.py`` is this body after the imports."""
    folder.mkdir(parents=True)
    (folder / "PulumiPolicy.yaml").write_text(runtime + version)
    (folder / "__main__.py").write_text(HEAD + textwrap.dedent(body))
    return folder


URN = "urn:pulumi:dev::harbour::azure-native:storage:StorageAccount::{}"
STACK_URN = "urn:pulumi:dev::harbour::pulumi:pulumi:Stack::harbour-dev"
STORAGE = "azure-native:storage:StorageAccount"
SETTING = Setting("harbour", "dev")

TLS = """
    def tls(args, report):
        if args.props.get("minimumTlsVersion") != "TLS1_2":
            report(f"{args.name} takes {args.props.get('minimumTlsVersion')}")
    PolicyPack("tls", [ResourceValidationPolicy(
        "minimum-tls", "TLS 1.2 at least.", tls, EnforcementLevel.MANDATORY, display_name="Minimum TLS",
        severity=Severity.HIGH, remediation_steps="Set it.", url="https://example.org/tls",
        framework=PolicyComplianceFramework("BIO2", "1.3", "8.24"),
        tags=["type:azure-native:storage:StorageAccount", "psrule:AZR-1", "checkov:C_1", "checkov:C_2", "other:x"])])
"""


def sample(name: str = "one", type_: str = STORAGE, **inputs: Any) -> Resource:
    return Resource(URN.format(name).replace(STORAGE, type_), type_, inputs=inputs, outputs=dict(inputs))


def setting(plain: bool = False, **limits: float) -> Setting:
    return Setting("harbour", "dev", plain=plain, limits=Limits(**limits))


def run(
    pack: Path | list[Path], *resources: Resource, setting: Setting = SETTING, stack: bool = False, **options: Any
) -> list[PolicyResult]:
    packs = pack if isinstance(pack, list) else [pack]
    with PackRunner.start(packs, setting, **options) as runner:
        for resource in resources:
            runner.analyze(resource)
        if stack:
            runner.analyze_stack([Resource(STACK_URN, "pulumi:pulumi:Stack", custom=False), *resources])
        return runner.results()


def fails(results: list[PolicyResult]) -> list[tuple[str, str, str]]:
    return [(r.rule, r.urn.rsplit("::", 1)[-1], r.message) for r in results if r.verdict == "fail"]
