"""Pulumi's passphrase secrets provider: what is encrypted here can be read by the Pulumi CLI, and the reverse.

A stack's ``encryptionsalt`` is ``v1:<salt>:<ciphertext of "pulumi">``; a ciphertext is ``v1:<nonce>:<text and tag>``,
all in base64. Source: ``pkg/secrets/passphrase/manager.go`` and ``sdk/go/common/resource/config/crypt.go`` of
pulumi/pulumi.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets as random
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kade.engine.errors import SecretsError

ROUNDS: Final = 1_000_000  # of PBKDF2-HMAC-SHA256
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_CHECK: Final = "pulumi"  # what the salt's own ciphertext has to decrypt to
_OURS: Final = ("", "default", "passphrase")

_HOW = "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it"


class PassphraseCrypter:
    """Encrypts and decrypts with the key of one passphrase and salt. Making it checks the passphrase."""

    def __init__(self, passphrase: str, state: str) -> None:
        """``state`` is an ``encryptionsalt``. Raises `SecretsError` for the wrong passphrase or a malformed salt."""
        salt, check = _split_salt(state)
        self._cipher = AESGCM(_key(passphrase, salt))
        self.provider: Mapping[str, Any] = {"type": "passphrase", "state": {"salt": state}}
        try:
            right = self.decrypt(check) == _CHECK
        except SecretsError:
            right = False
        if not right:
            raise SecretsError(f"incorrect passphrase: {_HOW}.")

    def encrypt(self, text: str) -> str:
        """The ciphertext of a text; another one at every call."""
        nonce = random.token_bytes(_NONCE_BYTES)
        return f"v1:{_b64(nonce)}:{_b64(self._cipher.encrypt(nonce, text.encode(), None))}"

    def decrypt(self, ciphertext: str) -> str:
        """The text. Raises `SecretsError` where it was encrypted with another key or is damaged."""
        parts = ciphertext.split(":")
        if len(parts) != 3 or parts[0] != "v1":
            raise SecretsError("the encrypted value is not of the form v1:nonce:ciphertext that a passphrase gives.")
        try:
            nonce, data = (base64.b64decode(part, validate=True) for part in parts[1:])
            if len(nonce) != _NONCE_BYTES:
                raise SecretsError("the encrypted value is damaged: its nonce has another length.")
            return self._cipher.decrypt(nonce, data, None).decode()
        except (binascii.Error, InvalidTag, UnicodeDecodeError) as error:
            raise SecretsError("the encrypted value is damaged, or was encrypted with another passphrase.") from error


def new_salt(passphrase: str) -> str:
    """A fresh ``encryptionsalt`` for a passphrase."""
    salt = random.token_bytes(_SALT_BYTES)
    nonce = random.token_bytes(_NONCE_BYTES)
    check = AESGCM(_key(passphrase, salt)).encrypt(nonce, _CHECK.encode(), None)
    return f"v1:{_b64(salt)}:v1:{_b64(nonce)}:{_b64(check)}"


class StackSecrets:
    """The secrets of one stack: `kade.engine.state.Secrets`, and the decryption of its configuration.

    Nothing is read or derived before a secret is met. Without a passphrase in the environment a generated key file
    stands in for it, and ``tell`` gets one line that says so.
    """

    def __init__(
        self,
        *,
        key_file: Path,
        encryption_salt: str = "",
        secrets_provider: str = "",
        source: str = "",
        tell: Callable[[str], None] = lambda _line: None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``encryption_salt`` and ``secrets_provider`` are those of the stack's file, which ``source`` names."""
        self._key_file, self._salt, self._provider = key_file, encryption_salt, secrets_provider
        self._source, self._tell = source, tell
        self._environment = os.environ if environment is None else environment
        self._passphrase: str | None = None
        self._new: PassphraseCrypter | None = None

    def crypter(self, provider: Mapping[str, Any] | None) -> PassphraseCrypter:
        """The crypter of a state with this ``secrets_providers`` block; None for a state that has none yet.

        Raises `SecretsError` for another provider than a passphrase, and for the wrong passphrase.
        """
        if not provider:
            if self._new is None:
                self._refuse_other(self._provider, self._source or "the stack's file")
                self._new = self._made(self._salt or new_salt(self._phrase(make=True)))
            return self._new
        self._refuse_other(str(provider.get("type", "")), "the state")
        salt = (provider.get("state") or {}).get("salt")
        if not isinstance(salt, str):
            raise SecretsError("the state's secrets_providers block has no salt, so its secrets cannot be decrypted.")
        return self._made(salt)

    def decrypt_config(self, ciphertext: str) -> str:
        """A ``secure:`` value of the stack's file. Raises `SecretsError`."""
        self._refuse_other(self._provider, self._source or "the stack's file")
        if not self._salt:
            raise SecretsError(f"it is encrypted, but {self._source or 'the stack file'} has no encryptionsalt.")
        return self._made(self._salt).decrypt(ciphertext)

    def _made(self, salt: str) -> PassphraseCrypter:
        return _crypter(self._phrase(make=False), salt)

    def _refuse_other(self, provider: str, where: str) -> None:
        if provider not in _OURS:
            kind = provider.partition("://")[0]
            raise SecretsError(
                f"{where} names the secrets provider {kind!r}, and only a passphrase is done here; use the Pulumi CLI,"
                " or change it with `pulumi stack change-secrets-provider passphrase`."
            )

    def _phrase(self, *, make: bool) -> str:
        """The passphrase; the key file's where the environment has none, made now where there is none and ``make``."""
        if self._passphrase is None:
            found = _from_environment(self._environment)
            self._passphrase = self._from_key_file(make=make) if found is None else found
        return self._passphrase

    def _from_key_file(self, *, make: bool) -> str:
        path = self._key_file
        try:
            if path.exists():
                _refuse_open(path)
                return path.read_text(encoding="utf-8").strip()
            if not make:
                raise SecretsError(f"a passphrase is needed to decrypt the secrets: {_HOW}.")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            key = random.token_urlsafe(32)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(key + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SecretsError(f"{path}: the key file cannot be used: {error.strerror}; {_HOW}.") from error
        self._tell(
            f"No passphrase is set: the secrets in the state are encrypted with the new key file {path}; keep it."
        )
        return key


def _from_environment(environment: Mapping[str, str]) -> str | None:
    phrase = environment.get("PULUMI_CONFIG_PASSPHRASE")
    if phrase is not None:  # an empty one is a passphrase too, as it is to Pulumi
        return phrase
    file = environment.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretsError(f"PULUMI_CONFIG_PASSPHRASE_FILE names {file}, which cannot be read: {error}.") from error


def _refuse_open(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise SecretsError(f"{path}: others can read this key file (mode {mode:04o}); `chmod 600 {path}`.")


def _split_salt(state: str) -> tuple[bytes, str]:
    parts = state.split(":", 2)
    if len(parts) != 3 or parts[0] != "v1":
        raise SecretsError("the encryptionsalt is not of the form v1:salt:verification.")
    try:
        return base64.b64decode(parts[1], validate=True), parts[2]
    except binascii.Error as error:
        raise SecretsError("the encryptionsalt is damaged: its salt is not base64.") from error


@lru_cache(maxsize=64)
def _key(passphrase: str, salt: bytes) -> bytes:
    """The key; about half a second, so once a process for each salt."""
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ROUNDS, _KEY_BYTES)


@lru_cache(maxsize=64)
def _crypter(passphrase: str, salt: str) -> PassphraseCrypter:
    return PassphraseCrypter(passphrase, salt)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
