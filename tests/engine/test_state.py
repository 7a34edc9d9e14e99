"""State files: round trips, damage, integrity, snapshots without secrets."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kade.engine import state, state_values
from kade.engine.errors import SecretsError, StateError
from kade.engine.plan import Resource
from kade.engine.values import UNKNOWN, Archive, Asset, ResourceRef, Secret

STACK = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:azure-native::default"
VAULT = "urn:pulumi:dev::p::azure-native:keyvault:Vault::vault"
SIG = state_values.SIGNATURE


class Fake:
    """A crypter that only turns the text around, and counts."""

    provider: Mapping[str, Any] = {"type": "passphrase", "state": {"salt": "v1:a:b"}}

    def __init__(self) -> None:
        self.encrypted = 0

    def crypter(self, provider: Any) -> Fake:
        return self

    def encrypt(self, text: str) -> str:
        self.encrypted += 1
        return f"{self.encrypted}~{text[::-1]}"

    def decrypt(self, ciphertext: str) -> str:
        return ciphertext.partition("~")[2][::-1]


def _deployment() -> state.Deployment:
    made = state.empty()
    made.resources = [
        Resource(STACK, "pulumi:pulumi:Stack", custom=False, outputs={"id": "x"}),
        Resource(PROVIDER, "pulumi:providers:azure-native", id="1", parent=STACK),
        Resource(
            VAULT, "azure-native:keyvault:Vault", id="/vault", parent=STACK, provider=f"{PROVIDER}::1",
            inputs={"name": "v", "key": Secret("hunter2")}, outputs={"key": Secret("hunter2"), "size": 3},
            dependencies=[PROVIDER], property_dependencies={"name": [PROVIDER]}, protect=True,
            custom_timeouts={"create": 60}, additional_secret_outputs=["key"], ignore_changes=["tags"],
            replace_on_changes=["name"], retain_on_delete=True, import_id="/vault", init_errors=["late"],
            created="2026-01-01T00:00:00Z", modified="2026-01-02T00:00:00Z", source_position="project:///a.py#1",
        ),
    ]  # fmt: skip
    made.pending_operations = [state.PendingOperation(Resource(VAULT + "2", "azure-native:keyvault:Vault"), "creating")]
    return made


def _saved(path: Path) -> Path:
    state.save(path, _deployment(), Fake())
    return path


def test_a_file_that_is_not_there_is_an_empty_state(tmp_path):
    assert state.load(tmp_path / "none.json", Fake()) == state.empty()


def test_what_is_saved_comes_back(tmp_path):
    path = _saved(tmp_path / "folder" / "dev.json")
    found = state.load(path, Fake())
    assert found.resources == _deployment().resources
    assert found.pending_operations == _deployment().pending_operations
    assert path.stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in path.read_text()
    assert found.find(VAULT) is found.resources[2]


def test_the_file_has_pulumis_form(tmp_path):
    whole = json.loads(_saved(tmp_path / "dev.json").read_text())
    body = whole["deployment"]
    assert whole["version"] == 3
    release = body["manifest"]["version"]
    assert body["manifest"]["magic"] == hashlib.sha256(release.encode()).hexdigest()
    assert body["secrets_providers"] == Fake.provider
    vault = body["resources"][2]
    assert list(vault)[:6] == ["urn", "custom", "id", "type", "inputs", "outputs"]
    assert vault["inputs"]["key"] == {SIG: state_values.SECRET, "ciphertext": '1~"2retnuh"'}
    assert (vault["importID"], vault["retainOnDelete"], vault["customTimeouts"]) == ("/vault", True, {"create": 60})
    assert body["resources"][0] == {
        "urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack", "outputs": {"id": "x"}
    }  # fmt: skip
    assert body["pending_operations"][0]["type"] == "creating"


def test_what_the_engine_does_not_know_is_kept(tmp_path):
    path = _saved(tmp_path / "dev.json")
    whole = json.loads(path.read_text())
    whole["deployment"]["extensions"] = {"a": {"name": "x"}}
    whole["deployment"]["resources"][2]["hideDiff"] = [["a", 0]]
    whole["deployment"]["resources"][2]["taint"] = True
    path.write_text(json.dumps(whole, indent=4))
    found = state.load(path, Fake())
    state.save(path, found, Fake())
    again = json.loads(path.read_text())
    again["deployment"]["manifest"]["time"] = whole["deployment"]["manifest"]["time"]
    assert again == whole


def test_an_unchanged_state_is_not_written(tmp_path):
    path = _saved(tmp_path / "dev.json")
    before = path.read_bytes(), path.stat().st_ino
    crypter = Fake()
    assert state.save(path, state.load(path, crypter), crypter) is False
    assert (path.read_bytes(), path.stat().st_ino, crypter.encrypted) == (*before, 0)


def test_a_changed_secret_gets_a_new_ciphertext_and_the_others_keep_theirs(tmp_path):
    path = _saved(tmp_path / "dev.json")
    crypter = Fake()
    found = state.load(path, crypter)
    found.resources[2].inputs["key"] = Secret("other")
    assert state.save(path, found, crypter) is True
    vault = json.loads(path.read_text())["deployment"]["resources"][2]
    assert crypter.encrypted == 1
    assert vault["outputs"]["key"]["ciphertext"] == '2~"2retnuh"'


def test_the_state_before_is_kept_beside_it(tmp_path):
    path = _saved(tmp_path / "dev.json")
    before = path.read_text()
    found = state.load(path, Fake())
    found.resources.pop()
    state.save(path, found, Fake())
    found.resources.pop()
    state.save(path, found, Fake(), backup=False)
    assert (tmp_path / "dev.json.bak").read_text() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dev.json", "dev.json.bak"]


_SAMPLES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text()
    | st.just(UNKNOWN) | st.builds(Asset, text=st.text()) | st.builds(Asset, path=st.text(min_size=1), hash=st.text())
    | st.builds(Archive, uri=st.text(min_size=1))
    | st.builds(ResourceRef, st.text(), st.none() | st.just(UNKNOWN) | st.text(min_size=1), st.text()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    | st.builds(Secret, inner)
    | st.builds(Archive, assets=st.dictionaries(st.text(), st.builds(Asset, text=st.text()), max_size=2)),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(), _SAMPLES, max_size=4))
def test_every_value_survives(values):
    fake = Fake()
    text = json.dumps(state_values.encode(values, fake.encrypt))
    assert state_values.decode(json.loads(text), fake.decrypt) == values


def test_numbers_are_written_as_go_writes_them():
    def encoded(value: Any) -> Any:
        return state_values.encode(value, str)

    assert json.dumps([encoded(1.0), encoded(1.5), encoded(True)]) == "[1, 1.5, true]"
    assert encoded(math.inf) == {SIG: state_values.FLOAT, "value": "7ff0000000000000"}
    assert math.isnan(state_values.decode(encoded(math.nan), str))


def test_a_secret_in_plaintext_is_read_and_written_encrypted(tmp_path):
    path = _saved(tmp_path / "dev.json")
    whole = json.loads(path.read_text())
    whole["deployment"]["resources"][2]["inputs"]["key"] = {
        SIG: state_values.SECRET,
        "plaintext": '{"a":"open sesame"}',
    }
    path.write_text(json.dumps(whole))
    found = state.load(path, Fake())
    assert found.resources[2].inputs["key"] == Secret({"a": "open sesame"})
    state.save(path, found, Fake(), backup=False)
    assert "open sesame" not in path.read_text()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9, 0.99])
def test_a_file_cut_off_names_its_place_and_the_backup(tmp_path, share):
    path = _saved(tmp_path / "dev.json")
    text = path.read_text()
    path.with_name("dev.json.bak").write_text(text)
    path.write_text(text[: int(len(text) * share)])
    with pytest.raises(StateError) as error:
        state.load(path, Fake())
    message = str(error.value)
    line = path.read_text().count("\n") + 1
    assert message.startswith(f"{path}:{line}:")
    assert message.endswith(f" The state before it is {path}.bak: put that in its place.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1:1: this is not JSON: Expecting value (the file is cut off)"),
        ("hello", ":1:1: this is not JSON"),
        ("[]", "there is no version in it"),
        ('{\n  "version": 2,\n "deployment": {}}', ":2:3: a state is a deployment of version 3, found version 2"),
        ('{"version": 4, "deployment": {}}', "found version 4"),
        ('{"version": 3, "deployment": []}', '"deployment" has to be an object'),
        ('{"version": 3, "deployment": {"resources": [{"urn": "a"}]}}', "a resource needs a urn and a type"),
    ],
)
def test_what_is_no_state_is_refused(tmp_path, text, message):
    path = tmp_path / "dev.json"
    path.write_text(text)
    with pytest.raises(StateError) as error:
        state.load(path, Fake())
    assert message in str(error.value)


def test_an_unknown_signature_names_the_resource(tmp_path):
    path = _saved(tmp_path / "dev.json")
    path.write_text(path.read_text().replace(state_values.SECRET, "0" * 32))
    with pytest.raises(StateError, match=r"dev\.json:\d+:\d+: the signature '0+' is not known"):
        state.load(path, Fake())


def _broken(change: str) -> state.Deployment:
    made = _deployment()
    stack, provider, vault = made.resources
    if change == "twice":
        made.resources.append(vault)
    elif change == "after":
        made.resources = [stack, vault, provider]
        vault.provider, vault.property_dependencies = "", {}
    elif change == "parent":
        vault.parent = STACK + "x"
    elif change == "provider":
        vault.provider = f"{PROVIDER}::2"
    elif change == "property":
        vault.property_dependencies = {"name": [STACK + "x"]}
    elif change == "deleted with":
        vault.deleted_with = STACK + "x"
    elif change == "component":
        stack.id = "1"
    return made


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("twice", f"the resource {VAULT} is there twice, and neither is marked for deletion"),
        ("after", f"names the dependency {PROVIDER}, which comes after it"),
        ("parent", f"names the parent {STACK}x, which is missing"),
        ("provider", f"names the provider {PROVIDER}::2, which is not before it"),
        ("property", f"names the dependency of its property name {STACK}x, which is missing"),
        ("deleted with", f"names the resource to be deleted with {STACK}x, which is missing"),
        ("component", f"the component {STACK} has an id"),
    ],
)
def test_resources_that_do_not_fit_are_told_but_nothing_is_forgotten(tmp_path, change, message):
    path = tmp_path / "dev.json"
    with pytest.raises(StateError) as written:
        state.save(path, _broken(change), Fake())
    assert message in str(written.value)
    body = json.loads(path.read_text())["deployment"]
    assert len(body["resources"]) == len(_broken(change).resources)
    assert message in body["metadata"]["integrity_error"]["error"]
    with pytest.raises(StateError) as read:
        state.load(path, Fake())
    assert message in str(read.value)
    assert str(read.value).startswith(f"{path}:")
    assert len(state.load(path, Fake(), check=False).resources) == len(body["resources"])


def test_an_old_one_that_waits_for_deletion_may_have_the_same_urn(tmp_path):
    made = _deployment()
    made.resources.append(Resource(VAULT, "azure-native:keyvault:Vault", id="/old", delete=True, parent=STACK))
    state.save(tmp_path / "dev.json", made, Fake())
    assert len(state.load(tmp_path / "dev.json", Fake()).resources) == 4


def test_a_manifest_changed_by_hand_is_told(tmp_path):
    path = _saved(tmp_path / "dev.json")
    whole = json.loads(path.read_text())
    whole["deployment"]["manifest"]["magic"] = "x"
    path.write_text(json.dumps(whole))
    with pytest.raises(StateError, match="changed by hand"):
        state.load(path, Fake())


def test_a_snapshot_needs_no_key_and_holds_no_secret(tmp_path):
    path = tmp_path / "snapshot.json"
    state.save_snapshot(path, _deployment())
    text = path.read_text()
    assert "hunter2" not in text
    assert "ciphertext" not in text
    found = state.load(path, None)
    assert found.redacted
    assert found.resources[2].inputs == {"name": "v", "key": Secret(UNKNOWN)}
    assert found.resources[2].outputs == {"key": Secret(UNKNOWN), "size": 3}
    with pytest.raises(StateError, match="a state without its secrets is only for previews"):
        state.save(path, found, Fake())


def test_a_full_state_read_without_a_key_is_as_its_snapshot(tmp_path):
    path = _saved(tmp_path / "dev.json")
    without = state.load(path, None)
    assert without.redacted
    assert without.resources == state.snapshot(_deployment()).resources


def test_a_state_without_secrets_is_not_called_redacted(tmp_path):
    made = _deployment()
    made.resources.pop()
    state.save_snapshot(tmp_path / "dev.json", made)
    assert not state.load(tmp_path / "dev.json", None).redacted


def test_a_wrong_key_is_the_crypters_error(tmp_path):
    class Locked(Fake):
        def decrypt(self, ciphertext: str) -> str:
            raise SecretsError("incorrect passphrase")

    path = _saved(tmp_path / "dev.json")
    with pytest.raises(SecretsError, match="incorrect passphrase"):
        state.load(path, Locked())


def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = _saved(tmp_path / "dev.json")
    before = path.read_text()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    found = state.load(path, Fake())
    found.resources.pop()
    with pytest.raises(StateError, match=r"cannot be written \(No space left on device\); the file is as it was"):
        state.save(path, found, Fake())
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["dev.json"]


def test_time_grows_with_the_number_of_resources(tmp_path):
    def seconds(count: int) -> float:
        made = _deployment()
        inputs = {"tags": {f"k{n}": "v" for n in range(10)}, "rules": [{"name": "r", "ports": [1, 2]}] * 5}
        made.resources += [
            Resource(f"{VAULT}{n}", "azure-native:keyvault:Vault", id=str(n), inputs=inputs, parent=STACK)
            for n in range(count)
        ]
        began = time.process_time()
        state.save(tmp_path / f"{count}.json", made, Fake())
        state.load(tmp_path / f"{count}.json", Fake())
        return time.process_time() - began

    small = min(seconds(1000), seconds(1000))
    assert seconds(8000) < 8 * small * 3  # quadratic would be 64 times
