import io

from rich.console import Console

from kade.engine.plan import Diagnostic, Op, Step
from kade.report import text
from kade.report.model import Preview
from tests.report.samples import GROUP, VNET, finding, resource, stack


def rendered(*stacks, **parts):
    return text.render(Preview("lindewaard", stacks, **parts))


def line_with(report, *words):
    return next(line for line in report.splitlines() if all(word in line for word in words))


def test_tree_is_indented_by_parent_and_signed():
    report = rendered(stack())
    assert line_with(report, "hub", "create").startswith(" +   ├─ kade:index:Hub")
    assert line_with(report, "rg-new").startswith(f" +   │  ├─ {GROUP}")
    assert line_with(report, VNET, "vnet").startswith(f" ~   │  └─ {VNET}")
    assert line_with(report, "rg-old", "delete").startswith(f" -   └─ {GROUP}")


def test_property_diffs_show_old_and_new():
    report = rendered(stack())
    assert '~ tags.owner: "a" → "b"' in report
    assert '+ tags.new: "x"' in report
    assert '~ addressSpace.addressPrefixes[0]: "10.0.0.0/16" → "10.1.0.0/16"' in report
    assert '~ location: "westeurope" → "northeurope"  forces replacement' in report


def test_a_replacement_is_one_row_and_counted_once():
    report = rendered(stack())
    assert sum("moved" in line and "replace" in line for line in report.splitlines()) == 1
    assert "1 to replace, 1 to delete, 1 to update, 3 to create, 1 unchanged" in report


def test_replacements_and_deletions_come_before_findings_and_counts():
    made = stack(had_state=True)
    made.policies = [finding(made), finding(made, verdict="not_evaluated")]
    report = rendered(made)
    order = ["Replacements (1)", "Deletions (1)", "Findings (1)", "Not evaluated (1)", "Resources  "]
    assert [report.index(part) for part in order] == sorted(report.index(part) for part in order)
    assert "because of location" in report


def test_without_state_the_first_line_says_so():
    assert rendered(stack()).splitlines()[0] == "There is no state: everything looks new."
    assert not rendered(stack(had_state=True)).startswith("There is no state")
    mixed = rendered(stack(had_state=True), stack("lindewaard.prd.connectivity"))
    assert mixed.splitlines()[0] == "There is no state of lindewaard.prd.connectivity: everything there looks new."


def test_findings_by_severity_with_remedy():
    made = stack()
    made.policies = [
        finding(made, rule="kade-b", severity="low"),
        finding(made, rule="kade-a", severity="critical", enforcement="advisory"),
    ]
    report = rendered(made)
    assert report.index("kade-a") < report.index("kade-b")
    assert "remedy: Name the source ranges." in report
    assert "vnet: allows 0.0.0.0/0 on port 22" in report


def test_unchanged_resources_are_counted_not_listed():
    made = stack(had_state=True)
    made.steps = [s for s in made.steps if s.op == Op.SAME]
    report = rendered(made)
    assert "no changes (1 resource)" in report
    assert "rg-same" not in report


def test_names_are_not_markup():
    made = stack()
    strange = resource(made.stack, GROUP, "[bold red]x[/]")
    made.steps.append(Step(Op.CREATE, strange.urn, GROUP, None, strange))
    assert "[bold red]x[/]" in rendered(made)


def test_colours_only_where_asked_for():
    assert "\x1b" not in rendered(stack())
    out = io.StringIO()
    text.show(Preview("x", [stack()]), Console(file=out, force_terminal=True, color_system="standard", width=80))
    assert "\x1b[1;32m+" in out.getvalue()


def test_a_failed_stack_says_why():
    made = stack()
    made.error = "the program ended with ValueError: no"
    assert "failed: the program ended with ValueError: no" in rendered(made)


def test_past_tense_after_a_deployment():
    assert "1 replaced, 1 deleted, 1 updated, 3 created" in rendered(stack(), action="up")


def test_one_long_name_does_not_widen_every_line():
    made = stack()
    long = resource(made.stack, VNET, "n" * 110)
    made.steps.append(Step(Op.CREATE, long.urn, long.type, None, long))
    report = rendered(made)
    assert line_with(report, "n" * 110).endswith("  create")
    assert max(len(line) for line in report.splitlines() if "n" * 110 not in line) < 110


def test_what_many_break_alike_is_said_once_unless_it_is_mandatory():
    made = stack()
    made.policies = [finding(made, enforcement="advisory", name=f"vnet-{n}") for n in range(9)]
    report = rendered(made)
    assert report.count("allows 0.0.0.0/0 on port 22") == 1
    assert "9 times: allows" in report
    assert "vnet-5 and 3 more" in report
    assert "9 failed (0 mandatory)" in report
    made.policies = [finding(made, name=f"vnet-{n}") for n in range(9)]
    assert rendered(made).count("allows 0.0.0.0/0 on port 22") == 9


def test_a_failure_is_said_once():
    made = stack()
    made.diagnostics = [Diagnostic("error", "delete failed: it is locked", urn=resource(made.stack, VNET, "vnet").urn)]
    made.error = "vnet: delete failed: it is locked"
    assert rendered(made).count("it is locked") == 1
    made.error = "another"
    assert rendered(made).count("it is locked") == 1


def test_the_order_in_which_a_program_registers_does_not_show():
    made, turned = stack(), stack()
    root, *others = turned.steps
    by_name = {}
    for step in others:
        by_name.setdefault(step.urn, []).append(step)
    turned.steps = [*(step for steps in reversed(by_name.values()) for step in steps), root]
    assert turned.steps != made.steps
    assert rendered(turned) == rendered(made)
