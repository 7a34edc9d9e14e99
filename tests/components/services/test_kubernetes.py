"""The cluster, and what the checks of Haven say of it."""

from typing import Any

import pytest

from kade.components.arguments import ArgumentError
from kade.components.services.haven import cluster_facts, haven_answers
from kade.components.services.kubernetes import Kubernetes, KubernetesArgs, PoolArgs
from tests.components.network.support import run
from tests.components.services.support import CONFIDENTIAL, RESTRICTED, place


def args(**more):
    given: dict[str, Any] = {"place": place("haven"), "data": CONFIDENTIAL, "admin_groups": ["group"], **more}
    return KubernetesArgs(subnet_id="/subnet", tenant_id="tenant", **given)


def answered(given):
    found = {}

    def program():
        made = Kubernetes("haven", given)
        found.update({one.check: one for one in made.haven})

    made = run(program)
    return found, made


def test_what_a_plan_can_tell_is_answered_from_it_and_the_rest_points_to_the_checker():
    answers, _ = answered(args())
    assert {key for key, one in answers.items() if one.holds} == {
        "zones", "masters", "workers", "hardening", "private", "rbac", "basic-auth", "rwx", "certificates", "logs",
        "metrics",
    }  # fmt: skip
    rest = [one for one in answers.values() if one.holds is None]
    assert len(answers) == 18
    assert len(rest) == 7
    assert all("not evaluated from a plan" in one.why and "compliancy checker" in one.why for one in rest)
    assert "counts as highly available" in answers["masters"].why


def test_a_cluster_that_does_not_hold_is_told_so():
    """The answers come from the planned cluster: without zones and with two workers they are no."""
    answers, _ = answered(args(place=place("haven", zones=[]), pools={"werk": PoolArgs(minimum=2)}))
    assert answers["zones"].holds is False
    assert answers["workers"].holds is False
    bare = {one.check: one.holds for one in haven_answers(cluster_facts({"agent_pool_profiles": [{"count": 3}]}))}
    wrong = {key for key, holds in bare.items() if holds is False}
    assert wrong == {"zones", "masters", "private", "rbac", "basic-auth", "certificates", "logs", "metrics"}


def test_restricted_data_stands_on_disks_with_our_own_key():
    _, made = answered(args(data=RESTRICTED))
    assert made.of("DiskEncryptionSet")
    assert made.one("haven-cluster").inputs["diskEncryptionSetID"]
    _, without = answered(args())
    assert not without.of("DiskEncryptionSet")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"pools": {"werk": PoolArgs(minimum=2)}}, "2 workers always run; over zones there are three at least"),
        ({"pools": {"te-lang-of-fout": PoolArgs()}}, "at most twelve small letters and digits"),
        ({"pools": {"werk": PoolArgs(minimum=4, maximum=3)}}, "maximum 3 is less than minimum 4"),
        ({"place": place("haven", workspace_id=None)}, "a cluster without logs"),
        ({"admin_groups": []}, "nobody could administer it"),
        ({"maintenance_week": "fifth"}, "one of every, first"),
    ],
)
def test_what_cannot_be_is_refused(more, message):
    with pytest.raises(ArgumentError, match=message):
        run(lambda: Kubernetes("haven", args(**more)))


def test_upgrades_come_in_the_week_that_was_chosen():
    _, made = answered(args(maintenance_week="third"))
    schedules = [one.inputs["maintenanceWindow"]["schedule"] for one in made.of("MaintenanceConfiguration")]
    assert [one["relativeMonthly"]["weekIndex"] for one in schedules] == ["Third", "Third"]
