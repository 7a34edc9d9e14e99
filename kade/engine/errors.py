"""The errors that end a run with one sentence for the user: what was found, where, and the remedy."""

from __future__ import annotations


class EngineError(Exception):
    """What the engine refuses; its text is one sentence for the user. The exit status is the caller's choice."""


class StateError(EngineError):
    """A state file that cannot be read, written or trusted."""


class StateWriteError(StateError):
    """A state that could not be written; the file is as it was."""


class ProjectError(EngineError):
    """A ``Pulumi.yaml`` or stack file that is missing, wrong, or asks for what the engine does not do."""


class LockError(EngineError):
    """Another run holds the state file."""


class PackError(EngineError):
    """A policy pack that does not start, crashes, hangs or answers nonsense."""


class SecretsError(EngineError):
    """A secret that cannot be encrypted or decrypted: no passphrase, the wrong one, or another provider."""


class ProcessError(EngineError):
    """A child process that cannot be started or overran its time."""
