import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kade.policies.kit import exempt
from kade.policies.kit.evaluate import Context, Verdict, check_resource
from kade.policies.kit.exemption_files import load
from kade.policies.kit.exemptions import ExemptionError
from kade.policies.kit.redact import redact
from kade.policies.kit.resource import Resource
from kade.policies.kit.rules import RULES
from kade.policies.kit.run_settings import settings_of_run
from kade.policies.kit.serving import built_in
from kade.policies.kit.serving import load as load_pack

RULE = "kade-storage-minimum-tls"
ACCOUNT = "azure-native:storage:StorageAccount"
TODAY = date(2026, 11, 25)
GOOD = """exemptions:
  - rule: kade-storage-*
    resource: "*/storageAccounts/STscanners"
    reason: scanners speak TLS 1.1 only
    owner: j.devries@lindewaard.example
    until: 2027-03-31
"""


@pytest.fixture(scope="module", autouse=True)
def _rules() -> None:
    load_pack(built_in()["security"])


def account(tags: Any = None, name: str = "stscanners") -> Resource:
    id_ = f"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{name}"
    return Resource(ACCOUNT, {"tags": tags}, name=name, id_=id_)


def write(folder: Path, text: str) -> Path:
    path = folder / "exemptions.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_exempts_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    context = Context(load(write(tmp_path, GOOD)), TODAY)
    exempted = check_resource(RULES[RULE], account(), context)
    assert exempted.verdict is Verdict.EXEMPT
    assert "j.devries@lindewaard.example" in exempted.message
    assert "2027-03-31" in exempted.message
    assert check_resource(RULES[RULE], account(name="other"), context).verdict is Verdict.FAIL


