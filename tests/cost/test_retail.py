"""The client of the price list, against a real server that pages, is busy, breaks off, and says odd things."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kade.cost import retail
from kade.cost.model import Meter
from kade.cost.retail import RetailError, fetch

BASTION = Meter("Bastion Standard", "Azure Bastion", sku="Standard", meter="Standard Gateway")
TODAY = date(2026, 11, 25)
Answer = tuple[int, dict[str, str], bytes]


def item(**fields: Any) -> dict[str, Any]:
    return {
        "currencyCode": "EUR",
        "tierMinimumUnits": 0.0,
        "retailPrice": 0.25,
        "armRegionName": "westeurope",
        "meterName": "Standard Gateway",
        "productName": "Azure Bastion",
        "skuName": "Standard",
        "serviceName": "Azure Bastion",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "armSkuName": "",
        **fields,
    }


def page(*items: dict[str, Any], link: str | None = None) -> Answer:
    return 200, {}, json.dumps({"Items": items, "NextPageLink": link, "Count": len(items)}).encode()


class List:
    """The price list: gives its answers in turn, and keeps what it was asked."""

    def __init__(self, answers: Callable[[str, int], Answer]) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.slept: list[float] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(parse_qs(urlsplit(self.path).query))
                status, headers, body = answers(outer.url, len(outer.asked))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", headers.get("Content-Length", str(len(body))))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/retail/prices"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fetch(self, *meters: Meter, said: list[str] | None = None) -> Any:
        wanted = [(meter, "westeurope") for meter in meters or (BASTION,)]
        told = (said if said is not None else []).append
        return fetch(wanted, url=self.url, today=TODAY, tell=told)


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[str, int], Answer]], List]]:
    slept: list[float] = []
    monkeypatch.setattr(retail.time, "sleep", slept.append)
    made: list[List] = []

    def make(answers: Callable[[str, int], Answer]) -> List:
        made.append(List(answers))
        made[-1].slept = slept
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def test_pages_are_followed_and_every_price_kept_once(prices):
    def answers(url: str, count: int) -> Answer:
        if count == 1:
            return page(item(), item(skuName="Basic", meterName="Basic Gateway"), link=f"{url}?$skip=2")
        return page(item(), item(type="DevTestConsumption"), item(skuName="Premium", meterName="Premium Gateway"))

    server = prices(answers)
    file = server.fetch()
    assert sorted(price.sku for price in file.prices) == ["Basic", "Premium", "Standard"]
    assert (file.currency, file.date) == ("EUR", TODAY)
    assert server.url in file.source
    assert server.asked[0]["currencyCode"] == ["'EUR'"]
    assert server.asked[0]["$filter"] == ["serviceName eq 'Azure Bastion' and armRegionName eq 'westeurope'"]


def test_a_machine_is_asked_by_its_size_and_what_is_paid_by_use_not_at_all(prices):
    server = prices(lambda _url, _count: page())
    size = Meter("D4s", "Virtual Machines", size="Standard_D4s_v5")
    server.fetch(size, Meter("logs", "Log Analytics", usage=True))
    asked = [question["$filter"][0] for question in server.asked]
    assert asked == [
        "serviceName eq 'Virtual Machines' and armRegionName eq 'westeurope' and armSkuName eq 'Standard_D4s_v5'"
    ]


def test_it_waits_as_long_as_it_is_asked_to(prices):
    busy = [(429, {"Retry-After": "7"}, b""), (503, {}, b"")]
    server = prices(lambda _url, count: busy[count - 1] if count <= 2 else page(item()))
    said: list[str] = []
    assert len(server.fetch(said=said).prices) == 1
    assert server.slept == [7.0, 2.0]
    assert any("429" in line and "again in 7 s" in line for line in said)


@pytest.mark.parametrize(
    "broken",
    [
        (200, {}, b'{"Items": [{'),
        (200, {}, b"<html>an error page</html>"),
        (200, {}, b'{"Count": 0}'),
        (200, {"Content-Length": "1000"}, b'{"Items": []'),
    ],
)
def test_a_broken_page_is_asked_again_and_never_taken_for_the_end(prices, broken):
    server = prices(
        lambda url, count: {1: page(item(), link=f"{url}?2"), 2: broken}.get(count, page(item(skuName="x")))
    )
    assert len(server.fetch().prices) == 2
    always = prices(lambda _url, _count: broken)
    with pytest.raises(RetailError, match=r"could not be read in 5 tries: .*Nothing was written; try again later"):
        always.fetch()


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (lambda _url, _count: (400, {}, b"{}"), r"answered 400 Bad Request"),
        (lambda _url, _count: page(item(currencyCode="USD")), r"EUR was asked, and 2 prices in USD came"),
        (lambda _url, _count: page(link="http://elsewhere.example/prices"), r"on another host; nothing was written"),
        (lambda url, _count: page(link=url), r"more than 500 pages"),
        (
            lambda _url, _count: page(item(retailPrice=None)),
            r"expected in retailPrice of 'Standard Gateway', found None",
        ),
        (lambda _url, _count: page(item(retailPrice=-1)), r"found -1; nothing was written"),
    ],
)
def test_what_cannot_be_trusted_ends_it(prices, answers, message):
    with pytest.raises(RetailError, match=message):
        prices(answers).fetch()


def test_the_next_page_is_asked_in_the_same_currency_whatever_its_link_says(prices):
    server = prices(lambda url, count: page(item(skuName=str(count)), link=f"{url}?$skip=1" if count == 1 else None))
    server.fetch()
    assert server.asked[1]["currencyCode"] == ["'EUR'"]
    assert server.asked[1]["$skip"] == ["1"]
    assert server.asked[1]["$filter"] == server.asked[0]["$filter"]


def test_a_price_in_another_currency_is_left_out_and_told(prices):
    said: list[str] = []
    file = prices(lambda _url, _count: page(item(), item(skuName="Premium", currencyCode="USD"))).fetch(said=said)
    assert [price.sku for price in file.prices] == ["Standard"]
    assert any("2 prices in USD came: those are left out" in line for line in said)


def test_the_price_that_holds_today_is_kept(prices):
    """The list has the same meter more than once: ended, held since, and to come."""
    days = [
        (0.1, {"effectiveStartDate": "2024-01-01T00:00:00Z", "effectiveEndDate": "2026-01-31T00:00:00Z"}),
        (0.3, {"effectiveStartDate": "2026-02-01T00:00:00Z"}),
        (0.2, {"effectiveStartDate": "2025-02-01T00:00:00Z"}),
        (0.4, {"effectiveStartDate": "2027-01-01T00:00:00Z"}),
    ]
    file = prices(lambda _url, _count: page(*(item(retailPrice=amount, **day) for amount, day in days))).fetch()
    assert [price.price for price in file.prices] == [0.3]


def test_what_is_sold_by_zone_is_asked_by_zone(prices):
    """DNS zones and circuits have no price in a region, and private links only one that is global."""
    server = prices(lambda _url, _count: page())
    fetch(
        [(Meter("zone", "Azure DNS"), "global"), (Meter("endpoint", "Virtual Network"), "westeurope")],
        url=server.url,
        today=TODAY,
        tell=lambda _line: None,
    )
    assert [question["$filter"][0] for question in server.asked] == [
        "serviceName eq 'Azure DNS' and armRegionName eq 'Global'",
        "serviceName eq 'Azure DNS' and armRegionName eq 'Zone 1'",
        "serviceName eq 'Azure DNS' and armRegionName eq ''",
        "serviceName eq 'Virtual Network' and armRegionName eq 'westeurope'",
        "serviceName eq 'Virtual Network' and armRegionName eq 'Global'",
    ]


def test_an_address_that_is_none_of_the_web_is_refused(tmp_path):
    with pytest.raises(RetailError, match="an address of the web was expected"):
        fetch([(BASTION, "westeurope")], url=f"file://{tmp_path}", today=TODAY, tell=print)
