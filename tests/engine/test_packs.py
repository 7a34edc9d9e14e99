"""Packs run here as real processes, ours through the launcher and, where it matters, also as the Pulumi CLI does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kade.engine.config import Config
from kade.engine.errors import PackError
from kade.engine.packs import PackRunner, Setting
from kade.engine.plan import PolicyResult, Resource
from kade.engine.values import UNKNOWN, Asset, Secret

sys.path.insert(0, str(Path(__file__).parent))
from pack_fixtures import SETTING, STACK_URN, STORAGE, TLS, fails, run, sample, setting, write_pack

BOTH = pytest.mark.parametrize("plain", [False, True], ids=["launcher", "plain"])


@BOTH
def test_a_violation_carries_what_the_rule_says_of_itself(tmp_path, plain):
    pack = write_pack(tmp_path / "p", TLS)
    good, bad = sample("good", minimumTlsVersion="TLS1_2"), sample("bad", minimumTlsVersion="TLS1_0")
    versioned = sample("old", "azure-native:storage/v20230101:StorageAccount")
    results = run(pack, good, bad, versioned, sample("net", "azure-native:network:Subnet"), setting=setting(plain))
    # the plain process also runs the rule on the type that it does not name, and its word is taken
    results = [r for r in results if r.type != "azure-native:network:Subnet"]
    assert [r.verdict for r in results] == ["pass", "fail", "fail"]
    failed = results[1]
    assert failed == PolicyResult(
        pack="tls", pack_version="1.2.3", rule="minimum-tls", urn=bad.urn, type=STORAGE, verdict="fail",
        enforcement="mandatory", severity="high", title="Minimum TLS", message="bad takes TLS1_0",
        remediation="Set it.", url="https://example.org/tls", measures=["BIO2 8.24"],
        equivalents={"psrule": ["AZR-1"], "checkov": ["C_1", "C_2"]},
    )  # fmt: skip


def test_a_pack_without_a_version_in_its_file_gives_its_own(tmp_path):
    pack = write_pack(tmp_path / "p", TLS, version="")
    assert run(pack, sample())[0].pack_version == "0.0.1"


@BOTH
def test_every_verdict_has_its_form(tmp_path, plain):
    pack = write_pack(
        tmp_path / "p",
        """
        tags = ["type:azure-native:storage:StorageAccount"]
        def reads(args, report):
            if args.props["sku"]: report("never")
        def policy(name, validate): return ResourceValidationPolicy(name, name + " rule", validate, tags=tags)
        PolicyPack("verdicts", [
            policy("unknown", reads),
            policy("not-evaluated", lambda a, r: a.not_applicable("not-evaluated: sku is unknown")),
            policy("exempt", lambda a, r: a.not_applicable("exempt: until 2027")),
            policy("not-applicable", lambda a, r: a.not_applicable("not of this kind")),
            policy("passes", lambda a, r: None),
            policy("twice", lambda a, r: (r("one"), r("two"))),
            ResourceValidationPolicy("untagged", "no types", lambda a, r: None),
        ])
        """,
    )
    results = run(pack, sample(sku=UNKNOWN), setting=setting(plain))
    said = {(r.rule, r.verdict, r.message) for r in results}
    assert said == {
        ("unknown", "not_evaluated", "string value at .sku can't be known during preview"),
        ("not-evaluated", "not_evaluated", "sku is unknown"),
        ("exempt", "exempt", "until 2027"),
        ("not-applicable", "not_applicable", "not of this kind"),
        ("passes", "pass", ""),
        ("twice", "fail", "one"),
        ("twice", "fail", "two"),
    }
    assert all(r.enforcement == "advisory" for r in results)


def test_a_pass_of_a_rule_that_names_no_type_is_not_listed(tmp_path):
    body = 'PolicyPack("quiet", [ResourceValidationPolicy("any", "any rule", lambda a, r: None)])'
    pack = write_pack(tmp_path / "p", body)
    with PackRunner.start([pack], SETTING) as runner:
        runner.analyze(sample("a"))
        runner.analyze(sample("b"))
        assert runner.results() == []


@BOTH
def test_a_stack_rule_sees_outputs_dependencies_and_parents(tmp_path, plain):
    pack = write_pack(
        tmp_path / "p",
        """
        def check(args, report):
            by_name = {r.name: r for r in args.resources}
            for r in args.resources:
                if "peer" in r.props:
                    report(f"{r.name} of {r.parent.name} after {[d.name for d in r.dependencies]}"
                           f" {r.property_dependencies['peer'][0].name} at {r.props['id']}", r.urn)
        def lines(args, report):
            args.not_applicable(f"not-evaluated: [{args.resources[1].urn}] id unknown\\n"
                                f"exempt: [{args.resources[2].urn}] until 2027")
        net = ["type:azure-native:storage:StorageAccount"]
        PolicyPack("stack", [
            StackValidationPolicy("peers", "Peers.", check, EnforcementLevel.MANDATORY, tags=net),
            StackValidationPolicy("lines", "Lines.", lines, tags=net),
            StackValidationPolicy("whole", "Whole.", lambda a, r: None),
            StackValidationPolicy("against", "Against.", lambda a, r: r("too much")),
        ])
        """,
    )
    first = sample("first")
    second = sample("second", id="/x", peer="first")
    second.parent, second.dependencies, second.property_dependencies = STACK_URN, [first.urn], {"peer": [first.urn]}
    results = run(pack, first, second, setting=setting(plain), stack=True)
    said = {(r.rule, r.urn.rsplit("::", 1)[-1], r.verdict, r.message) for r in results}
    assert said == {
        ("peers", "second", "fail", "second of harbour-dev after ['first'] first at /x"),
        ("peers", "first", "pass", ""),
        ("lines", "first", "not_evaluated", "id unknown"),
        ("lines", "second", "exempt", "until 2027"),
        ("whole", "harbour-dev", "pass", ""),
        ("against", "harbour-dev", "fail", "too much"),
    }


REMEDY = """
    def remedy(args):
        if args.props.get("tags", {}).get("owner") is None:
            return {**args.props, "tags": {**args.props.get("tags", {}), "owner": "quay"}}
    def level(args):
        return {**args.props, "level": args.props.get("level", 0) + 1}
    def unknown(args):
        raise UnknownValueError(args.props["size"], ["size"])  # the SDK does not raise it by itself in a remediation
    from pulumi_policy.proxy import UnknownValueError
    remediating = EnforcementLevel.REMEDIATE
    PolicyPack("remedy", [
        ResourceValidationPolicy("unknown", "Unknown.", remediate=unknown,
                                 enforcement_level=remediating),
        ResourceValidationPolicy("owner", "An owner.", remediate=remedy, enforcement_level=remediating),
        ResourceValidationPolicy("level", "One more.", remediate=level, enforcement_level=remediating,
                                 tags=["type:azure-native:storage:StorageAccount"])])
