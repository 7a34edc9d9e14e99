"""Stacks of the workloads layer on their own: what a change touches, what is shared, what is protected."""

import re
import shutil
from pathlib import Path

import pytest

from kade.estate import load
from kade.stacks import workloads
from kade.stacks.common import StackError
from kade.stacks.workloads_outside import priority_of
from tests.components.network.support import run
from tests.stacks.services_support import outputs_of

ROOT = Path(__file__).parents[2]
IMAGE = "ghcr.io/lindewaard/broker:5.2.1"


def outputs(estate, environment):
    """What other stacks export, with machines and databases for those who share them."""
    found = outputs_of(estate, environment)
    vault = {
        "recoveryVaultName": "rsv",
        "resourceGroup": "rg-backup",
        "policyIds": {name: f"/policy/{name}" for name in estate.backup.classes},
    }
    found["platform"] |= {
        "backupVaults": dict.fromkeys(estate.subscriptions, vault),
        "collectionRuleId": "/rule",
        "agentIdentityId": "/agent",
    }
    hubs = {key: {"firewallPolicy": "policy", "resourceGroup": "rg-hub"} for key in estate.network.hubs}
    found["connectivity"]["hubs"] = hubs
    for key, app in estate.applications.items():
        machines = {f"{name}-1": f"/vm/{key}/{name}-1" for name in app.servers}
        hosts = {name: f"{name}.{key}.internal" for name in app.databases}
        record = {"machines": machines, "databases": hosts}
        found.setdefault(f"workloads-{app.stack or key}", {}).setdefault("applications", {})[key] = record
    return found


def stack(estate, environment, part):
    """What one stack registers."""
    seen = estate.for_environment(environment)
    return run(lambda: workloads.run(seen, environment, part), outputs(seen, environment))


def layer(estate):
    """Type, name and inputs of everything in production, by stack."""
    return {
        part: sorted((r.type, r.name, str(r.inputs)) for r in stack(estate, "prd", part).resources)
        for part in estate.workloads("prd")
    }


@pytest.fixture
def changed(tmp_path):
    """A copy of the large example with one text replaced by another."""

    def make(file, *changes):
        folder = tmp_path / "lindewaard"
        if not folder.exists():
            shutil.copytree(ROOT / "estates" / "lindewaard", folder)
        text = (folder / file).read_text()
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after, 1)
        (folder / file).write_text(text)
        return load(folder)

    return make


@pytest.fixture(scope="module")
def before(lindewaard):
    return layer(lindewaard)


def differ(before, after):
    return {part for part in {*before, *after} if before.get(part) != after.get(part)}


CHANGES = {
    "integratiebroker": ("bedrijfsvoering.yaml", IMAGE, "ghcr.io/lindewaard/broker:5.3.0"),
    "zaaksysteem": ("dienstverlening.yaml", "files: {size_gb: 1800}", "files: {size_gb: 2800}"),
    "bouwarchief": ("ruimte.yaml", "size_gb: 18, target", "size_gb: 300, target"),
    "aanschaf-2028": ("sociaal.yaml", "[zorg.leverancier.example]", "[zorg2.leverancier.example]"),
    "belastingen": ("openbare-werken.yaml", "count: 2, domain", "count: 3, domain"),
}


def test_a_change_of_an_application_changes_its_stack_alone(before, changed):
    """Five at once, of five strategies and kinds: had one of them touched another stack, there would be a sixth."""
    *_, estate = [changed(f"applications/{file}", (old, new)) for file, old, new in CHANGES.values()]
    assert differ(before, layer(estate)) == set(CHANGES)


def test_a_removed_application_leaves_only_its_stack(before, changed):
    """Nor does it matter to a bought service who depends on it."""
    text = (ROOT / "estates/lindewaard/applications/openbare-werken.yaml").read_text()
    record = re.search(r"^  afval:\n(?:    .*\n)+", text, re.MULTILINE)
    assert record is not None
    changed("applications/openbare-werken.yaml", (record.group(), ""))
    more = ('[geo-informatie, "partner:', '[geo-informatie, financien, "partner:')
    assert differ(before, layer(changed("applications/ruimte.yaml", more))) == {"afval"}


