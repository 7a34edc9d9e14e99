import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from kade.engine.plan import Op, Step
from kade.report import html
from kade.report.model import Preview
from tests.report.samples import GROUP, VNET, finding, resource, stack

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def rendered(*stacks):
    return html.render(Preview("lindewaard (prd)", stacks))


def data(page):
    found = re.search(r'id="data">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


class Elements(HTMLParser):
    """Collects start tags with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_nothing_leaves_the_page():
    page = rendered(stack())
    for tag, attributes in Elements(page).found:
        assert tag not in ("img", "iframe", "object")
        if tag in ("script", "link"):
            assert not attributes.get("src")
            assert attributes.get("href", "data:,") == "data:,"
    assert "default-src 'none'" in page
    assert "url(" not in page


def test_every_control_has_a_label_and_every_link_a_place():
    found = Elements(rendered(stack())).found
    ids = [a["id"] for _, a in found if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for t, a in found if t == "a" and a["href"].startswith("#")} <= set(ids)
    labelled = {a["for"] for t, a in found if t == "label" and "for" in a}
    assert {a["id"] for t, a in found if t in ("select", "input") and "id" in a} <= labelled
    assert [a for t, a in found if t == "html"] == [{"lang": "en"}]


def test_the_list_has_every_resource_with_its_differences():
    items = data(rendered(stack()))["items"]
    kinds = [item["k"] for item in items]
    assert sorted(kinds) == ["create"] * 3 + ["delete", "replace", "same", "update"]
    update = next(item for item in items if item["k"] == "update")
    assert ["tags.owner", "~", '"a"', '"b"', False] in update["d"]


def test_names_cannot_break_out_of_the_page():
    made = stack()
    strange = resource(made.stack, GROUP, "</script><img src=x onerror=alert(1)>", inputs={"x": "<!-- <script>"})
    made.steps.append(Step(Op.DELETE, strange.urn, GROUP, strange, None))
    made.policies = [finding(made, message="<b>bold</b>", url="javascript:alert(1)")]
    page = rendered(made)
    assert not [a for t, a in Elements(page).found if t in ("img", "b") or "onerror" in a]
    assert "javascript:" not in page
    assert data(page)["items"]


def test_where_data_will_be_and_the_networks():
    page = rendered(stack())
    assert "West Europe, NL" in page
    assert "10.1.0.0/16" in page


def test_the_picture_puts_spokes_in_the_hub_that_they_are_peered_with():
    made = stack(had_state=True)
    kind = "azure-native:network:VirtualNetworkPeering"

    def network(name, *subnets):
        given = {"virtualNetworkName": f"vnet-{name}", "addressSpace": {"addressPrefixes": ["10.9.0.0/24"]}}
        given["subnets"] = [{"name": subnet, "addressPrefix": "10.9.0.0/26"} for subnet in subnets]
        one = resource(made.stack, VNET, name, inputs=given)
        made.steps.append(Step(Op.CREATE, one.urn, VNET, None, one))
        return one

    hub, spokes = network("hub"), [network("spoke-a"), network("spoke-b")]
    network("lonely")
    second = network("second", "AzureFirewallSubnet")  # a hub without spokes of its own
    for spoke in [*spokes, second]:
        far = {"remoteVirtualNetwork": {"id": "/subscriptions/x/virtualNetworks/vnet-hub"}}
        one = resource(made.stack, kind, f"{spoke.name}-to-hub", spoke.urn, inputs=far)
        made.steps.append(Step(Op.CREATE, one.urn, kind, None, one))
    page = rendered(made)
    box, other = re.findall(r'<div class="hub">.*?</div>\n', page, re.S)
    assert re.findall(r"<strong>(.*?)</strong>", box) == [hub.name, "spoke-a", "spoke-b"]
    assert "peered with second" in box
    assert re.findall(r"<strong>(.*?)</strong>", other) == ["second"]
    assert "<strong>lonely</strong>" in page.split(other)[1]


def test_every_measure_that_a_rule_names_has_its_verdicts():
    made = stack()
    made.policies = [finding(made), finding(made, verdict="pass", name="rg-new")]
    row = re.search(r"<tr><td[^>]*><code>8.20.01</code>.*?</tr>", rendered(made))
    assert row
    assert re.findall(r">(\d*)</td>", row[0]) == ["1", "", "", "1"]


def test_each_cell_has_its_head_for_a_phone_and_no_head_is_empty():
    page = rendered(stack())
    assert 'data-head="Because of">location' in page
    assert 'data-head=""' not in page
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["replace", "delete", "update", "create", "same"]


@pytest.mark.needs_chromium
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on PATH")
def test_search_by_address_of_the_page(tmp_path):
    """Ten thousand resources in a real browser: the page opens, fills its list, and finds what the address asks for."""
    made = stack(had_state=True)
    for n in range(10_000):
        one = resource(made.stack, VNET, f"network-{n}", inputs={"location": "westeurope"})
        made.steps.append(Step(Op.CREATE, one.urn, VNET, None, one))
    file = tmp_path / "page.html"
    file.write_text(rendered(made))
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        f"{file.as_uri()}#q=network-9999+westeurope",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "1 of 10007 shown" in done.stdout
    assert 'class="name">network-9999<' in done.stdout