"""


@BOTH
def test_remediations_follow_on_each_other_and_keep_secrets_and_unknowns(tmp_path, plain):
    packs = [write_pack(tmp_path / "a", REMEDY), write_pack(tmp_path / "b", REMEDY.replace('"remedy"', '"again"'))]
    inputs: dict[str, Any] = {"key": Secret("hunter2"), "size": UNKNOWN, "file": Asset(text="x"), "n": [1, 2.5]}
    inputs["tags"] = {"a": "b"}
    with PackRunner.start(packs, setting(plain)) as runner:
        resource = sample(**inputs)
        made, events = runner.remediate(resource)
    assert made == {**inputs, "tags": {"a": "b", "owner": "quay"}, "level": 2}
    assert [(e.pack, e.rule, bool(e.diagnostic)) for e in events] == [
        ("remedy", "unknown", True), ("remedy", "owner", False), ("remedy", "level", False),
        ("again", "unknown", True), ("again", "level", False),
    ]  # fmt: skip
    assert "can't be known" in events[0].diagnostic
    assert resource.inputs == inputs


def test_remediation_is_not_asked_for_where_no_rule_does(tmp_path, monkeypatch):
    with PackRunner.start([write_pack(tmp_path / "p", TLS)], SETTING) as runner:
        runner.ready()
        monkeypatch.setattr(runner._lanes[0].process, "remediate", None)
        assert runner.remediate(sample()) == (None, [])


def test_a_rule_cannot_change_what_the_next_one_sees(tmp_path):
    pack = write_pack(
        tmp_path / "p",
        """
        seen = []
        def spoil(args, report):
            args.props["tags"]["owner"] = "spoilt"
            args.props["fresh"] = 1
            report(f"{args.props['tags']['owner']} {args.props['fresh']} {sorted(args.props)}")
        def look(args, report):
            seen.append(args.props)
            report(f"{args.props['tags']['owner']} {sorted(args.props)} {args.props['list'][0:1]} {len(args.props)}")
        def same(args, report):
            seen.append(args.props)
            report(f"shared {seen[0] is seen[1]}")
        PolicyPack("spoil", [ResourceValidationPolicy(n, n + ".", f) for n, f in
                             [("spoil", spoil), ("look", look), ("same", same)]])
        """,
    )
    resource = sample(tags={"owner": "quay"}, list=[1.0, 2.0])
    assert fails(run(pack, resource)) == [
        ("spoil", "one", "spoilt 1 ['fresh', 'list', 'tags']"),
        ("look", "one", "quay ['list', 'tags'] [1.0] 2"),
        ("same", "one", "shared True"),
    ]


PROBES = """
    import json
    from collections.abc import Mapping, Sequence
    def kinds(value):
        if isinstance(value, Mapping):
            return {k: kinds(value[k]) for k in value}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [kinds(item) for item in value]
        return f"{type(value).__name__} {value.text if hasattr(value, 'text') else value}"
    def probe(args, report):
        p = args.props
        said = [kinds(p), "tags" in p, "none" in p, p == p, len(p["list"]), p["list"][-1], p["list"].index(2.0),
                isinstance(p["tags"], dict), list(reversed(p["list"])), p["deep"][0]["a"] == p["deep"][0]["a"],
                args.opts.protect, list(args.opts.ignore_changes), args.opts.delete_before_replace,
                args.opts.custom_timeouts.create_seconds, args.opts.parent, args.provider.props["location"],
                args.get_config(), args.name, args.urn, dict(args.stack_tags)]
        report(json.dumps(said, sort_keys=True))
    def inside(args, report):
        args.props["deep"][0]["b"]["c"]
    def equal(args, report):
        report(str(args.props["deep"][0]["b"] == {"c": "known"}))
    policies = [ResourceValidationPolicy("probe", "Probe.", probe, config_schema=PolicyConfigSchema(
                    {"depth": {"type": "integer", "default": 3}}))]
    policies += [ResourceValidationPolicy(f.__name__, "U.", f) for f in (inside, equal)]
    PolicyPack("probes", policies)
