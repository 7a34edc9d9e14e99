"""A backend in Azure Blob Storage: what it can do. What is asked of its safety is in `azblob_points`.

Credentials are those that Pulumi takes (gocloud.dev's azureblob): ``AZURE_STORAGE_CONNECTION_STRING``,
``AZURE_STORAGE_KEY``, ``AZURE_STORAGE_SAS_TOKEN``, or else the identity that is signed in (``az login``, a federated
credential), for which the package azure-identity is needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Final

from kade.backend.address import Address
from kade.backend.errors import AddressError, BackendError, DeniedError
from kade.backend.store import Entry

_DOMAIN: Final = "blob.core.windows.net"
_LOCAL: Final = ("127.0.0.1", "localhost")


class AzBlob:
    """See `kade.backend.store.Store`. The client is made when it is first needed."""

    def __init__(self, address: Address) -> None:
        self.address, self.container_name = address, address.place
        self._made: Any = None

    @property
    def account(self) -> str:
        """The storage account's name. Raises `AddressError` where nothing names it."""
        given = self.address.options.get("storage_account") or os.environ.get("AZURE_STORAGE_ACCOUNT", "")
        found = given or _connection().get("AccountName", "")
        if not found:
            raise AddressError(
                f"{self.address.url}: name the storage account: add ?storage_account=NAME, or set"
                " AZURE_STORAGE_ACCOUNT."
            )
        return found

    @property
    def service_url(self) -> str:
        """The address of the blob service, as gocloud.dev's ``NewServiceURL`` makes it."""
        options = self.address.options
        domain = options.get("domain") or os.environ.get("AZURE_STORAGE_DOMAIN") or _DOMAIN
        protocol = options.get("protocol") or os.environ.get("AZURE_STORAGE_PROTOCOL") or "https"
        if domain.startswith(_LOCAL) or self.address.is_set("localemu"):
            return f"{protocol}://{domain}/{self.account}"
        if self.address.is_set("cdn"):
            return f"{protocol}://{domain}"
        return f"{protocol}://{self.account}.{domain}"

    @property
    def service(self) -> Any:
        """The client of the service. Raises `BackendError` where there are no credentials."""
        if self._made is None:
            self._made = self._client(self._credential())
        return self._made

    @property
    def by_key(self) -> bool:
        """Whether these credentials are the account's key, which opens everything in it."""
        return bool(os.environ.get("AZURE_STORAGE_KEY") or _connection().get("AccountKey"))

    def stranger(self) -> Any:
        """A client of the container without any credential."""
        return self._client(None).get_container_client(self.container_name)

    @property
    def container(self) -> Any:
        """The client of the container."""
        return self.service.get_container_client(self.container_name)

    def entries(self, prefix: str) -> Sequence[Entry]:
        """See `Store.entries`."""
        base = self.address.prefix

        def all_() -> list[Entry]:
            found = self.container.list_blobs(name_starts_with=base + prefix)
            return [Entry(blob.name.removeprefix(base), blob.size, blob.etag) for blob in found]

        return asked(all_, f"{self.address.url}: cannot be listed")

    def read(self, key: str) -> bytes:
        """See `Store.read`."""
        name = self.address.prefix + key
        return asked(lambda: self.container.download_blob(name).readall(), f"{key}: cannot be read")

    def write(self, key: str, data: bytes) -> None:
        """See `Store.write`."""
        name = self.address.prefix + key
        asked(lambda: self.container.upload_blob(name, data, overwrite=True), f"{key}: cannot be written")

    def _client(self, credential: Any) -> Any:
        from azure.storage.blob import BlobServiceClient, LinearRetry

        again = LinearRetry(backoff=1, retry_total=2, random_jitter_range=1)  # seconds; the default waits for minutes
        return BlobServiceClient(
            self.service_url, credential=credential, retry_policy=again, connection_timeout=10, read_timeout=60
        )

    def _credential(self) -> Any:
        if key := os.environ.get("AZURE_STORAGE_KEY") or _connection().get("AccountKey"):
            return {"account_name": self.account, "account_key": key}
        if token := os.environ.get("AZURE_STORAGE_SAS_TOKEN"):
            return token
        if find_spec("azure.identity") is None:
            raise BackendError(
                f"{self.address.url}: no key or SAS token is in the environment (AZURE_STORAGE_KEY,"
                " AZURE_STORAGE_SAS_TOKEN), and to sign in as yourself: pip install azure-identity"
            )
        from azure.identity import DefaultAzureCredential

        return DefaultAzureCredential()


def asked(call: Callable[[], Any], what: str) -> Any:
    """The answer of a call. Raises `DeniedError` where it is not allowed, `BackendError` for what else goes wrong."""
    from azure.core.exceptions import AzureError, HttpResponseError

    try:
        return call()
    except HttpResponseError as error:
        code = getattr(error, "error_code", None) or error.reason or ""
        code = getattr(code, "value", code)  # an enumeration of the SDK
        if error.status_code in (401, 403):
            raise DeniedError(f"{what}: these credentials may not do that ({code}).") from error
        raise BackendError(f"{what}: {code or error.message} (status {error.status_code}).") from error
    except AzureError as error:
        raise BackendError(f"{what}: {str(error).splitlines()[0]}") from error
    except ValueError as error:  # a key that is not base64, a token that cannot be read
        raise BackendError(f"{what}: {error}") from error


def _connection() -> dict[str, str]:
    """The parts of the connection string in the environment."""
    names = ("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGEBLOB_CONNECTIONSTRING")
    text = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return dict(part.split("=", 1) for part in text.split(";") if "=" in part)
