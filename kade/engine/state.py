"""The state of a stack: a Pulumi deployment of version 3, as ``pulumi stack export`` writes it and ``import`` reads it.

One resource stands on one line, so that a state of 10,000 resources is quick to write and a change is easy to read.
What the file holds and the engine does not know is kept. Source: ``sdk/go/common/apitype/core.go`` (``DeploymentV3``,
``ResourceV3``) and ``pkg/resource/deploy/snapshot.go`` of pulumi/pulumi.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kade.engine import state_values
from kade.engine.errors import StateError
from kade.engine.journal import replayed
from kade.engine.plan import Resource
from kade.engine.state_check import integrity_error
from kade.engine.state_file import line_of, remedy, write_atomic
from kade.engine.state_json import Reader, Writer
from kade.engine.state_model import Crypter, Deployment, PendingOperation, Secrets
from kade.engine.values import UNKNOWN, Secret, Value, has_secret

__all__ = ["Crypter", "Deployment", "PendingOperation", "Secrets", "empty", "load", "save", "save_snapshot", "snapshot"]

VERSION = 3


def empty() -> Deployment:
    """The state of a stack that was never deployed."""
    return Deployment()


def load(path: Path, secrets: Secrets | None, *, check: bool = True) -> Deployment:
    """Read a state file; one that does not exist is `empty`. Without ``secrets``, what comes is as of a `snapshot`.

    What a run that was cut off did after it wrote the file is in its journal, and in what comes.

    Raises `StateError` with file, line and column, and the remedy, for a file that is cut off, is no deployment of
    version 3, or whose resources do not fit together (unless ``check`` is false); `SecretsError` where a secret in it
    cannot be decrypted.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return replayed(path, empty(), secrets)
    except (OSError, UnicodeDecodeError) as error:
        raise StateError(f"{path}: cannot be read: {error}.{remedy(path)}") from error
    with _no_collection():
        deployment = _parse(path, text, secrets)
    if check and (problem := integrity_error(deployment.resources, deployment.manifest)):
        where = line_of(text, problem.urn)
        raise StateError(f"{path}:{where}: {problem.message}.{remedy(path)}")
    return replayed(path, deployment, secrets)


def save(path: Path, deployment: Deployment, secrets: Secrets, *, backup: bool = True) -> bool:
    """Write a state file whole or not at all; True where it changed. The previous one stays beside it as ``.bak``.

    ``backup`` is false for the saves during a run, so that the copy is the state before the run. Raises `StateError`
    where the file cannot be written, for a redacted deployment, and, after writing with Pulumi's ``integrity_error``
    mark so that nothing done is forgotten, where the resources do not fit together.
    """
    if deployment.redacted:
        raise StateError(f"{path}: a state without its secrets is only for previews; deploy with the full state file.")
    release = f"v{version('pulumi')}"
    if deployment.manifest.get("version") != release:
        deployment.manifest = {**deployment.manifest, "version": release}
        deployment.manifest["magic"] = hashlib.sha256(release.encode()).hexdigest()
    problem = integrity_error(deployment.resources, deployment.manifest)
    deployment.metadata.pop("integrity_error", None)
    if problem:
        deployment.metadata["integrity_error"] = {"version": release, "command": "kade", "error": problem.message}
    manifest = {"time": "0001-01-01T00:00:00Z", "magic": "", "version": "", **deployment.manifest}
    with _no_collection():
        body = _render_body(deployment, secrets)
        written = _write(path, manifest, body, backup=backup)
    deployment.manifest = written or deployment.manifest
    if problem:
        raise StateError(f"{path}: {problem.message}; the state was written with that mark.{remedy(path)}")
    return written is not None


def snapshot(deployment: Deployment) -> Deployment:
    """A copy without any secret, for a preview in a pipeline that holds no credentials.

    Every secret value becomes a secret unknown (``Secret(UNKNOWN)``; in the file a secret whose plaintext is Pulumi's
    unknown marker), which needs no key to write or to read. A preview takes a property that is a secret unknown in
    the state as equal to any secret, so a secret is never compared, and hands it to the program as unknown.
    """

    def hidden(value: Value) -> Value:
        if isinstance(value, Secret):
            return Secret(UNKNOWN)
        if isinstance(value, dict):
            return {key: hidden(item) for key, item in value.items()}
        return [hidden(item) for item in value] if isinstance(value, list) else value

    def bare(resource: Resource) -> Resource:
        outputs = hidden(resource.outputs)
        outputs |= {key: Secret(UNKNOWN) for key in resource.additional_secret_outputs if key in outputs}
        return replace(resource, inputs=hidden(resource.inputs), outputs=outputs)

    resources = [bare(r) for r in deployment.resources]

    return Deployment(
        resources=resources,
        pending_operations=[PendingOperation(bare(o.resource), o.type) for o in deployment.pending_operations],
        manifest=dict(deployment.manifest),
        metadata=dict(deployment.metadata),
        redacted=any(has_secret(r.inputs) or has_secret(r.outputs) for r in resources),
    )


