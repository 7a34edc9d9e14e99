"""Results of the engine, built by hand, for the reporters' tests."""

from typing import Any

from kade.engine.plan import Diagnostic, Op, PolicyResult, PropertyDiff, Resource, StackResult, Step
from kade.engine.values import UNKNOWN, Secret

PASSWORD = "Zeer-Geheim!42"
VNET = "azure-native:network:VirtualNetwork"
GROUP = "azure-native:resources:ResourceGroup"


def urn(stack, type_, name):
    return f"urn:pulumi:{stack}::kade::{type_}::{name}"


def resource(stack, type_, name, parent="", **parts):
    return Resource(urn=urn(stack, type_, name), type=type_, parent=parent, custom=":" in type_, **parts)


def stack(name="lindewaard.prd.platform", had_state=False):
    """A stack with one resource of each operation below its root."""
    top = resource(name, "pulumi:pulumi:Stack", f"kade-{name}")
    result = StackResult("kade", name, had_state=had_state, duration=1.25, timings={"program": 1.0})

    def add(op, type_, label, old=None, new=None, diff=None, parent=top.urn, **parts):
        before = None if old is None else resource(name, type_, label, parent, inputs=old)
        after = None if new is None else resource(name, type_, label, parent, inputs=new)
        made = Step(op, urn(name, type_, label), type_, before, after, detailed_diff=diff or {}, **parts)
        result.steps.append(made)
        return made

    result.steps.append(Step(Op.CREATE, top.urn, top.type, None, top))
    component = add(Op.CREATE, "kade:index:Hub", "hub", new={})
    add(Op.CREATE, GROUP, "rg-new", new={"location": "westeurope", "id": UNKNOWN}, parent=component.urn)
    add(Op.SAME, GROUP, "rg-same", old={"location": "westeurope"}, new={"location": "westeurope"})
    add(
        Op.UPDATE,
        VNET,
        "vnet",
        old={"tags": {"owner": "a"}, "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
        new={"tags": {"owner": "b", "new": "x"}, "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}},
        diff={
            "tags.owner": PropertyDiff("update"),
            "tags.new": PropertyDiff("add"),
            "addressSpace.addressPrefixes[0]": PropertyDiff("update"),
        },
        parent=component.urn,
    )
    for op in (Op.CREATE_REPLACEMENT, Op.REPLACE, Op.DELETE_REPLACED):
        add(
            op,
            VNET,
            "moved",
            old={"location": "westeurope"},
            new=None if op == Op.DELETE_REPLACED else {"location": "northeurope"},
            diff={"location": PropertyDiff("update-replace")},
            replace_reasons=["location"],
        )
    add(Op.DELETE, GROUP, "rg-old", old={"location": "westeurope"})
    return result


def finding(of, rule="kade-network-inbound", verdict="fail", name="vnet", type_=VNET, **parts):
    defaults: dict[str, Any] = {
        "pack": "kade-security",
        "pack_version": "0.1.0",
        "enforcement": "mandatory",
        "severity": "high",
        "title": "No inbound from the internet",
        "message": "allows 0.0.0.0/0 on port 22",
        "remediation": "Name the source ranges.",
        "measures": ["8.20.01"],
        "equivalents": {"psrule": ["Azure.NSG.AnyInboundSource"]},
    }
    return PolicyResult(rule=rule, urn=urn(of.stack, type_, name), type=type_, verdict=verdict, **(defaults | parts))


def secret_everywhere(name="lindewaard.prd.platform"):
    """A stack in which the same secret stands wherever something can be shown."""
    result = stack(name, had_state=True)
    result.config = {"kade:password": Secret(PASSWORD), "kade:plain": f"prefix {PASSWORD}"}
    result.outputs = {"password": Secret(PASSWORD), "url": f"https://x?sig={PASSWORD}"}
    result.error = f"login with {PASSWORD} refused"
    type_ = "azure-native:sql:Server"
    old = resource(name, type_, "sql", inputs={"password": Secret("Oud-Geheim!41"), "tags": {"a": PASSWORD}})
    new = resource(
        name,
        type_,
        "sql",
        inputs={
            "password": Secret(PASSWORD),
            "tags": {"a": f"b{PASSWORD}", PASSWORD: "key"},
            "list": [{"x": PASSWORD}],
        },
        outputs={"connection": Secret({"text": PASSWORD, "n": 1}), "leaked": PASSWORD},
    )
    diff = {
        "password": PropertyDiff("update"),
        "tags.a": PropertyDiff("update"),
        f'tags["{PASSWORD}"]': PropertyDiff("add"),
    }
    result.steps.append(
        Step(
            Op.UPDATE, new.urn, type_, old, new, detailed_diff=diff, note=f"note {PASSWORD}", diff_reasons=["password"]
        )
    )
    result.diagnostics = [Diagnostic("info", f"program says {PASSWORD}", new.urn), Diagnostic("error", PASSWORD)]
    result.policies = [
        finding(result, name="sql", type_=type_, message=f"found {PASSWORD}", remediation=f"not {PASSWORD}"),
        finding(result, name="sql", type_=type_, verdict="not_evaluated", message=f"why {PASSWORD}"),
        finding(result, name="sql", type_=type_, verdict="exempt", message=f"because {PASSWORD}"),
    ]
    return result