def test_what_holds_data_is_protected_until_somebody_accepts_that_it_goes(lindewaard, changed):
    def locks(estate):
        return len(stack(estate, "prd", "zaaksysteem").of("ManagementLockByScope"))

    contract = "    contract: {ends: 2029-06-30"
    removal = "    removal: {by: griffier, on: 2029-07-01, reason: Overgezet naar de opvolger}\n"
    after = changed("applications/dienstverlening.yaml", (contract, f"{removal}{contract}"))
    assert (locks(lindewaard), locks(after)) == (2, 0)


def test_a_lighter_class_changes_the_stores(lindewaard, changed):
    after = changed(
        "applications/dienstverlening.yaml",
        ("    data: [personal, bsn]\n    strategy: replatform", "    data: [public]\n    strategy: replatform"),
    )
    heavy, light = (stack(e, "prd", "zaaksysteem") for e in (lindewaard, after))
    assert (len(heavy.of("Vault")), len(light.of("Vault"))) == (1, 0)
    assert heavy.one("zaaksysteem-files-account").inputs["encryption"]["keySource"] == "Microsoft.Keyvault"
    assert light.one("zaaksysteem-files-account").inputs["encryption"]["keySource"] == "Microsoft.Storage"
    backup = [m.one("zaaksysteem-postgresql-server").inputs["backup"] for m in (heavy, light)]
    assert [b["backupRetentionDays"] for b in backup] == [35, 7]


def test_an_environment_without_real_data_is_lighter_and_smaller(lindewaard):
    production, test = (stack(lindewaard, name, "zaaksysteem") for name in ("prd", "tst"))
    assert (len(production.of("Vault")), len(test.of("Vault"))) == (1, 0)
    assert [m.one("zaaksysteem-web-plan").inputs["sku"]["capacity"] for m in (production, test)] == [3, 1]
    assert test.one("zaaksysteem-postgresql-server").inputs["highAvailability"]["mode"] == "Disabled"
    assert not stack(lindewaard, "tst", "documentbeheer").of("MigrateProject")


def test_machines_outside_production_stop_in_the_evening(lindewaard):
    made = stack(lindewaard, "acc", "belastingen")
    assert {s.inputs["dailyRecurrence"]["time"] for s in made.of("GlobalSchedule")} == {"1900"}
    assert not stack(lindewaard, "prd", "belastingen").of("GlobalSchedule")


def test_stacks_of_what_is_shared_come_first(lindewaard):
    stacks = [spec.part for spec in lindewaard.stacks("prd") if spec.layer == "workloads"]
    assert stacks.index("geo-informatie") < stacks.index("bag-beheer")


def test_two_in_one_stack_use_what_the_other_has(changed):
    """Machines one way and a database the other: a ring that two stacks could not have."""
    one = "    stack: kaarten\n    depends_on: [geo-informatie, "
    data = "    backup_class: standaard\n    servers:\n      kaarten"
    estate = changed(
        "applications/ruimte.yaml",
        ("    depends_on: [geo-informatie, ", one),
        (data, f"    stack: kaarten\n    shared_servers: [bag-beheer/app]\n{data}"),
    )
    made = stack(estate, "prd", "kaarten")
    assert {m.name for m in made.of("VirtualMachine")} >= {
        "bag-beheer-machines-app",
        "geo-informatie-machines-kaarten-2",
    }
    assert made.one("geo-informatie-postgresql-server")


def test_every_stack_of_bought_services_has_a_priority_of_its_own(lindewaard):
    found = [priority_of(lindewaard, "prd", f"aanschaf-{year}") for year in (2027, 2028, 2029)]
    assert len(set(found)) == 3


def test_data_outside_its_regions_is_refused(changed):
    estate = changed(
        "applications/burgerzaken.yaml",
        ("    data: [personal]\n    strategy: rehost", "    data: [brp]\n    strategy: rehost"),
    )
    spoke = changed(
        "network.yaml",
        ("      title: Civil registry\n", "      title: Civil registry\n      region: germanywestcentral\n"),
    )
    assert stack(estate, "prd", "begraafplaatsen").of("VirtualMachine")
    with pytest.raises(StackError, match=r"applications\.begraafplaatsen\.data: data brp may be in .*, not in germany"):
        stack(spoke, "prd", "begraafplaatsen")


def test_a_subscription_that_a_partner_has_to_make_is_said():
    with pytest.raises(StackError, match=r"subscriptions\.test: it is not there yet"):
        stack(load("duinrand"), "tst", "geo-informatie")
