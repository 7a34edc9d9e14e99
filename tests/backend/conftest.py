"""Real servers to keep state in: moto's for S3, and Azurite, where npm has put it, for Azure Blob Storage."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from kade.backend.address import parse
from kade.backend.folder import Folder

ROOT = Path(__file__).resolve().parents[2]
# The account and the key that every Azurite has: they are in its documentation and open nothing else.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def await_(url):
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310  # our own server
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


@pytest.fixture(scope="session")
def moto():
    """The address of moto's server."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    await_(f"http://127.0.0.1:{port}/moto-api/data.json")
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()


@pytest.fixture
def aws(moto, monkeypatch):
    """The environment in which AWS is moto, empty at the start of each test."""
    urllib.request.urlopen(urllib.request.Request(f"{moto}/moto-api/reset", method="POST")).close()  # noqa: S310
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": moto,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    return moto


@dataclass(frozen=True)
class Azurite:
    """A running Azurite; ``url`` is the URL of a container in it."""

    port: int
    folder: Path

    def url(self, container="state", protocol="https", **more):
        options = {"storage_account": ACCOUNT, "domain": f"127.0.0.1:{self.port}", "protocol": protocol, **more}
        return f"azblob://{container}?" + "&".join(f"{key}={value}" for key, value in options.items())


def _azurite():
    beside = ROOT / "build" / "azurite" / "node_modules" / ".bin" / "azurite-blob"
    return shutil.which("azurite-blob") or (str(beside) if beside.exists() else None)


def _start(folder, *more):
    program = _azurite()
    if program is None or shutil.which("node") is None:
        pytest.skip("Azurite is not here: npm install --prefix build/azurite azurite@3")
    port = free_port()
    server = subprocess.Popen(
        [program, "--silent", "--location", folder, "--blobPort", str(port), "--skipApiVersionCheck", *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(600):  # a minute: node starts slowly on a busy machine
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server, Azurite(port, folder)
        except OSError:
            assert server.poll() is None, "Azurite ended at once"
            time.sleep(0.1)
    server.kill()
    raise TimeoutError("Azurite does not answer")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder


@pytest.fixture(scope="session")
def azurite_session(tmp_path_factory, certificate):
    server, found = _start(
        tmp_path_factory.mktemp("azurite"), "--cert", certificate / "cert.pem", "--key", certificate / "key.pem"
    )
    yield found
    server.kill()
    server.wait()


@pytest.fixture
def azure(azurite_session, certificate, monkeypatch):
    """An Azurite behind HTTPS, with the credentials in the environment and no container yet."""
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "cert.pem"))
    return azurite_session


@pytest.fixture
def plain_azure(tmp_path, azure):
    """An Azurite without TLS."""
    server, found = _start(tmp_path)
    yield found
    server.kill()
    server.wait()


URN = "urn:pulumi:{stack}::kade::pulumi:pulumi:Stack::kade-{stack}"


def checkpoint(stack, resources=3):
    """The state of a stack as Pulumi's own backends write it."""
    urn = URN.format(stack=stack)
    listed = [{"urn": urn, "custom": False, "type": "pulumi:pulumi:Stack"}]
    for number in range(resources - 1):
        name = urn.replace("pulumi:pulumi:Stack::kade-", f"pulumi:pulumi:Stack$a:b:C::{number}-")
        listed.append({"urn": name, "custom": False, "type": "a:b:C", "parent": urn})
    latest = {"manifest": {"time": "2026-11-01T00:00:00Z", "magic": "", "version": ""}, "resources": listed}
    return json.dumps({"version": 3, "checkpoint": {"stack": f"organization/kade/{stack}", "latest": latest}}).encode()


STACKS = ("duinrand.prd.platform", "duinrand.prd.connectivity")


def fill(store):
    """Two stacks with their tags, and a lock's folder that nobody uses."""
    store.write(".pulumi/meta.yaml", b"version: 1\n")
    for stack in STACKS:
        store.write(f".pulumi/stacks/kade/{stack}.json", checkpoint(stack))
        store.write(f".pulumi/stacks/kade/{stack}.json.bak", b"{}")
    store.write(f".pulumi/stacks/kade/{STACKS[0]}.pulumi-tags", b'{"version": 1, "tags": {}}')
    store.write(".pulumi/history/kade/duinrand.prd.platform/1.history.json", b"{}")


LOCK = {"pid": 4711, "username": "noor", "hostname": "werkplek-7", "timestamp": "2026-11-25T09:00:00Z"}


def lock(store, stack=STACKS[0]):
    """A lock as ``pulumi up`` makes one; its key."""
    key = f".pulumi/locks/organization/kade/{stack}/5c1f.json"
    store.write(key, json.dumps(LOCK).encode())
    return key


@pytest.fixture
def folder(tmp_path):
    """A backend in a folder with two stacks in it."""
    place = tmp_path / "backend"
    place.mkdir(mode=0o700)
    store = Folder(parse(f"file://{place}"))
    fill(store)
    return store