"""


def test_the_launcher_shows_rules_exactly_what_the_sdk_alone_shows(tmp_path):
    pack = write_pack(tmp_path / "p", PROBES)
    resource = sample(
        tags={"a": "b"}, list=[1, 2.0, True], empty={}, nothing=None, secret=Secret({"x": "y"}),
        file=Asset(text="content"), deep=[{"a": [[1], {}], "b": {"c": "known"}}], __internal="hidden",
    )  # fmt: skip
    resource.protect, resource.ignore_changes, resource.custom_timeouts = True, ["tags"], {"create": 60}
    resource.parent = STACK_URN
    unknown = sample("unknown", deep=[{"b": {"c": UNKNOWN}}], tags={}, list=[])
    ours, theirs = (_judged(pack, plain, resource, unknown) for plain in (False, True))
    assert ours == theirs
    assert "hidden" not in str(ours)
    assert {(rule, message) for rule, urn, _, message in ours if urn == unknown.urn} == {
        ("probe", "string value at .deep.0.b.c can't be known during preview"),
        ("equal", "string value at .deep.0.b.c can't be known during preview"),
        ("inside", "string value at .deep.0.b.c can't be known during preview"),
    }


def _judged(pack: Path, plain: bool, *resources: Resource) -> list[tuple[str, str, str, str]]:
    provider = Resource("urn:p", "pulumi:providers:azure-native", inputs={"location": "westeurope"})
    with PackRunner.start([pack], setting(plain)) as runner:
        for resource in resources:
            runner.analyze(resource, provider=provider, delete_before_replace=True)
        return [(r.rule, r.urn, r.verdict, r.message) for r in runner.results()]


LEVELS = """
    def rule(name, level=None):
        return ResourceValidationPolicy(name, name + ".", lambda a, r: r(str(a.get_config().get("size"))), level,
            PolicyConfigSchema({"size": {"type": "integer", "default": 1}}))
    PolicyPack("levels", [rule("a"), rule("b", EnforcementLevel.MANDATORY), rule("c"), rule("d")],
               initial_config={"c": {"enforcementLevel": EnforcementLevel.MANDATORY, "size": 2}})
