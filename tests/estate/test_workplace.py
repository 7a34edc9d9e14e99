"""The workplace in the estate file: what is refused when the file is read, with the field and the remedy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kade.estate import Problem, load

Refused = Callable[..., list[Problem]]

PLACE = """\
workplace:
  prefix: drp
  spoke: werk
  subnet: backend
  service_principal: 00000000-0000-4000-8000-000000000009
  administrators: g
  schedules:
    dag: {days: [monday], ramp_up: '06:00', peak: '07:00', ramp_down: '17:00', off_peak: '19:00'}
  personas:
    mens: {title: M, group: g, number: 3, schedule: dag, data: [internal], image: i}
  images: {i: {title: I, sku: win11-25h2-avd, releases: {1: {}}}}
identity: {groups: {g: {}}}
"""


def changed(*changes: tuple[str, str]) -> str:
    text = PLACE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def test_the_workplace_of_these_tests_is_right(write) -> None:
    assert load(write(add=PLACE)).workplace is not None


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("peak: '07:00'", "peak: '05:00'", "schedules.dag.peak", "peak 05:00 does not come after ramp_up 06:00"),
        (
            "  prefix: drp",
            "  prefix: drp\n  agent_updates: {day: monday, hour: 18}",
            "workplace.agent_updates.hour",
            "agents would be renewed while schedule dag works (06:00 to 19:00)",
        ),
        ("prefix: drp", "prefix: dorps", "workplace.prefix", "^[a-z][a-z0-9]{0,3}$"),
        ("image: i}", "image: j}", "personas.mens.image", "there is no image 'j'"),
        ("image: i}", "image: i, ring: eerst}", "personas.mens.ring", "there is no ring 'eerst'"),
        ("{1: {}}", "{1: {rings: [eerst]}}", "images.i.releases[1].rings[0]", "there is no ring 'eerst'"),
        ("{1: {}}", "{1: {drain: true}}", "images.i.releases[1].drain", "the newest release drains"),
        ("{1: {}}", "{1: {drain: true, hosts: {man: 2}}, 2: {}}", "releases[1].hosts.man", "there is no persona 'man'"),
        ("{1: {}}", "{1: {hosts: {mens: 2}}}", "images.i.releases[1].hosts", "only of a release that drains"),
        ("administrators: g", "administrators: h", "workplace.administrators", "there is no group 'h'"),
        (
            "image: i}",
            "image: i, device: unmanaged, redirection: {drives: true}}",
            "personas.mens.redirection.drives",
            "drives may not pass to an unmanaged device (BIO2 8.01.01)",
        ),
        (
            "image: i}",
            "image: i}\n    mensen: {title: N, group: g, number: 1, schedule: dag, data: [internal], image: i}",
            "personas.mensen.code",
            "hosts of mens and mensen would have the same names (drp-mens…)",
        ),
        ("image: i}", "image: i, vm_size: Standaard}", "personas.mens.vm_size", "does not tell its cores"),
        (
            "image: i}",
            "image: i, vm_size: Standard_D8s_v5, disks: ephemeral}",
            "personas.mens.vm_size",
            "a host of this size has no disk of its own for an ephemeral one",
        ),
        (
            "image: i}",
            "image: i, pool: personal, disks: ephemeral}",
            "personas.mens.disks",
            "a personal desktop keeps its disk",
        ),
        ("win11-25h2-avd", "win11-25h2-ent", "personas.mens.image", "is for one session at a time"),
        (
            "image: i}",
            "image: i, licences: [Microsoft 365 E4]}",
            "personas.mens.licences[0]",
            "no licence 'Microsoft 365 E4' is known",
        ),
        (
            "image: i}",
            "image: i, licences: [Windows VDA E3]}",
            "personas.mens.licences",
            "these licences lack Intune, because the hosts are enrolled",
        ),
        (
            "image: i}",
            "image: i}\n    thuis: {title: N, group: g, number: 1, schedule: dag, data: [internal], image: i,"
            " from_internet: true}\n  conditional_access: {emergency_group: g}",
            "personas.thuis.group",
            "mens has this group too, and comes from elsewhere",
        ),
        (
            "  prefix: drp",
            "  prefix: drp\n  build_subnet: data",
            "workplace.build_subnet",
            "is not delegated to Microsoft.ContainerInstance/containerGroups",
        ),
        (
            "  prefix: drp",
            "  prefix: drp\n  region: northeurope",
            "workplace.region",
            "the hosts stand in subnets of spoke werk, which is in westeurope",
        ),
        (
            "  prefix: drp",
            "  prefix: drp\n  metadata_region: uksouth",
            "workplace.metadata_region",
            "uksouth is outside the residency rule",
        ),
        (
            "  prefix: drp",
            "  prefix: drp\n  conditional_access: {emergency_group: g}",
            "workplace.conditional_access",
            "needs `identity.entra_managed`",
        ),
    ],
)
def test_it_is_refused(refused: Refused, old: str, new: str, field: str, message: str) -> None:
    problems = refused(add=changed((old, new)))
    assert [p for p in problems if field in p.field and message in p.message], problems
    assert all(p.line for p in problems)


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        (f"key_vault/desktops: kv-{'w' * 22}", "has 25 characters; a name of Microsoft.KeyVault/vaults has 3 to 24"),
        (f"deployment/images: {'i' * 65}", "has 65 characters; a name of Microsoft.Resources/deployments has 1 to 64"),
    ],
)
def test_a_literal_name_that_azure_refuses_is_refused_when_the_file_is_read(refused, literal, message) -> None:
    (problem,) = refused(add=f"naming: {{literal: {{{literal}}}}}\n")
    assert problem.field.startswith("naming.literal")
    assert message in problem.message


def test_a_pattern_that_leaves_no_room_for_a_vault_is_refused_when_the_file_is_read(refused) -> None:
    changes = [("prd: {title", "productie: {title"), ("{prd: werk}", "{productie: werk}")]
    changes.append(("environment: prd", "environment: productie"))
    problems = refused(*changes, add=PLACE)
    assert {p.field for p in problems} == {"naming.pattern"}
    assert "would be called kvdrpdesktopsproductiewe001, which has 27 characters; Azure takes 24" in problems[0].message
