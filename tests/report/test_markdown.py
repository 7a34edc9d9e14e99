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


def drastic(count, length, op):
    """One stack of which many resources of one type go, with names of some length, and that has findings."""
    made = stack(had_state=True)
    made.steps.clear()
    for n in range(count):
        one = resource(made.stack, VNET, f"{n}-".ljust(length, "x"), inputs={"location": "westeurope"})
        new = one if op == Op.REPLACE else None
        made.steps.append(Step(op, one.urn, VNET, one, new, replace_reasons=["location"] * (new is not None)))
        made.policies.append(finding(made, name=f"{n}-".ljust(length, "x"), message=f"allows port {n}"))
    return made


def test_names_are_cut_one_by_one_and_counted_where_not_even_these_fit():
    for op in (Op.REPLACE, Op.DELETE):
        text = rendered(drastic(600, 90, op))
        assert len(text) < markdown.LIMIT
        assert all(f"`{f'{n}-'.ljust(90, 'x')}`" in text for n in range(600))  # 57,000 characters: without the types
    text = rendered(drastic(5000, 90, Op.DELETE))
    section = text.split("### Findings")[0]
    named = section.count("xxx`")
    assert named > 550
    assert f"- … and {5000 - named} replacements and deletions" in text
    assert "### Findings (5000)" in text
    assert "kade-network-inbound" in text
    assert text.endswith("The whole report is in the artifact of this run.\n")


def test_no_part_takes_the_room_of_the_others():
    kind = "azure-native:network:NetworkSecurityGroup"
    made = [stack(f"lindewaard.prd.{'workloads-with-a-long-name' * 3}-{n}", had_state=True) for n in range(12)]
    for one in made:
        rules = [{"access": "Allow", "direction": "Inbound", "destinationPortRange": str(n)} for n in range(400)]
        new = resource(one.stack, kind, "rules", inputs={"securityRules": rules})
        one.steps.append(Step(Op.CREATE, new.urn, kind, None, new))
        one.policies = [finding(one, name=f"r{n}", message=f"port {n}", rule=f"kade-{n}") for n in range(100)]
        one.policies += [finding(one, rule=f"kade-unsure-{n}", verdict="not_evaluated") for n in range(300)]
    text = rendered(*made)
    assert len(text) < markdown.LIMIT
    for part in ("### Findings (1200)", "Network flows (4800 opened, 0 closed)", "### Not evaluated (3600)"):
        assert part in text
    assert text.count("<details>") == text.count("</details>") == 13
    assert all(f"<summary>{one.stack}: 1 to replace" in text for one in made)
    assert text.endswith("The whole report is in the artifact of this run.\n")


def test_what_many_resources_do_alike_is_said_once():
    made = stack()
    made.policies = [finding(made, name=f"vnet-{n}") for n in range(9)]
    text = rendered(made)
    assert text.count("allows 0.0.0.0/0 on port 22") == 1
    assert all(f"`vnet-{n}`" in text for n in range(9))  # it is mandatory: each has to be mended
    made.policies = [finding(made, name=f"vnet-{n}", enforcement="advisory") for n in range(9)]
    assert "`vnet-5` and 3 more" in rendered(made)


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
    assert "### Network flows (1 opened, 1 closed)" in text
    assert "- `rules`\n  - opens `inbound Tcp from Internet to * port 22`" in text
    assert "\n  - closes `inbound Tcp from Internet to * port 443`" in text


def test_a_denial_of_everything_closes_what_comes_after_it():
    made = stack(had_state=True)
    kind = "azure-native:network:NetworkSecurityGroup"

    def rule(access, port, priority, direction="Inbound"):
        given = {"protocol": "*", "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "priority": priority}
        return given | {"access": access, "direction": direction, "destinationPortRange": port}

    known = [rule("Allow", "443", 1000), rule("Allow", "53", 1000, "Outbound"), rule("Deny", "*", 4096)]
    old = resource(made.stack, kind, "rules", inputs={"securityRules": known})
    new = resource(made.stack, kind, "rules", inputs={"securityRules": [*known, rule("Deny", "*", 100)]})
    made.steps.append(Step(Op.UPDATE, new.urn, kind, old, new))
    text = rendered(made)
    assert "### Network flows (0 opened, 1 closed)\n\n- `rules`\n  - closes `inbound * from * to * port 443`" in text


def test_names_and_messages_are_not_markup():
    made = stack()
    made.error = "<script> @team [x](y) `code`"
    strange = resource(made.stack, GROUP, "``` </details>")
    made.steps.append(Step(Op.CREATE, strange.urn, GROUP, None, strange))
    text = rendered(made)
    assert "<script>" not in text
    assert "@team" not in text
    assert "````diff" in text