def test_what_passes_is_not_exempt(tmp_path: Path) -> None:
    context = Context(load(write(tmp_path, GOOD)), TODAY)
    fine = Resource(ACCOUNT, {"minimumTlsVersion": "TLS1_2"}, name="x", id_=account().id)
    assert check_resource(RULES[RULE], fine, context).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("    owner: j.devries@lindewaard.example\n", ""), ":2: owner is missing"),
        (("    until: 2027-03-31\n", ""), ":2: until is missing"),
        (("2027-03-31", "2027-02-30"), ":2: until is '2027-02-30'"),
        (("2027-03-31", "someday"), "a date is needed, as 2027-03-31"),
        (("reason:", "because:"), "unknown field 'because'"),
        (("exemptions:", "exempt:"), ":1: unknown key 'exempt'"),
        (("    reason: scanners", "    reason: [scanners"), "not YAML"),
        (("exemptions:\n  - rule", "exemptions:\n    rule"), ":2: an exemption is an object"),
        (("exemptions:\n", "exemptions: none\nx:\n"), "unknown key 'x'"),
    ],
)
def test_what_is_not_complete_is_an_error_with_its_line(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(ExemptionError) as error:
        load(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_a_tag_exempts_its_own_resource() -> None:
    tags = {"env": "prd", **exempt(RULE, reason="scanners; old", owner="j@x.example", until="2027-03-31")}
    context = Context((), TODAY)
    outcome = check_resource(RULES[RULE], account(tags), context)
    assert outcome.verdict is Verdict.EXEMPT
    assert outcome.message == "scanners; old (owner j@x.example, until 2027-03-31)"
    later = check_resource(RULES[RULE], account(tags), Context((), date(2027, 4, 1)))
    assert later.verdict is Verdict.FAIL
    assert "the exemption of j@x.example ended on 2027-03-31" in later.message
    assert check_resource(RULES["kade-storage-no-public-blobs"], account(tags), context).verdict is Verdict.FAIL


def test_a_tag_that_cannot_be_read_exempts_nothing_and_is_named() -> None:
    outcome = check_resource(RULES[RULE], account({f"kade-exempt:{RULE}": "forever"}), Context((), TODAY))
    assert outcome.verdict is Verdict.FAIL
    assert "reason is missing" in outcome.message


def test_a_tag_has_to_fit_in_azure() -> None:
    with pytest.raises(ExemptionError, match="at most 256"):
        exempt(RULE, reason="x" * 300, owner="j@x.example", until="2027-03-31")
    with pytest.raises(ExemptionError, match="owner is missing"):
        exempt(RULE, reason="x", owner="", until="2027-03-31")


def test_where_a_pack_finds_them(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: kade\n")
    estate = tmp_path / "estates" / "lindewaard"
    estate.mkdir(parents=True)
    write(estate, GOOD)
    stacks = tmp_path / "stacks"
    stacks.mkdir()
    stack = {"PULUMI_STACK": "organization/kade/lindewaard.prd.platform"}
    assert len(settings_of_run(stack, stacks).exemptions) == 1
    assert settings_of_run({"PULUMI_STACK": "duinrand.prd.platform"}, stacks).exemptions == ()
    write(tmp_path, GOOD)
    assert len(settings_of_run(stack, stacks).exemptions) == 2
    named = {"PULUMI_CONFIG": '{"kade:exemptions": "mine.yaml"}'}
    with pytest.raises(ExemptionError, match=r"mine\.yaml: no such file"):
        settings_of_run(named, stacks)
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert len(settings_of_run(named, stacks).exemptions) == 2
    assert len(settings_of_run({"KADE_EXEMPTIONS": str(tmp_path / "mine.yaml")}, stacks).exemptions) == 2


@pytest.mark.parametrize(
    ("props", "message", "wanted"),
    [
        ({"adminPassword": "hunter22"}, "adminPassword is hunter22", "adminPassword is [secret]"),
        ({"a": [{"connectionString": "Endpoint=x"}]}, "found Endpoint=x", "found [secret]"),
        ({"appSettings": [{"name": "apiKey", "value": "abcdef"}]}, "value abcdef", "value [secret]"),
        ({"secretUri": "https://x", "keySource": "Microsoft.Storage"}, "https://x Microsoft.Storage", None),
        ({"disablePasswordAuthentication": "false"}, "is false", None),
    ],
)
def test_no_message_holds_a_secret(props: dict[str, Any], message: str, wanted: str | None) -> None:
    assert redact(message, props) == (wanted or message)


ESTATE = """name: Lindewaard
residency:
  mode: nl
  # the zones below are the only ones

  exemptions:
    namen:
      resource: Microsoft.Storage/storageAccounts
      regions: [North Europe]
      reason: a copy of what is public
      owner: ciso
      until: 2027-12-31
networks:
  odd: [1, 2
exemptions:
  scanners:
    rule: kade-storage-minimum-tls
    resource: stscanners
    environments: [tst]
    reason: scanners speak TLS 1.1 only
    owner: ciso
    until: 2027-03-31
"""


def test_an_estates_own_file_gives_its_residency_rule_and_its_exemptions(tmp_path: Path) -> None:
    load_pack(built_in()["residency"])
    (tmp_path / "Pulumi.yaml").write_text("name: kade\n")
    estate = tmp_path / "estates" / "lindewaard"
    estate.mkdir(parents=True)
    (estate / "estate.yaml").write_text(ESTATE)
    production = settings_of_run({"PULUMI_STACK": "lindewaard.prd.platform"}, tmp_path)
    assert production.estate == {"residency.mode": "nl"}
    (exemption,) = production.exemptions
    assert exemption.source.endswith("estate.yaml:7")
    assert len(settings_of_run({"PULUMI_STACK": "lindewaard.tst.platform"}, tmp_path).exemptions) == 2

    elsewhere = tmp_path / "own"
    (tmp_path / "estates" / "lindewaard").rename(elsewhere)
    for named in (elsewhere, elsewhere / "estate.yaml"):  # an estate in a repository of its own, packs in the wheel
        config = json.dumps({"kade:estate": str(named)})
        run = {"PULUMI_STACK": "lindewaard.prd.platform", "PULUMI_CONFIG": config}
        found = settings_of_run(run, Path(built_in()["residency"]))
        assert (found.estate, len(found.exemptions)) == (production.estate, 1)

    def verdict(region: str, settings: Any) -> Verdict:
        context = Context(settings.exemptions, TODAY, estate=settings.estate)
        resource = Resource(ACCOUNT, {"location": region}, name="a", arm_type="Microsoft.Storage/storageAccounts")
        return check_resource(RULES["kade-residency-location"], resource, context).verdict

    assert verdict("westeurope", production) is Verdict.PASS
    assert verdict("northeurope", production) is Verdict.EXEMPT
    assert verdict("swedencentral", production) is Verdict.FAIL
