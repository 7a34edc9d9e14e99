"""Every kind of bad input: its place, what was found, and what would be right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kade.estate import EstateError, Problem, load

Refused = Callable[..., list[Problem]]


def line_of(file: Path, text: str) -> int:
    return next(i for i, line in enumerate(file.read_text().splitlines(), 1) if text in line)


def test_the_small_estate_is_right(small) -> None:
    assert small.name == "dorp"


def test_a_misspelt_key_gets_its_place_and_a_suggestion(refused: Refused, tmp_path: Path) -> None:
    (problem,) = refused(("inhabitants: 9000", "inhabitants: 9000, employes: 80"))
    assert problem.field == "organisation.employes"
    assert problem.line == line_of(tmp_path / "estate.yaml", "employes")
    assert problem.column == 64
    assert problem.found == "80"
    assert problem.remedy == "Did you mean 'employees'?"
    assert problem.message == "unknown field"


def test_the_text_of_an_error_has_it_all(refused: Refused) -> None:
    (problem,) = refused(("backend: {level: 3, title: Servers}", "backend: {levl: 3, title: Servers}"))[:1]
    text = str(problem)
    assert "estate.yaml:" in text
    assert "network.segments.backend.le" in text


def test_a_missing_field_whose_name_is_misspelt_says_so(refused: Refused) -> None:
    problems = refused(("primary: westeurope", "primair: westeurope"))
    assert {p.field: p.message for p in problems} == {
        "regions.primair": "unknown field",
        "regions.primary": "a required field is missing",
    }
    assert all(p.line == problems[0].line for p in problems)


@pytest.mark.parametrize(
    ("old", "new", "field", "message", "found"),
    [
        ("inhabitants: 9000", "inhabitants: veel", "organisation.inhabitants", "must be a whole number", "'veel'"),
        ("inhabitants: 9000", "inhabitants: '9000'", "organisation.inhabitants", "must be a whole number", "'9000'"),
        ("production: true", "production: ja", "environments.prd.production", "must be true or false", "'ja'"),
        ("level: 3", "level: 9", "network.segments.backend.level", "must be less than or equal to 5", "9"),
        ("data: [public]", "data: public", "applications.kaart.data", "must be a list", "'public'"),
        ("roles:\n  platform: {title: Platform}", "roles: []", "roles", "must be a map of fields", "an empty list"),
        ("ports: [443, 1433]", "ports: [70000]", "network.flows.lezen.ports[0]", "'70000' is not a port", "70000"),
        ("ports: [443, 1433]", "ports: ['20-10']", "network.flows.lezen.ports[0]", "runs backwards", "'20-10'"),
        ("emails: [ict@dorp.example]", "emails: [ict]", "security.contact.emails[0]", "string should match", "'ict'"),
        ("tenant_id: 0000", "tenant_id: x0000", "tenants.dorp.tenant_id", "is not a GUID", "'x0000"),
        ("10.1.0.0/16", "10.1.0.9/16", "supernets.westeurope[0]", "did you mean 10.1.0.0/16?", "'10.1.0.9/16'"),
        (
            "192.168.0.0/24",
            "het hele huis",
            "network.sites.huis.ranges[0]",
            "is not an address range",
            "'het hele huis'",
        ),
    ],
)
def test_a_wrong_value(refused: Refused, old: str, new: str, field: str, message: str, found: str) -> None:
    (problem,) = refused((old, new))
    assert field in problem.field
    assert message in problem.message
    assert problem.found.startswith(found)
    assert problem.line > 0


def test_an_unknown_region_is_refused_with_the_nearest(refused: Refused) -> None:
    (problem,) = refused(("primary: westeurope", "primary: westeurop"))
    assert problem.field == "regions.primary"
    assert "unknown region 'westeurop'. Did you mean westeurope?" in problem.message


def test_a_region_by_its_display_name_is_told_the_programmatic_one(refused: Refused) -> None:
    (problem,) = refused(("primary: westeurope", "primary: West Europe"))
    assert problem.message == "a region is written by its programmatic name: westeurope"


def test_a_choice_names_the_choices(refused: Refused) -> None:
    (problem,) = refused(("strategy: rehost", "strategy: rehosst"))
    assert "must be one of rehost, replatform, repurchase" in problem.message
    assert problem.remedy == "Did you mean 'rehost'?"


def test_two_strategies_are_refused(refused: Refused) -> None:
    (as_list,) = refused(("strategy: rehost", "strategy: [rehost, retire]"))
    assert as_list.field == "applications.kaart.strategy"
    (twice,) = refused(("strategy: rehost", "strategy: rehost\n    strategy: retire"))
    assert "given twice, first on line" in twice.message
    saas = "saas: {endpoints: [a.example], exit: {formats: [CSV], notice_months: 1}}"
    (section,) = refused(("strategy: rehost", f"strategy: rehost\n    {saas}"))
    assert section.field == "applications.kaart.saas"
    assert section.message == "`saas` belongs to repurchase, and the strategy is rehost"


def test_a_dot_in_a_stack_part(refused: Refused) -> None:
    (problem,) = refused(("  kaart:\n", "  kaart.nl:\n"))
    assert "a dot separates the parts of a stack's name" in problem.message
    assert problem.found == "'kaart.nl'"


def test_a_missing_data_class(refused: Refused) -> None:
    (problem,) = refused(("    data: [public]\n", ""))
    assert (problem.field, problem.message) == ("applications.kaart.data", "a required field is missing")


def test_all_errors_are_told_at_once(refused: Refused) -> None:
    problems = refused(
        ("inhabitants: 9000", "inhabitants: nul"), ("title: Test", "titel: Test"), ("level: 4", "level: hoog")
    )
    assert [p.field for p in problems] == [
        "organisation.inhabitants", "environments.tst.title", "environments.tst.titel", "network.segments.data.level",
    ]  # fmt: skip
    assert [p.line for p in problems] == sorted(p.line for p in problems)


def test_not_yaml(tmp_path: Path) -> None:
    file = tmp_path / "estate.yaml"
    file.write_text("name: dorp\nroles: {platform: {title: x}\nregions: [\n")
    with pytest.raises(EstateError, match="not YAML") as caught:
        load(file)
    assert caught.value.problems[0].line >= 2


def test_a_tab_is_named(tmp_path: Path) -> None:
    file = tmp_path / "estate.yaml"
    file.write_text("name: dorp\nroles:\n\tplatform: 1\n")
    with pytest.raises(EstateError, match="Indent with spaces, not tabs"):
        load(file)


@pytest.mark.parametrize(("text", "message"), [("", "the file is empty"), ("- een\n", "the file is not a map")])
def test_nothing_in_it(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "estate.yaml"
    file.write_text(text)
    with pytest.raises(EstateError, match=message):
        load(file)


def test_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "estate.yaml"
    file.write_bytes(b"name: caf\xe9\n")
    with pytest.raises(EstateError, match="not UTF-8 at byte 9"):
        load(file)


def test_a_tag_is_refused(refused: Refused) -> None:
    (problem,) = refused(("title: Wonen", "title: !secret Wonen"))
    assert "the tag !secret is not known" in problem.message


def test_a_comma_in_a_flow_map_is_explained(refused: Refused) -> None:
    (problem,) = refused(("title: Wonen,", "title: Wonen, ruimte en water,"))
    assert problem.remedy == "A text with a comma in it needs quotes inside { }."


def test_a_missing_file_and_a_wrong_name(tmp_path: Path, write) -> None:
    with pytest.raises(EstateError, match="there is no such file"):
        load(tmp_path / "nergens.yaml")
    home = tmp_path / "thuis"
    (home / "estates" / "dorp").mkdir(parents=True)
    (home / "estates" / "dorp" / "estate.yaml").write_text(write().read_text())
    with pytest.raises(EstateError, match=r"there is no estate 'drop'\. Did you mean 'dorp'\?"):
        load("drop", search_from=home)
    assert load("dorp", search_from=home).name == "dorp"
    assert load("dorp", search_from=home / "estates").name == "dorp"
    assert load(home / "estates" / "dorp").folder == str(home / "estates" / "dorp")


def test_an_estate_in_the_root_of_its_own_repository(tmp_path: Path, write) -> None:
    write()
    assert load("dorp", search_from=tmp_path).folder == str(tmp_path)


def test_a_folder_without_an_estate(tmp_path: Path) -> None:
    (tmp_path / "leeg").mkdir()
    with pytest.raises(EstateError, match=r"the folder has no estate.yaml"):
        load(tmp_path / "leeg")
