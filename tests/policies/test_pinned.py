"""Links to scripts that change under who runs them, and text that looks like a secret."""

import pytest

from kade.policies.kit.evaluate import Verdict
from kade.policies.kit.resource import Resource
from kade.policies.kit.testing import verdict_of
from kade.policies.security.machine_secrets import no_secrets_in_custom_data
from kade.policies.security.pinned import moves

COMMIT = "0a1b2c3d4e" * 4


@pytest.mark.parametrize(
    ("uri", "wanted"),
    [
        (f"https://raw.githubusercontent.com/o/r/{COMMIT}/a/b.ps1", False),
        ("https://raw.githubusercontent.com/o/r/main/a.ps1", True),
        ("https://raw.githubusercontent.com/o/r/refs/heads/main/a.ps1", True),
        ("HTTPS://RAW.GITHUBUSERCONTENT.COM/o/r/v1.2.3/a.ps1", True),
        (f"https://raw.githubusercontent.com/o/r/{COMMIT[:12]}/a.ps1", True),
        (f"https://github.com/o/r/raw/{COMMIT}/a.sh", False),
        ("https://github.com/o/r/blob/main/a.sh", True),
        ("https://github.com/o/r/releases/download/v1/a.sh", False),
        ("https://example.org/main/a.sh", False),
        ("", False),
    ],
)
def test_a_link_moves_unless_it_names_a_commit(uri: str, wanted: bool) -> None:
    assert moves(uri) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("#cloud-config\nssh_pwauth: false\nchpasswd: {expire: false}", Verdict.PASS),
        ("export TOKEN=$(az account get-access-token)", Verdict.PASS),
        ("password: '{{ vault.password }}'", Verdict.PASS),
        ("lock_passwd: true", Verdict.PASS),
        ("DB_PASSWORD=Welkom-in-Lindewaard", Verdict.FAIL),
        ("client_secret: 'a8Q~xyzxyzxyz'", Verdict.FAIL),
        ("curl 'https://st.blob.example/x?sv=1&sig=aaaaBBBBccccDDDDeeeeFFFF%3D'", Verdict.FAIL),
        ("-----BEGIN RSA PRIVATE KEY-----", Verdict.FAIL),
    ],
)
def test_what_looks_like_a_secret_in_custom_data(text: str, wanted: Verdict) -> None:
    machine = Resource("azure-native:compute:VirtualMachine", {"osProfile": {"customData": text}}, name="vm")
    assert verdict_of(no_secrets_in_custom_data, [machine]) is wanted
