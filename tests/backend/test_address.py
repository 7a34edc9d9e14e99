"""URLs of backends, as Pulumi takes them."""

from pathlib import Path

import pytest

from kade.backend.address import parse
from kade.backend.azblob import AzBlob
from kade.backend.errors import AddressError
from kade.backend.s3 import S3

AWS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_CONFIG_FILE": "/nonexistent"}


@pytest.mark.parametrize(
    ("url", "place", "prefix"),
    [
        ("s3://kade-state", "kade-state", ""),
        ("s3://kade-state/a/b/?region=eu-central-1", "kade-state", "a/b/"),
        ("azblob://state/lindewaard?storage_account=x", "state", "lindewaard/"),
        ("file:///var/state", "/var/state", ""),
        ("file://~/state", str(Path.home() / "state"), ""),
        ("file://~", str(Path.home()), ""),
        ("file://.", str(Path.cwd()), ""),
        ("file:///var/state?no_tmp_dir=true", "/var/state", ""),
    ],
)
def test_the_forms(url, place, prefix):
    found = parse(url)
    assert (found.place, found.prefix) == (place, prefix)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://app.pulumi.com", "this is no backend that is kept by yourself; give s3://bucket"),
        ("gs://bucket", "this is no backend"),
        ("s3://", "'' is no name of a bucket"),
        ("s3://kade-state?endpont=x", "the option 'endpont' is not known for s3; those are accelerate"),
        ("azblob://state?region=x", "the option 'region' is not known for azblob"),
        ("s3://kade-state?disableSSL=yes", "disableSSL is true or false, not 'yes'"),
        ("s3://key:secret@kade-state", "a key in a URL ends up in logs"),
    ],
)
def test_what_is_refused(url, said):
    with pytest.raises(AddressError) as error:
        parse(url)
    assert said in str(error.value)
    assert "secret@" not in str(error.value)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("region=eu-west-3", "https://s3.eu-west-3.amazonaws.com"),
        ("region=eu-west-3&dualstack=true", "https://s3.dualstack.eu-west-3.amazonaws.com"),
        ("endpoint=minio:9000&disableSSL=true&s3ForcePathStyle=true", "http://minio:9000"),
        ("endpoint=minio:9000", "https://minio:9000"),
        ("endpoint=https://s3.example.nl&region=nl-1&awssdk=v2", "https://s3.example.nl"),
    ],
)
def test_the_options_of_s3_reach_the_client(query, expected, monkeypatch):
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    made = S3(parse(f"s3://kade-state?{query}"))
    assert made.client.meta.endpoint_url == expected
    assert bool(made.endpoint) == ("endpoint" in query)


def test_checksums_are_as_the_url_asks(monkeypatch):
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)
    client = S3(parse("s3://kade-state?region=eu-west-3&request_checksum_calculation=when_required")).client
    assert client.meta.config.request_checksum_calculation == "when_required"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("storage_account=stx", "https://stx.blob.core.windows.net"),
        ("storage_account=stx&domain=blob.core.example", "https://stx.blob.core.example"),
        ("storage_account=stx&domain=127.0.0.1:10000&protocol=http", "http://127.0.0.1:10000/stx"),
        ("storage_account=stx&domain=azurite:10000&localemu=true", "https://azurite:10000/stx"),
        ("storage_account=stx&domain=cdn.example&cdn=1", "https://cdn.example"),
    ],
)
def test_the_options_of_azblob_reach_the_client(query, expected, monkeypatch):
    for name in ("AZURE_STORAGE_DOMAIN", "AZURE_STORAGE_PROTOCOL"):
        monkeypatch.delenv(name, raising=False)
    assert AzBlob(parse(f"azblob://state?{query}")).service_url == expected


def test_the_account_may_come_from_the_environment(monkeypatch):
    for name in ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    store = AzBlob(parse("azblob://state"))
    with pytest.raises(AddressError, match="add \\?storage_account=NAME"):
        _ = store.account
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", "AccountName=stconn;AccountKey=YWJj;EndpointSuffix=x")
    assert store.account == "stconn"
    assert store.by_key
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "stenv")
    assert store.account == "stenv"