def save_snapshot(path: Path, deployment: Deployment) -> None:
    """Write `snapshot` of a deployment. Raises `StateError` where the file cannot be written."""
    copy = snapshot(deployment)
    manifest = {"time": "0001-01-01T00:00:00Z", "magic": "", "version": "", **copy.manifest}
    _write(path, manifest, _render_body(copy, None), backup=False)


@contextmanager
def _no_collection() -> Generator[None]:
    """Millions of new objects and no garbage: the collector only costs time here."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _parse(path: Path, text: str, secrets: Secrets | None) -> Deployment:
    try:
        envelope = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        ended = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        cut = " (the file is cut off)" if ended else ""
        raise StateError(f"{where}: this is not JSON: {error.msg}{cut}.{remedy(path)}") from error
    found = envelope.get("version") if isinstance(envelope, dict) else None
    if found != VERSION:
        where = line_of(text, '"version"')
        what = f"found version {found}" if found is not None else "there is no version in it"
        raise StateError(f"{path}:{where}: a state is a deployment of version 3, {what}.")
    body = envelope.get("deployment")
    if not isinstance(body, dict):
        raise StateError(f'{path}: "deployment" has to be an object.{remedy(path)}')
    special = state_values.SIGNATURE in text or state_values.UNKNOWN_TEXT in text
    reader = Reader(path, text, body.get("secrets_providers"), secrets, special=special)
    made = Deployment(
        manifest=body.get("manifest") or {},
        secrets_provider=body.get("secrets_providers"),
        metadata=body.get("metadata") or {},
        extra={k: v for k, v in body.items() if k not in _KNOWN},
        resource_extra=reader.extra,
        ciphertexts=reader.ciphertexts,
    )
    made.resources = [reader.resource(item) for item in body.get("resources") or ()]
    made.pending_operations = [
        PendingOperation(reader.resource(item["resource"]), item.get("type", ""))
        for item in body.get("pending_operations") or ()
    ]
    made.redacted = _REDACTED in text or (secrets is None and reader.sealed)
    return made


_REDACTED = json.dumps(json.dumps(state_values.UNKNOWN_TEXT))  # the plaintext of a secret unknown
_KNOWN = frozenset({"manifest", "secrets_providers", "resources", "pending_operations", "metadata"})


def _render_body(deployment: Deployment, secrets: Secrets | None) -> str:
    writer = Writer(deployment, secrets)
    resources = [writer.line(r) for r in deployment.resources]
    pending = [
        json.dumps({"resource": writer.resource(o.resource), "type": o.type}, separators=(",", ":"))
        for o in deployment.pending_operations
    ]
    parts = []
    if deployment.secrets_provider:
        parts.append(f'"secrets_providers": {json.dumps(deployment.secrets_provider)}')
    if resources:
        parts.append('"resources": [\n' + ",\n".join(resources) + "\n]")
    if pending:
        parts.append('"pending_operations": [\n' + ",\n".join(pending) + "\n]")
    parts.append(f'"metadata": {json.dumps(deployment.metadata)}')
    parts.extend(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in deployment.extra.items())
    return ",\n".join(parts)


def _write(path: Path, manifest: dict[str, Any], body: str, *, backup: bool) -> dict[str, Any] | None:
    """Write unless only the time would differ. Returns the manifest as written, None where nothing was."""

    def whole(head: dict[str, Any]) -> str:
        return f'{{"version": {VERSION}, "deployment": {{\n"manifest": {json.dumps(head)},\n{body}\n}}}}\n'

    try:
        if path.exists() and path.read_text(encoding="utf-8") == whole(manifest):
            return None
    except (OSError, UnicodeDecodeError):
        pass  # what cannot be read is replaced
    manifest = {**manifest, "time": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
    write_atomic(path, whole(manifest), backup=backup)
    return manifest
