"""Projects and stack files of Pulumi, of ours and of other shapes."""

from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

import pytest

from kade.engine.config import resolve_config
from kade.engine.errors import ProjectError, SecretsError
from kade.engine.interpreter import interpreter
from kade.engine.project import find_project, load_project, load_stack

MINIMAL = "name: harbour\nruntime: python\n"


def _project(folder: Path, text: str = MINIMAL, stack: str | None = None):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(text)
    if stack is not None:
        (folder / "Pulumi.dev.yaml").write_text(stack)
    return load_project(folder)


def _config(folder: Path, text: str, stack: str, decrypt=lambda text: f"plain {text}"):
    project = _project(folder, text, stack)
    return resolve_config(project, load_stack(project, "dev"), decrypt)


def test_a_minimal_project_runs_in_its_folder(tmp_path):
    project = _project(tmp_path)
    assert (project.name, project.program, project.working_directory) == ("harbour", tmp_path, tmp_path)
    assert interpreter(project.file, project.runtime) == Path(sys.executable)


def test_main_may_be_a_folder_or_a_file(tmp_path):
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "entry.py").write_text("")
    folder = _project(tmp_path, MINIMAL + "main: stacks\n")
    assert (folder.program, folder.working_directory) == (tmp_path / "stacks", tmp_path / "stacks")
    file = _project(tmp_path, MINIMAL + "main: stacks/entry.py\n")
    assert (file.program, file.working_directory) == (tmp_path / "stacks" / "entry.py", tmp_path / "stacks")


def test_the_project_is_found_from_a_folder_below(tmp_path):
    _project(tmp_path)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_project(below) == tmp_path / "Pulumi.yaml"


def test_runtime_options_and_the_rest_of_the_file(tmp_path):
    project = _project(
        tmp_path,
        "name: harbour\ndescription: ships\nruntime:\n  name: python\n  options:\n    toolchain: pip\n"
        "    virtualenv: env\n    typechecker: mypy\nstackConfigDir: config\noptions:\n  refresh: always\n"
        "plugins:\n  providers: []\npackages:\n  random: 4.0.0\nfuture: kept\n"
        "template:\n  config:\n    azure-native:location:\n      default: westeurope\n",
    )
    assert (project.runtime.virtualenv, project.runtime.typechecker) == ("env", "mypy")
    assert (project.description, project.refresh) == ("ships", True)
    assert project.stack_config_directory == tmp_path / "config"
    assert project.template_config == {"azure-native:location": {"default": "westeurope"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runtime: python\n", "Pulumi.yaml:1: the project is missing a 'name'"),
        ("name: a b\nruntime: python\n", "Pulumi.yaml:1: the name 'a b' may hold only"),
        ("name: a\n", "missing a 'runtime'"),
        ("name: a\nruntime: nodejs\n", "Pulumi.yaml:2: the runtime 'nodejs' is not run here"),
        ("name: a\nruntime:\n  name: go\n", "Pulumi.yaml:2: the runtime 'go' is not run here"),
        (
            "name: a\nruntime:\n  name: python\n  options:\n    toolchain: conda\n",
            "Pulumi.yaml:5: the toolchain 'conda'",
        ),
        ("name: a\nruntime: python\nmain: nowhere\n", "Pulumi.yaml:3: 'main' names"),
        ("name: [a\n", "this is not YAML"),
        ("- a\n", "has to be a mapping"),
        ("name: a\nname: b\nruntime: python\n", "Pulumi.yaml:2:1: this is not YAML"),
        (MINIMAL + "config:\n  x:\n    type: array\n", "Pulumi.yaml:4: configuration key 'x' is an array"),
        (MINIMAL + "config:\n  x: {default: 1, value: 2}\n", "both a 'default' and 'value'"),
        (MINIMAL + "config:\n  aws:x: {type: string}\n", "is not namespaced by the project"),
        (MINIMAL + "config:\n  a:b:c: 1\n", "has to be of the form namespace:name"),
    ],
)
def test_a_wrong_project_file_is_refused_with_its_line(tmp_path, text, message):
    with pytest.raises(ProjectError) as error:
        _project(tmp_path, text)
    assert message in str(error.value)


def test_a_folder_without_a_project_is_refused(tmp_path):
    with pytest.raises(ProjectError, match=r"no Pulumi\.yaml here or in a folder above"):
        load_project(tmp_path)
    with pytest.raises(ProjectError, match="no such folder"):
        load_project(tmp_path / "absent")


def test_a_virtual_environment_is_relative_to_the_file_and_has_to_exist(tmp_path):
    text = "name: a\nruntime:\n  name: python\n  options:\n    virtualenv: ../env\n"
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "requirements.txt").write_text("")
    project = _project(tmp_path / "app", text)
    with pytest.raises(ProjectError) as error:
        interpreter(project.file, project.runtime)
    assert str(tmp_path / "env") in str(error.value)
    assert "pip install -r requirements.txt" in str(error.value)
    venv.create(tmp_path / "env", with_pip=False)
    assert interpreter(project.file, project.runtime) == tmp_path / "env" / "bin" / "python"


def test_an_environment_is_found_from_any_folder_that_a_relative_path_is_given_in(tmp_path, monkeypatch):
    text = "name: a\nruntime:\n  name: python\n  options:\n    virtualenv: ../env\n"
    project = _project(tmp_path / "app", text)
    venv.create(tmp_path / "env", with_pip=False)
    monkeypatch.chdir(tmp_path)
    assert interpreter(Path("app/Pulumi.yaml"), project.runtime) == tmp_path / "env" / "bin" / "python"


