"""Hashes of archives, beside those that Pulumi's own code (3.260) gave for the same files."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from kade.engine.archives import archive_hash
from kade.engine.values import Archive, Asset

DEEP = "d" * 60 + "/" + "e" * 60
FILES = {
    "index.html": "hi\n",
    "a-b/f": "y\n",
    "a/f": "z\n",
    "empty": "",
    "café.txt": "é\n",
    f"{DEEP}/file.txt": "long\n",
    f"{DEEP}/{'n' * 120}.txt": "longer\n",
    "é" * 70 + ".txt": "q",
    "sub/.pulumi/left-out": "x\n",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "site" / "link").symlink_to("index.html")
    (tmp_path / "site" / "link-to-a-folder").symlink_to("sub")
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as packed:
        packed.writestr(zipfile.ZipInfo("a/"), "")
        packed.writestr(zipfile.ZipInfo("a/café"), "in a zip")
    with tarfile.open(tmp_path / "site.tar", "w") as packed:
        packed.add(tmp_path / "site" / "a" / "f", "./a/f")
    return tmp_path


SITE = Archive(path="site")


@pytest.mark.parametrize(
    ("archive", "expected"),
    [
        (SITE, "87fd5b93fdd23699794611acf74df9685e41525e7465bd41ffc8a69d7d331801"),
        (
            Archive(assets={"b": Asset(text="hello"), "a": Asset(path="site/index.html")}),
            "1a6b9796e8642621d45633804810e147d6d10a334c95afbdd48bbc75630634be",
        ),
        (
            Archive(assets={"x/y": SITE, "z": Asset(text="")}),
            "41573a89068164e5f1360a221d87800d3491bdee378e9a3e00b06712f5fd3f92",
        ),
        (
            Archive(assets={".": SITE, "index.html": Asset(text="not the first of this name")}),
            "87fd5b93fdd23699794611acf74df9685e41525e7465bd41ffc8a69d7d331801",
        ),
        (
            Archive(assets={"zip": Archive(path="site.zip"), "tar": Archive(path="site.tar")}),
            "727def9b962831cdc9b790e1d8f81e09f1665a1732e7ca37ff2e18a92e40ed0b",
        ),
        (
            Archive(assets={"q": Archive(assets={"r": Asset(text="1")})}),
            "bb26f667da64d4e11adbe288f75a63bc45deebb9b5c50c69adee664b72271a99",
        ),
        (Archive(assets={}), "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"),
    ],
)
def test_it_is_pulumis_own(place: Path, archive: Archive, expected: str) -> None:
    assert archive_hash(place, archive.path, archive.assets) == expected


def test_what_is_only_on_the_network_has_no_hash(place: Path) -> None:
    assert archive_hash(place, None, {"a": Asset(uri="https://example.org/a")}) == ""
    assert archive_hash(place, None, {"a": Archive(uri="https://example.org/a.zip")}) == ""


def test_a_file_that_is_no_archive_is_named(place: Path) -> None:
    with pytest.raises(ValueError, match=r"index\.html is neither a folder nor an archive \(\.tar"):
        archive_hash(place, "site/index.html", None)
    with pytest.raises(OSError, match="absent"):
        archive_hash(place, "absent.zip", None)
