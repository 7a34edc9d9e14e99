"""Pulumi's passphrase provider."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kade.engine import secrets, state
from kade.engine.errors import SecretsError
from kade.engine.plan import Resource
from kade.engine.secrets import PassphraseCrypter, StackSecrets, new_salt
from kade.engine.values import Secret

# Made once, and opened by an independent program with Go's own PBKDF2 and AES-GCM.
PHRASE = "correct horse battery quay"
SALT = "v1:vgLyloWAk3s=:v1:jo0vzyr3IKfPXe5j:WrqUC7VYq2dfvw824lQVGgX+3XwasQ=="
CIPHERTEXT = "v1:4Pf/zT9rJON0Fezd:OD53Ai+BCBjhv3F66zrxm0ctL+5Hm/Y3bA=="
ENV = {"PULUMI_CONFIG_PASSPHRASE": PHRASE}


def _secrets(tmp_path, environment=None, **options):
    return StackSecrets(key_file=tmp_path / "keys" / "dev.key", environment=environment or {}, **options)


def test_a_known_ciphertext_opens():
    crypter = PassphraseCrypter(PHRASE, SALT)
    assert crypter.decrypt(CIPHERTEXT) == '"hunter2"'
    assert crypter.provider == {"type": "passphrase", "state": {"salt": SALT}}


def test_the_wrong_passphrase_says_what_to_set():
    with pytest.raises(SecretsError, match=r"incorrect passphrase: set PULUMI_CONFIG_PASSPHRASE"):
        PassphraseCrypter("another", SALT)


@settings(max_examples=50)
@given(st.text())
def test_every_text_comes_back_and_no_ciphertext_twice(text):
    crypter = secrets._crypter(PHRASE, SALT)
    one, two = crypter.encrypt(text), crypter.encrypt(text)
    assert crypter.decrypt(one) == crypter.decrypt(two) == text
    assert one != two


@pytest.mark.parametrize("text", ["", "x", "v2:a:b", "v1:a", "v1:AAAA:AAAA", "v1:!:b", CIPHERTEXT[:-4] + "AAA="])
def test_a_damaged_ciphertext_is_refused(text):
    with pytest.raises(SecretsError, match="encrypted value"):
        secrets._crypter(PHRASE, SALT).decrypt(text)


@pytest.mark.parametrize("salt", ["", "v1:a", "v2:vgLyloWAk3s=:x", "v1:?:x"])
def test_a_malformed_salt_is_refused(salt):
    with pytest.raises(SecretsError, match="encryptionsalt"):
        PassphraseCrypter(PHRASE, salt)


def test_the_key_is_derived_once(tmp_path):
    secrets._crypter(PHRASE, SALT)
    before = secrets._key.cache_info().misses
    stack = _secrets(tmp_path, ENV, encryption_salt=SALT)
    for _ in range(3):
        assert stack.decrypt_config(CIPHERTEXT) == '"hunter2"'
        assert stack.crypter(None).provider["state"] == {"salt": SALT}
    assert secrets._key.cache_info().misses == before


def test_the_passphrase_may_come_from_a_file(tmp_path):
    (tmp_path / "phrase").write_text(PHRASE + "\n")
    environment = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "phrase")}
    assert _secrets(tmp_path, environment, encryption_salt=SALT).decrypt_config(CIPHERTEXT) == '"hunter2"'
    environment = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "absent")}
    with pytest.raises(SecretsError, match=r"PULUMI_CONFIG_PASSPHRASE_FILE names .*absent, which cannot be read"):
        _secrets(tmp_path, environment, encryption_salt=SALT).decrypt_config(CIPHERTEXT)


def test_without_a_passphrase_a_key_file_is_made_once_and_told(tmp_path):
    told: list[str] = []
    first = _secrets(tmp_path, tell=told.append).crypter(None)
    key = tmp_path / "keys" / "dev.key"
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    again = _secrets(tmp_path, tell=told.append).crypter(first.provider)
    assert again.decrypt(first.encrypt("x")) == "x"
    assert len(told) == 1
    assert str(key) in told[0]
    assert key.read_text().strip() not in told[0]


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    first = _secrets(tmp_path).crypter(None)
    (tmp_path / "keys" / "dev.key").chmod(0o644)
    with pytest.raises(SecretsError, match=r"others can read this key file \(mode 0644\); `chmod 600"):
        _secrets(tmp_path).crypter(first.provider)


def test_no_key_is_made_for_what_somebody_else_encrypted(tmp_path):
    with pytest.raises(SecretsError, match="a passphrase is needed to decrypt the secrets"):
        _secrets(tmp_path).crypter({"type": "passphrase", "state": {"salt": SALT}})
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    "provider", ["awskms://alias/x?region=eu-west-1", "azurekeyvault://v/keys/k", "hashivault://k"]
)
def test_another_provider_is_refused_when_it_is_needed(tmp_path, provider):
    stack = _secrets(tmp_path, ENV, secrets_provider=provider, source="Pulumi.dev.yaml")
    kind = provider.partition("://")[0]
    for call in (lambda: stack.crypter(None), lambda: stack.decrypt_config(CIPHERTEXT)):
        with pytest.raises(SecretsError, match=f"Pulumi.dev.yaml names the secrets provider '{kind}'"):
            call()
    with pytest.raises(SecretsError, match="the state names the secrets provider 'service'"):
        _secrets(tmp_path, ENV).crypter({"type": "service", "state": {}})


def test_a_secure_value_without_a_salt_is_told(tmp_path):
    with pytest.raises(SecretsError, match=r"Pulumi\.dev\.yaml has no encryptionsalt"):
        _secrets(tmp_path, ENV, source="Pulumi.dev.yaml").decrypt_config(CIPHERTEXT)


def test_a_state_keeps_its_salt_and_its_ciphertexts(tmp_path):
    path = tmp_path / "state.json"
    urn = "urn:pulumi:dev::p::random:index:Password::pw"
    resource = {"urn": urn, "custom": True, "id": "x", "type": "random:index:Password"}
    mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": CIPHERTEXT}
    body = {
        "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
        "secrets_providers": {"type": "passphrase", "state": {"salt": SALT}},
        "resources": [{**resource, "outputs": {"a": mark, "b": mark, "c": [mark]}}],
        "metadata": {},
    }
    path.write_text(json.dumps({"version": 3, "deployment": body}))
    found = state.load(path, _secrets(tmp_path, ENV))
    assert found.resources[0].outputs == {"a": Secret("hunter2"), "b": Secret("hunter2"), "c": [Secret("hunter2")]}
    found.resources.append(Resource(urn + "2", "random:index:Password", outputs={"n": Secret("fresh")}))
    state.save(path, found, _secrets(tmp_path, ENV))
    written = json.loads(path.read_text())["deployment"]
    assert written["secrets_providers"] == body["secrets_providers"]
    assert written["resources"][0]["outputs"] == body["resources"][0]["outputs"]
    assert "fresh" not in path.read_text()
    assert "hunter2" not in path.read_text()
    before = path.read_text()
    assert state.save(path, state.load(path, _secrets(tmp_path, ENV)), _secrets(tmp_path, ENV)) is False
    assert path.read_text() == before


def test_a_state_without_secrets_needs_no_passphrase(tmp_path):
    path = tmp_path / "state.json"
    deployment = state.empty()
    deployment.resources.append(Resource("urn:pulumi:dev::p::random:index:Id::x", "random:index:Id", id="x"))
    state.save(path, deployment, _secrets(tmp_path))
    assert state.load(path, _secrets(tmp_path)).resources == deployment.resources
    assert not (tmp_path / "keys").exists()


def test_a_new_salt_belongs_to_its_passphrase():
    salt = new_salt("x")
    assert PassphraseCrypter("x", salt).provider["state"]["salt"] == salt
    with pytest.raises(SecretsError):
        PassphraseCrypter("y", salt)
