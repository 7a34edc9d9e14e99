"""The URL of a backend, in the forms that Pulumi itself takes, query included.

Sources: ``massageBlobPath`` and ``translateLegacyS3Params`` in ``pkg/backend/diy/backend.go`` of pulumi/pulumi;
``aws/aws.go``, ``blob/s3blob`` and ``blob/azureblob`` of gocloud.dev v0.46, which Pulumi opens a backend with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from kade.backend.errors import AddressError

KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "s3": frozenset(
        {"region", "endpoint", "profile", "role", "anonymous", "disable_https", "disableSSL", "s3ForcePathStyle"}
        | {"use_path_style", "dualstack", "fips", "accelerate", "ssetype", "kmskeyid", "awssdk", "hostname_immutable"}
        | {"rate_limiter_capacity", "request_checksum_calculation", "response_checksum_validation"}
    ),
    "azblob": frozenset({"storage_account", "domain", "protocol", "cdn", "localemu"}),
    "file": frozenset({"no_tmp_dir", "metadata", "create_dir", "base_url", "secret_key_path", "dir_file_mode"}),
}
_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})  # Go's strconv.ParseBool
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_FORMS: Final = "s3://bucket?region=eu-central-1, azblob://container?storage_account=name or file:///folder"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Address:
    """A backend: ``place`` is its bucket, container or absolute folder, ``prefix`` what keys begin with."""

    url: str
    scheme: str
    place: str
    prefix: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def is_set(self, *names: str) -> bool:
        """Whether one of these options is given as true."""
        return any(self.options.get(name, "") in _TRUE for name in names)


def parse(url: str) -> Address:
    """Take a URL apart. Raises `AddressError` with what was found and what would be right."""
    parts = urlsplit(url)
    if parts.scheme not in KNOWN:
        raise AddressError(f"{url}: this is no backend that is kept by yourself; give {_FORMS}.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in options:
        if name not in KNOWN[parts.scheme]:
            raise AddressError(
                f"{url}: the option {name!r} is not known for {parts.scheme}; those are"
                f" {', '.join(sorted(KNOWN[parts.scheme]))}."
            )
    if parts.username or parts.password:
        raise AddressError("a key in a URL ends up in logs and shell histories: give it by the environment.")
    if parts.scheme == "file":
        return Address(url, "file", str(_folder(url)), "", options)
    if not _BUCKET.fullmatch(parts.netloc):
        what = "bucket" if parts.scheme == "s3" else "container"
        raise AddressError(f"{url}: {parts.netloc!r} is no name of a {what}; give {_FORMS}.")
    prefix = parts.path.strip("/")
    made = Address(url, parts.scheme, parts.netloc, f"{prefix}/" if prefix else "", options)
    _check_switches(made)
    return made


def _folder(url: str) -> Path:
    """The folder of a ``file://`` URL: relative ones are taken from here, and ``~`` is the user's home."""
    text = url.removeprefix("file://").split("?")[0]
    return Path(text or ".").expanduser().absolute()


def _check_switches(address: Address) -> None:
    switches = {"anonymous", "disable_https", "disableSSL", "s3ForcePathStyle", "use_path_style", "dualstack", "fips"}
    for name in sorted(switches | {"accelerate", "localemu", "cdn"}):
        value = address.options.get(name)
        if value is not None and value not in _TRUE | _FALSE:
            raise AddressError(f"{address.url}: {name} is true or false, not {value!r}.")
