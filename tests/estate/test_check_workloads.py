"""What an application would lack in Azure is refused when the file is read, at its line."""

from collections.abc import Callable

import pytest

from kade.estate import Problem

Refused = Callable[..., list[Problem]]

HERE = "    strategy: rehost"
GROUP = "identity: {groups: {ict: {object_id: 00000000-0000-4000-8000-000000000004}}}\n"
BRUG = "  brug:\n    title: Brug\n    domain: wonen\n    data: [special]\n    strategy: rehost\n    spoke: werk\n"
PRIVATE = ("data: {level: 4, title: Data}", "data: {level: 4, title: Data, private_endpoints: true}")


OS = 'os: windows, version: "2022"'
DISKS = "disks_gb: [64]"
REMOVAL = "    removal: {by: niemand, on: 2028-01-01, reason: Overgezet naar elders}\n"
NOBODY = "nobody is named who works with its data: the role 'platform' has no group"
LACKS = [
    (
        OS,
        'os: windows, version: "2012 R2"',
        "servers.app.version",
        "version of windows with an image in Azure '2012 R2'",
    ),
    (OS, f'{OS}, new_version: "2012"', "servers.app.new_version", "image in Azure '2012'"),
    (OS, "os: linux, version: rhel-9", "servers.app.os", "accepts a key, and there is none"),
    (DISKS, f"{DISKS}, domain_joined: true", "servers.app.domain_joined", "there is no directory"),
    (DISKS, f"{DISKS}, count: 2, os_disks: [/subscriptions/s]", "servers.app.os_disks", "1 disks for 2 machines"),
    (HERE, f"    subnet: web\n{HERE}", "subnet", "there is no subnet in spoke werk: 'web'"),
    (HERE, f"{REMOVAL}{HERE}", "removal.by", "there is no role 'niemand'"),
    (HERE, f"    cluster: haven\n{HERE}", "cluster", "there is no service of kind kubernetes: 'haven'"),
    (HERE, "    strategy: replatform\n    files: {size_gb: 10}", "", NOBODY),
]


@pytest.mark.parametrize(("old", "new", "field", "message"), LACKS)
def test_what_an_application_lacks(refused: Refused, old, new, field, message) -> None:
    problems = refused((old, new))
    assert message in problems[0].message
    assert problems[0].field == f"applications.kaart{f'.{field}' if field else ''}"
    assert problems[0].line > 30


def test_a_part_without_its_subnet(refused: Refused) -> None:
    web = "    strategy: replatform\n    admins: ict\n    web: {runtime: 'JAVA|17-java17'}"
    (problem,) = refused((HERE, web), PRIVATE, add=GROUP)
    assert problem.message.startswith(
        "it needs a subnet that is delegated to Microsoft.Web/serverFarms, and spoke werk"
    )
    files = "    strategy: replatform\n    admins: ict\n    files: {size_gb: 10, protocol: nfs}"
    nfs, endpoint = refused((HERE, files), add=GROUP)
    assert endpoint.message == "spoke werk has no subnet for private endpoints"
    assert nfs.message == "nfs is only there on premium shares"


def test_what_is_shared_is_protected_for_all(refused: Refused) -> None:
    other = f"{BRUG}    shared_servers: [kaart/app]\n"
    (problem,) = refused(add=other)
    assert problem.field == "applications.brug.shared_servers[0]"
    assert problem.message == "kaart/app would hold restricted data, and its owner protects public data"


def test_a_database_that_fits_in_no_tier(refused: Refused) -> None:
    large = "    databases: {kaart: {engine: postgresql, size_gb: 99999, target: postgresql}}"
    database = f"    strategy: replatform\n    admins: ict\n{large}"
    (problem,) = refused((HERE, database), PRIVATE, add=GROUP)
    assert problem.message == "99999 GB fits in no tier of postgresql"


def test_an_archive_needs_a_place(refused: Refused) -> None:
    old = (
        "  oud:\n    title: Oud\n    domain: wonen\n    data: [public]\n    strategy: retire\n    admins: ict\n"
        f"    archive: {{selection_category: '1.1', then: destroy, on: 2030-01-01}}\n{GROUP}"
    )
    (problem,) = refused(add=old)
    assert problem.message == "what is kept needs a spoke, from which it is reached"


def test_relocate_is_refused_with_its_reason(refused: Refused) -> None:
    found = refused((HERE, "    strategy: relocate"))
    assert found[0].field == "applications.kaart.strategy"
    assert "is not offered" in found[0].message
    assert "three hosts at least" in found[0].remedy


def test_a_missing_data_class(refused: Refused) -> None:
    """Nothing that is there and right is taken for a misspelt `data`."""
    held = "    databases: {kaart: {engine: postgresql, version: '16', size_gb: 1, target: on_server}}\n"
    (problem,) = refused(("    data: [public]\n", held))
    assert problem.field == "applications.kaart.data"
    assert problem.line > 30
    assert problem.remedy.startswith("Add it")


TWO = "{engine: postgresql, version: '16', size_gb: 20000, target: postgresql, tier: GeneralPurpose}"


@pytest.mark.parametrize(
    ("parts", "field", "message"),
    [
        (f"databases: {{a: {TWO}, b: {TWO}}}", "databases", "40000 GB in 2 databases does not fit on one postgresql"),
        ("files: {size_gb: 90000}", "files.size_gb", "90000 GB with a fifth to grow is over 102400 GB"),
    ],
)
def test_what_is_too_large_is_told_once_whatever_an_environment_overrides(refused: Refused, parts, field, message):
    new = f"    strategy: replatform\n    admins: ict\n    {parts}"
    test = ("tst: {title: Test}", "tst: {title: Test, overrides: {logging.daily_quota_gb: 2}}")
    (problem,) = refused((HERE, new), PRIVATE, test, add=GROUP)
    assert problem.field == f"applications.kaart.{field}"
    assert problem.message.startswith(message)
