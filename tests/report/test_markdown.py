from kade.engine.plan import Op, PropertyDiff, Step
from kade.report import markdown
from kade.report.model import Preview
from tests.report.samples import GROUP, VNET, finding, resource, stack


def rendered(*stacks):
    return markdown.render(Preview("lindewaard (prd)", stacks))


def big(changed):
    """A thousand resources: some replaced, some deleted, the rest new with long names."""
    made = stack(had_state=True)
    for n in range(1000):
        one = resource(made.stack, VNET, f"network-with-quite-a-long-name-{n}", inputs={"location": "westeurope"})
        old = resource(made.stack, VNET, f"network-with-quite-a-long-name-{n}", inputs={"location": "x" * 500})
        diff = {"location": PropertyDiff("update-replace")}
        if n < changed:
            made.steps.append(
                Step(Op.REPLACE, one.urn, VNET, old, one, detailed_diff=diff, replace_reasons=["location"])
            )
        elif n < 2 * changed:
            made.steps.append(Step(Op.DELETE, one.urn, VNET, old, None))
        else:
            made.steps.append(Step(Op.CREATE, one.urn, VNET, None, one))
    return made


def test_a_thousand_resources_fit_and_every_replacement_and_deletion_is_named():
    for changed in (20, 400):
        text = rendered(big(changed))
        assert len(text) < 64_000
        assert all(f"`network-with-quite-a-long-name-{n}`" in text for n in range(2 * changed))
        assert "Cut to fit in a comment" in text
        assert text.count("<details>") == text.count("</details>")
        assert text.count("```") % 2 == 0


def test_what_matters_comes_first():
    made = stack(had_state=True)
    made.policies = [finding(made, url="https://example.org/rule"), finding(made, verdict="not_evaluated")]
    text = rendered(made)
    order = ["1 to replace, 1 to delete", "### Replacements", "### Deletions", "### Findings", "### Not evaluated"]
    found = [text.index(part) for part in [*order, "<details>"]]
    assert found == sorted(found)
    assert "[`kade-network-inbound`](https://example.org/rule)" in text
    assert "Remedy: Name the source ranges." in text
    assert "`moved` moves from `westeurope` to `northeurope`" in text


def test_no_state_comes_first():
    lines = [line for line in rendered(stack()).splitlines() if line]
    assert lines[0] == "<!-- kade-preview lindewaard (prd) -->"
    assert lines[2] == "> **There is no state: everything looks new.**"


def test_flows_that_open_and_close():
    made = stack(had_state=True)
    kind = "azure-native:network:NetworkSecurityGroup"

    def group(port):
        rule = {"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "sourceAddressPrefix": "Internet"}
        return resource(made.stack, kind, "rules", inputs={"securityRules": [rule | {"destinationPortRange": port}]})

    old, new = group("443"), group("22")
    made.steps.append(Step(Op.UPDATE, new.urn, kind, old, new))
    text = rendered(made)
    assert "`rules` opens `inbound Tcp from Internet to * port 22`" in text
    assert "`rules` closes `inbound Tcp from Internet to * port 443`" in text


def test_names_and_messages_are_not_markup():
    made = stack()
    made.error = "<script> @team [x](y) `code`"
    strange = resource(made.stack, GROUP, "``` </details>")
    made.steps.append(Step(Op.CREATE, strange.urn, GROUP, None, strange))
    text = rendered(made)
    assert "<script>" not in text
    assert "@team" not in text
    assert "````diff" in text
