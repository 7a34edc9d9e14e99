"""Writes small policy packs, which the tests run as real processes."""

from __future__ import annotations

import textwrap
from pathlib import Path

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
