"""Generated records in the files of an estate: the three versions, and what of a file stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kade.migration.writing import LOCK, generated, written

FILE = """\
# ours
files: [apps.yaml]
applications:
  een:
    title: 'Een'  # a title
    data: [internal]
"""
FIRST = {"wave": "golf", "servers": {"a": {"os": "linux", "disks_gb": [10, 20]}}}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "estate.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "apps.yaml").write_text("applications:\n  twee: {title: Twee}\n", encoding="utf-8")
    return tmp_path


def write(folder, **records):
    notes = []
    texts = written(folder, ["apps.yaml"], records, notes)
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    return notes, {file.name for file in texts}


def test_what_is_generated_is_added_to_the_right_file_and_the_rest_stays(folder):
    notes, files = write(folder, een=FIRST, twee={"wave": "golf"})
    assert notes == ["added: een.wave", "added: een.servers", "added: twee.wave"]
    assert files == {"estate.yaml", "apps.yaml", LOCK}
    assert (folder / "estate.yaml").read_text(encoding="utf-8") == FILE + (
        "    wave: golf\n    servers:\n      a: {os: linux, disks_gb: [10, 20]}\n"
    )
    assert generated(folder) == {"een": FIRST, "twee": {"wave": "golf"}}
    assert write(folder, een=FIRST, twee={"wave": "golf"}) == ([], set())


def test_an_engineers_value_stays_and_what_nobody_touched_follows(folder):
    write(folder, een=FIRST)
    file = folder / "estate.yaml"
    text = file.read_text(encoding="utf-8").replace("[10, 20]}", "[10, 64]}  # more").replace("    wave: golf\n", "")
    file.write_text(text, encoding="utf-8")
    second = {"wave": "later", "servers": {"a": {"os": "windows", "disks_gb": [10, 30]}, "b": {"os": "linux"}}}
    notes, _ = write(folder, een=second)
    assert notes == [
        "kept: een.wave: you have taken it away",
        "changed: een.servers.a.os: linux is now windows",
        "kept: een.servers.a.disks_gb: yours is [10, 64], generated would be [10, 30]",
        "added: een.servers.b",
    ]
    after = file.read_text(encoding="utf-8")
    assert "disks_gb: [10, 64]" in after
    assert "# more" in after
    assert "os: windows" in after
    assert "wave:" not in after


def test_what_is_no_longer_generated_goes_unless_it_was_changed(folder):
    write(folder, een=FIRST)
    assert write(folder, een={"wave": "golf"})[0] == ["removed: een.servers"]
    write(folder, een=FIRST)
    file = folder / "estate.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("os: linux", "os: windows"), encoding="utf-8")
    notes, _ = write(folder, een={"wave": "golf"})
    assert [note.partition(": ")[0] for note in notes] == ["kept"]
    assert "os: windows" in file.read_text(encoding="utf-8")


def test_an_application_that_stands_nowhere_is_refused(folder):
    with pytest.raises(KeyError, match="drie"):
        written(folder, ["apps.yaml"], {"drie": FIRST}, [])


values = st.dictionaries(
    st.sampled_from("abc"), st.integers(0, 3) | st.dictionaries(st.sampled_from("xy"), st.integers(0, 2))
)


@settings(deadline=None, max_examples=30)
@given(values, values, st.dictionaries(st.sampled_from("abc"), st.integers(5, 9)))
def test_no_value_of_an_engineer_is_ever_lost(tmp_path_factory, first, second, edits):
    from ruamel.yaml import YAML

    folder = tmp_path_factory.mktemp("merge")
    file = folder / "estate.yaml"
    file.write_text("applications:\n  een: {title: Een}\n", encoding="utf-8")
    write(folder, een=first)
    content = YAML().load(file.read_text(encoding="utf-8"))
    content["applications"]["een"].update(edits)
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(content, out)
    write(folder, een=second)
    after = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["applications"]["een"]
    assert {key: after.get(key) for key in edits} == edits
    assert {key: after.get(key) for key in second if key not in edits} == {
        key: value for key, value in second.items() if key not in edits
    }