"""


def test_configuration_sets_levels_and_settings(tmp_path):
    pack = write_pack(tmp_path / "p", LEVELS)
    wanted = {"levels": {"a": "disabled", "c": {"size": 5}, "d": {"enforcementLevel": "mandatory", "size": 7}}}
    results = run(pack, sample(), configuration=wanted)
    assert [(r.rule, r.enforcement, r.message) for r in results] == [
        ("b", "mandatory", "1.0"), ("c", "mandatory", "5.0"), ("d", "mandatory", "7.0"),
    ]  # fmt: skip
    every = run(pack, sample(), configuration={"levels": {"all": "advisory", "b": "mandatory"}})
    assert [(r.rule, r.enforcement) for r in every] == [
        ("a", "advisory"), ("b", "mandatory"), ("c", "advisory"), ("d", "advisory"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"aa": "mandatory"}, "has no rule aa, which the configuration names; did you mean a?"),
        ({"a": "strict"}, "has the level 'strict'; it has to be one of advisory, mandatory"),
    ],
)
def test_a_wrong_configuration_is_refused(tmp_path, wanted, message):
    pack = write_pack(tmp_path / "p", LEVELS)
    with pytest.raises(PackError) as error:
        run(pack, sample(), configuration={"levels": wanted})
    assert message in str(error.value)


def test_a_required_setting_has_to_be_there(tmp_path):
    body = """
    PolicyPack("strict", [ResourceValidationPolicy("r", "R.", lambda a, r: None,
               config_schema=PolicyConfigSchema({"x": {"type": "string"}}, ["x"]))])
    """
    with pytest.raises(PackError, match="the rule r of the policy pack strict needs the setting x"):
        run(write_pack(tmp_path / "p", body), sample())


def test_the_pack_knows_the_run(tmp_path):
    body = """
    import pulumi
    def told(args, report):
        config = pulumi.Config()
        report(f"{pulumi.get_project()} {pulumi.get_stack()} {pulumi.get_organization()} {pulumi.runtime.is_dry_run()}"
               f" {config.get('place')}")
    PolicyPack("told", [ResourceValidationPolicy("t", "T.", told)])
    """
    setting = Setting("harbour", "dev", "haven", Config({"harbour:place": "kade"}), dry_run=False)
    (result,) = run(write_pack(tmp_path / "p", body), sample(), setting=setting)
    assert result.message == "harbour dev haven False kade"


def test_no_secret_comes_out_of_a_pack(tmp_path):
    body = """
    import sys
    def leak(args, report):
        print(f"value is {args.props['key']}")
        print(f"config {__import__('pulumi').Config().get('token')}", file=sys.stderr)
        report(f"found {args.props['key']} and {args.props['nested']}")
    def fail(args, report):
        raise KeyError(args.props["key"])
    import os
    PolicyPack("leak", [ResourceValidationPolicy("leak", "Leak.", leak)] +
               ([ResourceValidationPolicy("fail", "Fail.", fail)] if os.environ["PULUMI_STACK"] == "bad" else []))
    """
    pack = write_pack(tmp_path / "p", body)
    resource = sample(key=Secret("hunter2"), nested=Secret({"pin": "00042"}))
    config = Config({"harbour:token": "s3cr3t"}, frozenset({"harbour:token"}))
    lines: list[str] = []
    setting = Setting("harbour", "dev", config=config)
    results = run(pack, resource, setting=setting, on_line=lambda _, line: lines.append(line))
    assert results[0].message.startswith("found [secret] and")
    with pytest.raises(PackError) as error:
        run(pack, resource, setting=Setting("harbour", "bad"), on_line=lambda _, line: lines.append(line))
    assert str(error.value) == (
        f"the rule fail of the policy pack leak failed on {resource.urn}: KeyError: '[secret]'."
    )
    everything = " ".join([*lines, str(error.value), *map(repr, results)])
    assert "value is [secret]" in lines
    assert "config [secret]" in lines
    assert not any(secret in everything for secret in ("hunter2", "00042", "s3cr3t"))


def test_a_pack_with_stack_rules_is_shown_every_resource(tmp_path):
    """Rules on the stack may need the inputs that a rule on resources saw, whatever type that names."""
    body = """
    inputs = {}
    def remember(args, report): inputs[args.urn] = args.props
    PolicyPack("memory", [
        ResourceValidationPolicy("subnets", "S.", remember, tags=["type:azure-native:network:Subnet"]),
        StackValidationPolicy("every", "A.", lambda a, r: r(str(sorted(u.rsplit("::")[-1] for u in inputs))))])
    """
    results = run(write_pack(tmp_path / "p", body), sample("a"), sample("b"), stack=True)
    assert fails(results) == [("every", "harbour-dev", "['a', 'b']")]


def test_results_come_in_order_and_many_at_once(tmp_path):
    body = """
    import time
    def slow(args, report):
        time.sleep(0.002 if args.name.endswith("0") else 0)
        report(args.name)
    PolicyPack("order", [ResourceValidationPolicy("o", "O.", slow)])
    """
    resources = [sample(f"r{number}") for number in range(700)]  # more than the queue holds
    results = run(write_pack(tmp_path / "p", body), *resources)
    assert [r.message for r in results] == [r.name for r in resources]