def test_uv_looks_beside_the_lock_file_above(tmp_path):
    (tmp_path / "uv.lock").write_text("")
    project = _project(tmp_path / "app", "name: a\nruntime: {name: python, options: {toolchain: uv}}\n")
    with pytest.raises(ProjectError, match=r"`uv sync`"):
        interpreter(project.file, project.runtime)
    venv.create(tmp_path / ".venv", with_pip=False)
    assert interpreter(project.file, project.runtime) == tmp_path / ".venv" / "bin" / "python"


def test_configuration_is_text_with_full_keys(tmp_path):
    config = _config(
        tmp_path,
        MINIMAL,
        "config:\n  bare: text\n  harbour:flag: true\n  harbour:number: 3\n  azure-native:config:location: westeurope\n"
        "  harbour:tree:\n    b: [1, {c: d}]\n    a: 1.5\n",
    )
    assert config.values == {
        "harbour:bare": "text",
        "harbour:flag": "true",
        "harbour:number": "3",
        "azure-native:location": "westeurope",
        "harbour:tree": '{"a":1.5,"b":[1,{"c":"d"}]}',
    }
    assert json.loads(config.environment()["PULUMI_CONFIG"]) == config.values
    assert config.environment()["PULUMI_CONFIG_SECRET_KEYS"] == "[]"


def test_secure_values_are_decrypted_wherever_they_stand(tmp_path):
    config = _config(
        tmp_path,
        MINIMAL,
        "config:\n  password:\n    secure: v1:x\n  tree:\n    list: [{secure: v1:y}]\n  open: z\n",
    )
    assert config.values["harbour:password"] == "plain v1:x"
    assert config.values["harbour:tree"] == '{"list":["plain v1:y"]}'
    assert config.secret_keys == {"harbour:password", "harbour:tree"}
    assert "plain" not in repr(config.shown())


def test_a_secure_value_that_cannot_be_decrypted_names_its_line(tmp_path):
    def refuse(text):
        raise SecretsError("incorrect passphrase")

    with pytest.raises(SecretsError, match=r"Pulumi\.dev\.yaml:2: harbour:p: incorrect passphrase"):
        _config(tmp_path, MINIMAL, "config:\n  p: {secure: x}\n", refuse)


def test_the_project_gives_defaults_and_values_by_path(tmp_path):
    config = _config(
        tmp_path,
        MINIMAL + "config:\n  size: 3\n  name: {type: string, default: quay}\n  azure-native:location: westeurope\n"
        "  tree.list[0].deep: {default: found}\n",
        "config:\n  name: pier\n",
    )
    assert config.values == {
        "harbour:name": "pier",
        "azure-native:location": "westeurope",
        "harbour:size": "3",
        "harbour:tree": '{"list":[{"deep":"found"}]}',
    }


def test_required_configuration_is_asked_for_in_pulumis_words(tmp_path):
    with pytest.raises(ProjectError) as one:
        _config(tmp_path, MINIMAL + "config:\n  size: {type: integer}\n", "config: {}\n")
    assert "Pulumi.yaml:4: Stack 'dev' is missing configuration value 'size'" in str(one.value)
    with pytest.raises(ProjectError, match="values 'a', 'b' and 'c'"):
        _config(tmp_path, MINIMAL + "config:\n  c: {type: integer}\n  a: {type: string}\n  b: {type: string}\n", "")


@pytest.mark.parametrize(
    ("declared", "given", "name"),
    [
        ("{type: integer}", "many", "integer"),
        ("{type: integer}", "1.5", "integer"),
        ("{type: boolean}", "maybe", "boolean"),
        ("{type: string}", "[a]", "string"),
        ("{type: object}", "[a]", "object"),
        ("{type: array, items: {type: array, items: {type: integer}}}", "[[1], [a]]", "array<array<integer>>"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path, declared, given, name):
    with pytest.raises(ProjectError) as error:
        _config(tmp_path, MINIMAL + f"config:\n  x: {declared}\n", f"config:\n  x: {given}\n")
    assert f"Pulumi.dev.yaml:2: Stack 'dev' with configuration key 'x' must be of type '{name}'" in str(error.value)


def test_a_key_that_the_project_calls_secret_must_be_encrypted(tmp_path):
    text = MINIMAL + "config:\n  p: {type: string, secret: true}\n"
    with pytest.raises(ProjectError, match="must be encrypted as it's secret"):
        _config(tmp_path, text, "config:\n  p: open\n")
    assert _config(tmp_path, text, "config:\n  p: {secure: x}\n").values == {"harbour:p": "plain x"}


def test_stack_files(tmp_path):
    project = _project(tmp_path, MINIMAL + "stackConfigDir: config\n")
    assert load_stack(project, "none").config == {}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "Pulumi.a.b.c.yaml").write_text(
        "encryptionsalt: v1:a:b\nsecretsprovider: passphrase\nconfig:\n  when: 2026-01-02\n"
    )
    settings = load_stack(project, "a.b.c")
    assert (settings.encryption_salt, settings.secrets_provider) == ("v1:a:b", "passphrase")
    assert settings.config == {"harbour:when": "2026-01-02T00:00:00Z"}
    with pytest.raises(ProjectError, match="stack name"):
        load_stack(project, "a/b")


def test_a_stack_with_an_esc_environment_is_refused(tmp_path):
    project = _project(tmp_path, MINIMAL)
    (tmp_path / "Pulumi.esc.yaml").write_text("environment:\n  - shared\n")
    with pytest.raises(ProjectError, match=r"Pulumi\.esc\.yaml:1: 'environment' needs Pulumi ESC"):
        load_stack(project, "esc")
