"""The wire: output values are taken apart, files are read where the program stands, and what breaks it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2

from kade.engine import wire
from kade.engine.values import UNKNOWN, Archive, Asset, Secret

_pb: Any = struct_pb2


def _struct(values: dict[str, Any]) -> Any:
    made = _pb.Struct()
    json_format.ParseDict(values, made)
    return made


def _output(**fields: Any) -> dict[str, Any]:
    return {wire.SIGNATURE: wire.OUTPUT, **fields}


def test_output_values_give_their_value_and_their_dependencies() -> None:
    found = wire.Found()
    sent = _struct(
        {
            "tags": {"known": "a", "later": _output(dependencies=["urn:a", "urn:b"])},
            "names": ["x", _output(value="y", dependencies=["urn:c"])],
            "password": _output(value="hunter2", secret=True),
            "both": _output(secret=True),
        }
    )
    assert wire.decode(sent, found) == {
        "tags": {"known": "a", "later": UNKNOWN},
        "names": ["x", "y"],
        "password": Secret("hunter2"),
        "both": Secret(UNKNOWN),
    }
    assert found.dependencies == {"urn:a", "urn:b", "urn:c"}
    assert found.secret
    assert found.unknown


def test_a_secret_goes_out_bare_only_to_a_program_that_does_not_take_secrets() -> None:
    assert wire.decode(wire.encode({"a": Secret("x")})) == {"a": Secret("x")}
    assert wire.decode(wire.encode({"a": Secret("x")}, secrets=False)) == {"a": "x"}


def test_an_archive_differs_by_content_and_name(tmp_path: Path) -> None:
    def hash_() -> str:
        archive = wire.decode(wire.encode({"a": Archive(path="site")}), folder=tmp_path)["a"]
        return archive.hash

    (tmp_path / "site").mkdir()
    page = tmp_path / "site" / "index.html"
    page.write_text("one")
    first = hash_()
    assert hash_() == first
    page.write_text("two")
    second = hash_()
    page.rename(page.with_name("home.html"))
    assert len({first, second, hash_()}) == 3


def test_a_file_that_is_not_there_and_an_unknown_signature_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"absent\.txt"):
        wire.decode(wire.encode({"a": Asset(path="absent.txt")}), folder=tmp_path)
    with pytest.raises(wire.WireError, match="signature 'nobody'"):
        wire.decode(_struct({"a": {wire.SIGNATURE: "nobody"}}))
