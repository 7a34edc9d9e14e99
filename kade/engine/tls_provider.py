"""The package ``tls``: a private key needs no cloud, so it is made for real.

Source: the documentation of tls.PrivateKey in pulumi/pulumi-tls (bridged from hashicorp/terraform-provider-tls). Its
certificates are previewed as those of any package without a local provider, and not made.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from kade.engine import diff as differences
from kade.engine.generic import Generic
from kade.engine.provider import Checked, Diff, Failure, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN

_KIND = "PrivateKey"
_DEFAULTS: Tree = {"rsaBits": 2048, "ecdsaCurve": "P224"}
_CURVES: dict[str, Callable[[], ec.EllipticCurve]] = {
    "P224": ec.SECP224R1,
    "P256": ec.SECP256R1,
    "P384": ec.SECP384R1,
    "P521": ec.SECP521R1,
}
_ALGORITHMS: dict[str, Callable[[Tree], PrivateKeyTypes]] = {
    "RSA": lambda args: rsa.generate_private_key(public_exponent=65537, key_size=int(args["rsaBits"])),
    "ECDSA": lambda args: ec.generate_private_key(_CURVES[str(args["ecdsaCurve"])]()),
    "ED25519": lambda _args: ed25519.Ed25519PrivateKey.generate(),
}
_SECRET = frozenset({"privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"})
_OPENSSH = ("publicKeyOpenssh", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256")


class Tls(Generic):
    """The provider of the package ``tls``."""

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """An algorithm that is known, with its defaults."""
        if not _is_key(type_):
            return super().check(urn, type_, old, new, preview=preview)
        given = _DEFAULTS | new
        failures = [
            Failure(name, f"{given.get(name)!r} is not one of {', '.join(allowed)}")
            for name, allowed in (("algorithm", _ALGORITHMS), ("ecdsaCurve", _CURVES))
            if given.get(name) is not UNKNOWN and given.get(name) not in allowed
        ]
        return Checked(new, failures)

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        """Every change is a new key."""
        if not _is_key(type_):
            return super().diff(urn, type_, id_, old_inputs, old_outputs, new)
        return differences.anew(old_inputs, new)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """Make a key; in a preview it is unknown."""
        if not _is_key(type_):
            return super().create(urn, type_, inputs, preview=preview)
        outputs = _DEFAULTS | inputs
        if preview:
            return Made(UNKNOWN, outputs | dict.fromkeys([*_SECRET, "publicKeyPem", *_OPENSSH], UNKNOWN), _SECRET)
        try:
            key = _ALGORITHMS[str(outputs["algorithm"])](outputs)
        except ValueError as error:  # a size that is too small
            raise ProviderError(f"no {outputs['algorithm']} key can be made: {error}") from None
        id_, made = _forms(key)
        return Made(id_, outputs | made, _SECRET)

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        """A key is only forgotten."""


def _is_key(type_: str) -> bool:
    return type_.rsplit(":", 1)[-1] == _KIND


def _forms(key: PrivateKeyTypes) -> tuple[str, Tree]:
    """An id, and the key in each form; one that OpenSSH does not know (P224) has none of OpenSSH's, as with Pulumi."""
    plain = forms.NoEncryption()
    public = key.public_key()
    der = public.public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    pkcs8 = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, plain).decode()
    # An Ed25519 key has no traditional form; PKCS 8 is what it is written in everywhere.
    old = not isinstance(key, ed25519.Ed25519PrivateKey)
    made: Tree = {
        "privateKeyPem": key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.TraditionalOpenSSL, plain).decode()
        if old
        else pkcs8,
        "privateKeyPemPkcs8": pkcs8,
        "publicKeyPem": public.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo).decode(),
        **dict.fromkeys(("privateKeyOpenssh", *_OPENSSH), ""),
    }
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP224R1)):
        line = public.public_bytes(forms.Encoding.OpenSSH, forms.PublicFormat.OpenSSH).decode()
        blob = base64.b64decode(line.split()[1])
        md5 = hashlib.md5(blob, usedforsecurity=False).hexdigest()
        made["privateKeyOpenssh"] = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.OpenSSH, plain).decode()
        made["publicKeyOpenssh"] = line + "\n"
        made["publicKeyFingerprintMd5"] = ":".join(md5[i : i + 2] for i in range(0, len(md5), 2))
        sha256 = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        made["publicKeyFingerprintSha256"] = f"SHA256:{sha256}"
    return hashlib.sha1(der, usedforsecurity=False).hexdigest(), made
