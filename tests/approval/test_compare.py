"""What stops a run that has an approved plan, and what does not; the steps are built by hand, as the engine's are."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.approval import PlanError, Seal, compare, make, read, write
from kade.approval.digest import steps_of
from kade.engine.plan import Op, PropertyDiff, Resource, StackResult, Step
from kade.engine.values import UNKNOWN, Secret
from kade.report.masking import Mask

STACK = "lindewaard.prd.platform"
VNET = "azure-native:network:VirtualNetwork"
ROLE = "azure-native:authorization:RoleAssignment"
VAULT = "azure-native:keyvault:Vault"
KEY = b"a key of the tests"


def resource(type_, name, inputs=None, **parts):
    urn = f"urn:pulumi:{STACK}::kade::{type_}::{name}"
    return Resource(urn=urn, type=type_, inputs=inputs or {}, **parts)


def step(op, type_, name, inputs=None, diff=None, **parts):
    made = resource(type_, name, inputs, **parts)
    old = None if op == Op.CREATE else resource(type_, name, {"old": True})
    new = None if op in (Op.DELETE, Op.DELETE_REPLACED) else made
    return Step(op, made.urn, type_, old, new, detailed_diff={p: PropertyDiff(k) for p, k in (diff or {}).items()})


def plan_of(*steps, key=KEY, mask=None):
    return make(StackResult("kade", STACK, list(steps)), Seal(key, mask), kade="0.1.0", commit="a" * 40)


def compared(planned, now, key=KEY):
    return compare(plan_of(*planned, key=key), now, Seal(key))


def stops(planned, now, key=KEY):
    return [str(stop) for stop in compared(planned, now, key).stops]


def test_the_same_steps_pass():
    steps = [
        step(Op.CREATE, VAULT, "kv", {"sku": {"name": "standard"}, "key": Secret("geheim")}),
        step(Op.UPDATE, VNET, "vnet", {"space": ["10.0.0.0/16"]}, {"space[0]": "update"}),
        step(Op.DELETE, VAULT, "old"),
        step(Op.SAME, VAULT, "same", {"sku": 1}),
    ]
    found = compared(steps, steps)
    assert (found.stops, found.revealed, found.unseen) == ([], [], [])


@pytest.mark.parametrize(
    ("planned", "now", "told"),
    [
        (
            step(Op.SAME, VAULT, "kv"),
            step(Op.UPDATE, VAULT, "kv", {"a": 1}),
            "same was approved, and it would be update",
        ),
        (step(Op.UPDATE, VAULT, "kv"), step(Op.DELETE, VAULT, "kv"), "update was approved, and it would be delete"),
        (step(Op.CREATE, VAULT, "kv"), step(Op.SAME, VAULT, "kv"), "create was approved, and it would be same"),
        (
            step(Op.CREATE, VAULT, "kv", {"sku": {"name": "standard"}}),
            step(Op.CREATE, VAULT, "kv", {"sku": {"name": "premium"}}),
            'sku.name was approved as "standard" and would be "premium"',
        ),
        (
            step(Op.CREATE, VAULT, "kv", {"a": [1, 2]}),
            step(Op.CREATE, VAULT, "kv", {"a": [1]}),
            "a was approved as [1,2] and would be [1]",
        ),
        (
            step(Op.CREATE, VAULT, "kv"),
            step(Op.CREATE, VAULT, "kv", {"a": 1}),
            "a was approved as absent and would be 1",
        ),
        (
            step(Op.CREATE, VAULT, "kv", {"a": 1}),
            step(Op.CREATE, VAULT, "kv"),
            "a was approved as 1 and would be absent",
        ),
        (
            step(Op.CREATE, VAULT, "kv", {"a": 1}),
            step(Op.CREATE, VAULT, "kv", {"a": UNKNOWN}),
            "a was approved as 1 and would be [unknown]",
        ),
        (
            step(Op.UPDATE, VAULT, "kv", {"tags": {"a": "1"}}, {"tags.a": "update"}),
            step(Op.UPDATE, VAULT, "kv", {"tags": {"a": "1"}}, {"tags.a": "update", "sku": "delete"}),
            "it also changes sku, which was not approved",
        ),
    ],
)
def test_another_operation_or_input_stops(planned, now, told):
    assert stops([planned], [now]) == [f"kv: {told}"]


def test_what_is_not_in_the_plan_stops_and_what_is_missing_too():
    one, other = step(Op.CREATE, VAULT, "one"), step(Op.CREATE, VAULT, "other")
    assert stops([one], [one, other]) == ["other: create is not in the approved plan"]
    assert stops([one, other], [one]) == ["other: create was approved, and nothing happens"]


def test_all_the_steps_of_a_replacement_are_one():
    parts = [
        step(Op.CREATE_REPLACEMENT, VAULT, "kv", {"location": "westeurope"}, {"location": "update-replace"}),
        step(Op.REPLACE, VAULT, "kv", {"location": "westeurope"}, {"location": "update-replace"}),
        step(Op.DELETE_REPLACED, VAULT, "kv"),
    ]
    assert stops(parts, parts) == []
    assert stops([step(Op.UPDATE, VAULT, "kv", {"location": "westeurope"})], parts[:1]) == [
        "kv: update was approved, and it would be replace"
    ]


def test_reading_changes_nothing():
    assert stops([], [step(Op.READ, "pulumi:pulumi:StackReference", "platform", {"name": "x"})]) == []


def test_an_unknown_that_became_known_is_shown():
    found = compared(
        [step(Op.CREATE, VAULT, "kv", {"sku": UNKNOWN})], [step(Op.CREATE, VAULT, "kv", {"sku": "premium"})]
    )
    assert [str(item) for item in found.revealed] == ['kv: sku is "premium"']
    assert found.stops == []


@pytest.mark.parametrize(
    ("type_", "path", "kind"),
    [
        (ROLE, "principalId", "a role"),
        (ROLE, "scope", "a role"),
        ("aws:iam/rolePolicy:RolePolicy", "policy", "a role"),
        (VAULT, "accessPolicies", "a role"),
        ("azure-native:managedidentity:FederatedIdentityCredential", "subject", "a role"),
        (VNET, "addressSpace", "a network change"),
        ("azure-native:network:SecurityRule", "sourceAddressPrefix", "a network change"),
        ("aws:ec2/securityGroup:SecurityGroup", "ingress", "a network change"),
        (VAULT, "publicNetworkAccess", "a network change"),
        (VAULT, "networkAcls", "a network change"),
    ],
)
def test_an_unknown_that_becomes_a_role_or_a_network_change_is_approved_again(type_, path, kind):
    [told] = stops([step(Op.CREATE, type_, "x", {path: UNKNOWN})], [step(Op.CREATE, type_, "x", {path: "0.0.0.0/0"})])
    assert f'{path} was unknown when the plan was approved, is "0.0.0.0/0"' in told
    assert f"it turns into {kind}: it has to be approved again" in told


def test_an_unknown_that_turns_into_a_replacement_or_deletion_stops_and_is_named():
    planned = step(Op.UPDATE, VAULT, "kv", {"tenantId": UNKNOWN}, {"tenantId": "update"})
    now = step(Op.REPLACE, VAULT, "kv", {"tenantId": "b"}, {"tenantId": "update-replace"})
    assert stops([planned], [now]) == [
        'kv: update was approved, and it would be replace; known since then: tenantId is "b"'
    ]
    assert stops([planned], [step(Op.DELETE, VAULT, "kv")])[0].startswith(
        "kv: update was approved, and it would be delete"
    )


def test_an_unknown_may_turn_out_to_be_less():
    planned = step(Op.UPDATE, VAULT, "kv", {"sku": UNKNOWN}, {"sku": "update"})
    assert stops([planned], [step(Op.SAME, VAULT, "kv", {"sku": "a"})]) == []
    known = step(Op.UPDATE, VAULT, "kv", {"sku": "a"}, {"sku": "update"})
    assert stops([known], [step(Op.SAME, VAULT, "kv", {"sku": "a"})]) == [
        "kv: update was approved, and it would be same"
    ]


def test_an_unknown_that_is_as_it_stands_or_absent_is_no_network_change():
    planned = step(Op.UPDATE, VNET, "vnet", {"old": UNKNOWN, "tags": {"a": 1}}, {"tags": "add"})
    assert stops([planned], [step(Op.UPDATE, VNET, "vnet", {"old": True, "tags": {"a": 1}}, {"tags": "add"})]) == []
    [told] = stops([planned], [step(Op.UPDATE, VNET, "vnet", {"tags": {"a": 1}}, {"tags": "add", "old": "delete"})])
    assert "old was unknown when the plan was approved, is null, and it turns into a network change" in told


IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"


def role_of(identity, principal):
    return step(
        Op.CREATE, ROLE, "reader", {"principalId": principal}, property_dependencies={"principalId": [identity.urn]}
    )


def test_a_role_for_an_identity_that_the_reviewer_saw_is_as_reviewed():
    identity = step(Op.CREATE, IDENTITY, "app", {"location": "westeurope"})
    made = step(Op.CREATE, IDENTITY, "app", {"location": "westeurope"}, outputs={"principalId": "1234"}, id="/x/app")
    plan = [identity, role_of(identity, UNKNOWN)]
    found = compared(plan, [made, role_of(identity, "1234")])
    assert found.stops == []
    assert [str(item) for item in found.revealed] == ['reader: principalId is "1234"']
    [told] = stops(plan, [made, role_of(identity, "9999")])
    assert "it turns into a role" in told


def test_the_output_of_another_stack_is_not_as_reviewed():
    other = step(Op.READ, "pulumi:pulumi:StackReference", "platform", {"name": "platform"})
    read_now = step(
        Op.READ, other.type, "platform", {"name": "platform"}, outputs={"outputs": {"who": "1234"}}, external=True
    )
    [told] = stops([other, role_of(other, UNKNOWN)], [read_now, role_of(other, "1234")])
    assert "it turns into a role" in told


def test_a_secret_is_compared_and_never_shown():
    planned = step(Op.CREATE, VAULT, "kv", {"password": Secret("first-secret")})
    now = step(Op.CREATE, VAULT, "kv", {"password": Secret("other-secret")})
    assert stops([planned], [planned]) == []
    assert stops([planned], [now]) == ["kv: password was approved as [secret] and would be [another secret]"]
    lost = step(Op.CREATE, VAULT, "kv", {"password": "other-secret"})
    assert stops([planned], [lost]) == ["kv: password was approved as [secret] and would be no longer secret"]


def test_without_a_key_a_secret_is_said_not_to_be_compared():
    planned = step(Op.CREATE, VAULT, "kv", {"password": Secret("first-secret")})
    now = step(Op.CREATE, VAULT, "kv", {"password": Secret("other-secret")})
    found = compared([planned], [now], key=None)
    assert found.stops == []
    assert [item.path for item in found.unseen] == ["password"]


def test_the_same_secret_has_another_hash_in_another_place():
    made = plan_of(step(Op.CREATE, VAULT, "a", {"p": Secret("x1"), "q": Secret("x1")}))
    [planned] = made.resources.values()
    assert planned.inputs["p"]["hmac"] != planned.inputs["q"]["hmac"]


SECRETS = st.text(min_size=4, max_size=20, alphabet="abcdefghijklmnopqrstuvwxyz0123456789")


@given(
    SECRETS,
    st.recursive(
        st.just("leaf"),
        lambda s: st.lists(s, min_size=1, max_size=2) | st.dictionaries(st.text(max_size=3), s, max_size=2),
    ),
)
def test_no_secret_is_in_a_plan(secret, shape):
    secret = f"zz{secret}zz"
    text = f"Server=db;Password={secret}"  # whose mark was lost
    steps = [step(Op.CREATE, VAULT, "kv", {"marked": Secret({"deep": [secret, shape]}), "lost": text, "shape": shape})]
    for key in (KEY, None):
        assert secret not in json.dumps(
            plan_of(*steps, key=key, mask=Mask([Secret(secret)])).resources[steps[0].urn].inputs
        )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.just(UNKNOWN) | st.just(Secret("geheim")),
    lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=4), s, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=4), VALUES, max_size=4))
def test_every_plan_fits_itself_and_survives_its_file(tmp_path_factory, inputs):
    steps = [step(Op.CREATE, VAULT, "kv", inputs)]
    plan, file = plan_of(*steps), tmp_path_factory.mktemp("plan") / "plan.json"
    write(plan, Seal(KEY), file)
    again = read(file, Seal(KEY), stack=STACK, commit="a" * 40)
    assert again.digest == plan.digest
    assert compare(again, steps, Seal(KEY)).stops == []


@given(st.dictionaries(st.text(min_size=1, max_size=4), VALUES, min_size=1, max_size=4), st.data())
def test_every_other_known_input_stops(inputs, data):
    key = data.draw(st.sampled_from(sorted(inputs)))
    if inputs[key] is UNKNOWN:
        return
    other = {**inputs, key: "something else altogether"}
    assert stops([step(Op.CREATE, VAULT, "kv", inputs)], [step(Op.CREATE, VAULT, "kv", other)])


@pytest.fixture
def kept(tmp_path):
    file = tmp_path / f"{STACK}.json"
    write(plan_of(step(Op.CREATE, VAULT, "kv", {"sku": "standard"})), Seal(KEY), file)
    return file


def tampered(file):
    content = json.loads(file.read_text())
    [planned] = content["plan"]["resources"].values()
    planned["inputs"]["sku"] = "premium"
    return content


def test_a_plan_that_was_changed_is_refused(kept):
    kept.write_text(json.dumps(tampered(kept)))
    with pytest.raises(PlanError, match="signature does not match: it was changed"):
        read(kept, Seal(KEY), stack=STACK)


def test_a_plan_that_was_changed_and_signed_without_the_key_is_refused(kept):
    content = tampered(kept)
    kept.write_text(json.dumps({**content, "seal": Seal(b"a guess").sign(content["plan"])}))
    with pytest.raises(PlanError, match="changed after it was made, or it was made with another KADE_PLAN_KEY"):
        read(kept, Seal(KEY), stack=STACK)
    kept.write_text(json.dumps({**content, "seal": Seal(None).sign(content["plan"])}))
    with pytest.raises(PlanError, match="made without a key and is read with one"):
        read(kept, Seal(KEY), stack=STACK)


def test_without_a_key_there_is_a_checksum(tmp_path):
    file = tmp_path / "plan.json"
    write(plan_of(step(Op.CREATE, VAULT, "kv", {"sku": "standard"}), key=None), Seal(None), file)
    assert read(file, Seal(None), stack=STACK).changes == 1
    file.write_text(json.dumps(tampered(file)))
    with pytest.raises(PlanError, match="signature does not match"):
        read(file, Seal(None), stack=STACK)


@pytest.mark.parametrize(
    ("stack", "commit", "told"),
    [
        ("lindewaard.acc.platform", "a" * 40, "the plan of lindewaard.prd.platform, not of lindewaard.acc.platform"),
        (STACK, "b" * 40, "the plan was made at commit aaaaaaaaaaaa and this is bbbbbbbbbbbb"),
    ],
)
def test_a_plan_of_something_else_is_refused(kept, stack, commit, told):
    with pytest.raises(PlanError, match=told):
        read(kept, Seal(KEY), stack=stack, commit=commit)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2, "plan": {}, "seal": {}}', '{"version": 1, "plan": 3}']
)
def test_what_is_no_plan_is_refused(tmp_path, text):
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(PlanError, match=r"plan\.json"):
        read(file, Seal(KEY), stack=STACK)
    with pytest.raises(PlanError, match="there is no such plan"):
        read(tmp_path / "other.json", Seal(KEY), stack=STACK)


def test_a_failed_preview_is_no_plan():
    with pytest.raises(PlanError, match="failed is no plan: it broke"):
        make(StackResult("kade", STACK, error="it broke"), Seal(KEY), kade="0.1.0")


def test_the_steps_of_pulumis_own_digest_make_and_meet_a_plan():
    urn = f"urn:pulumi:{STACK}::kade::kade:index:Hub${VAULT}::kv"
    unknown, state = "04da6b54-80e4-46f7-96ec-b56ff0331ba9", {"urn": urn, "custom": True, "type": VAULT}
    digest = {
        "steps": [
            {"op": "create", "urn": urn, "newState": {**state, "inputs": {"a": unknown, "s": "[secret]", "n": 1}}}
        ]
    }
    [planned] = steps_of(digest)
    assert (planned.op, planned.type) == (Op.CREATE, VAULT)
    assert planned.new is not None
    assert planned.new.inputs["a"] is UNKNOWN
    now = replace(planned, new=replace(planned.new, inputs={"a": 5, "s": Secret("x"), "n": 1}))
    found = compared([planned], [now])
    assert [i.path for i in found.revealed] == ["a"]
    assert [i.path for i in found.unseen] == ["s"]
    assert found.stops == []
    worse = replace(planned, new=replace(planned.new, inputs={"a": 5, "s": Secret("x"), "n": 2}))
    assert [s.what for s in compared([planned], [worse]).stops] == ["n was approved as 1 and would be 2"]
