"""The package tls: private keys that are made for real."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
    load_ssh_private_key,
    load_ssh_public_key,
)

from kade.engine.provider import Change, ProviderError
from kade.engine.tls_provider import Tls
from kade.engine.values import UNKNOWN

TYPE = "tls:index/privateKey:PrivateKey"
URN = f"urn:pulumi:s::p::{TYPE}::key"


@pytest.mark.parametrize(
    ("inputs", "kind", "size"),
    [
        ({"algorithm": "RSA"}, rsa.RSAPrivateKey, 2048),
        ({"algorithm": "RSA", "rsaBits": 3072}, rsa.RSAPrivateKey, 3072),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P384"}, ec.EllipticCurvePrivateKey, 384),
        ({"algorithm": "ED25519"}, ed25519.Ed25519PrivateKey, None),
    ],
)
def test_every_form_is_the_same_key(inputs, kind, size):
    outputs = {k: str(v) for k, v in Tls().create(URN, TYPE, inputs, preview=False).outputs.items()}
    key = load_pem_private_key(outputs["privateKeyPem"].encode(), None)
    assert isinstance(key, kind)
    assert getattr(key, "key_size", None) == size
    for other in (
        load_pem_private_key(outputs["privateKeyPemPkcs8"].encode(), None).public_key(),
        load_ssh_private_key(outputs["privateKeyOpenssh"].encode(), None).public_key(),
        load_pem_public_key(outputs["publicKeyPem"].encode()),
        load_ssh_public_key(outputs["publicKeyOpenssh"].encode()),
    ):
        assert other == key.public_key()
    assert len(outputs["publicKeyFingerprintMd5"].split(":")) == 16
    assert outputs["publicKeyFingerprintSha256"].startswith("SHA256:")


def test_a_curve_that_openssh_does_not_know_has_no_form_of_its():
    outputs = Tls().create(URN, TYPE, {"algorithm": "ECDSA"}, preview=False).outputs
    assert outputs["publicKeyOpenssh"] == outputs["privateKeyOpenssh"] == ""


def test_private_forms_are_secret_and_unknown_in_a_preview():
    made = Tls().create(URN, TYPE, {"algorithm": "RSA"}, preview=True)
    assert made.id is UNKNOWN
    assert made.outputs_secret == {"privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"}
    assert all(made.outputs[name] is UNKNOWN for name in made.outputs_secret)


def test_what_cannot_be_made_is_said():
    (failure,) = Tls().check(URN, TYPE, None, {"algorithm": "DSA"}, preview=True).failures
    assert (failure.property, "RSA, ECDSA, ED25519" in failure.reason) == ("algorithm", True)
    with pytest.raises(ProviderError, match="no RSA key can be made"):
        Tls().create(URN, TYPE, {"algorithm": "RSA", "rsaBits": 12}, preview=False)


def test_another_type_previews_and_is_refused():
    kind = "tls:index/selfSignedCert:SelfSignedCert"
    assert Tls().create(URN, kind, {"a": 1}, preview=True).outputs == {"a": 1}
    with pytest.raises(ProviderError, match="deploy with the Pulumi CLI"):
        Tls().create(URN, kind, {"a": 1}, preview=False)


def test_a_changed_key_is_another_key():
    old = {"algorithm": "RSA"}
    assert Tls().diff(URN, TYPE, "id", old, {}, {**old, "rsaBits": 4096}).change is Change.REPLACE
    assert Tls().diff(URN, TYPE, "id", old, {}, old).change is Change.NONE
