"""The public price list: the Azure Retail Prices API, which needs no account.

Source: learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices, read on 2026-11-25. It answers
in pages of at most a thousand prices with a link to the next, and asks for patience (429, 503) when asked too much.
"""

from __future__ import annotations

import http.client
import json
import math
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from kade.cost.model import Meter
from kade.cost.prices import Price, PriceFile

URL: Final = "https://prices.azure.com/api/retail/prices"
VERSION: Final = "2023-01-01-preview"
_TRIES: Final = 5
_PAGES: Final = 500  # of one question; more means that a link leads in a circle
_TIMEOUT: Final = 30.0  # seconds
_WAIT: Final = 60.0  # seconds at most between two tries
_BY_ZONE: Final = ("Azure DNS", "ExpressRoute")  # services whose prices the list has by billing zone, not by region

Tell = Callable[[str], None]


class RetailError(RuntimeError):
    """The price list could not be read; the message says what was asked, what came, and the remedy."""


def fetch(
    meters: Sequence[tuple[Meter, str]], *, url: str = URL, currency: str = "EUR", today: date, tell: Tell
) -> PriceFile:
    """The prices of the services and regions that these meters need, of today.

    Raises `RetailError`; then nothing was written, for half a list would give half the cost.
    """
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise RetailError(f"{url}: an address of the web was expected")
    found: dict[Price, tuple[str, Price]] = {}
    others: Counter[str] = Counter()
    questions = _questions(meters)
    for number, question in enumerate(questions, 1):
        tell(f"{number} of {len(questions)}: {question}")
        for item in _items(url, question, currency, tell):
            if item.get("type") not in ("Consumption", "Reservation") or not _holds(item, today):
                continue
            if item.get("currencyCode") != currency:
                others[str(item.get("currencyCode"))] += 1
                continue
            price, since = _price(item, url), str(item.get("effectiveStartDate") or "")
            key = replace(price, price=0.0)
            if key not in found or found[key][0] <= since:
                found[key] = since, price
    prices = [price for _since, price in found.values()]
    told = f"{currency} was asked, and {_listed(others)} came"
    if others and not prices:
        raise RetailError(f"{url}: {told}; nothing was written")
    if others:
        tell(f"{told}: those are left out, so what they are for is listed without a price")
    return PriceFile(f"Azure Retail Prices API ({url}, {VERSION})", today, currency, prices)


def _questions(meters: Iterable[tuple[Meter, str]]) -> list[str]:
    """The filters: a size of machine by itself, for its service is the largest of all; else service and place.

    They are in the letter case of the list, which tells it apart.
    """
    found: dict[str, None] = {}
    for meter, region in meters:
        of_service = f"serviceName eq '{meter.service}'"
        if meter.usage:
            continue
        if meter.size:
            found[f"{of_service} and armRegionName eq '{region}' and armSkuName eq '{meter.size}'"] = None
        elif region:
            wider = ["Zone 1", ""] if meter.service in _BY_ZONE else []
            for place in (region, "Global", *wider) if region != "global" else ("Global", *wider):
                found[f"{of_service} and armRegionName eq '{place}'"] = None
        else:
            found[of_service] = None
    return list(found)


def _items(url: str, question: str, currency: str, tell: Tell) -> Iterator[dict[str, Any]]:
    query = {"api-version": VERSION, "currencyCode": f"'{currency}'", "$filter": question}
    link: str | None = f"{url}?{urllib.parse.urlencode(query)}"
    host = urllib.parse.urlsplit(url).netloc
    for _page in range(_PAGES):
        if not link:
            return
        if urllib.parse.urlsplit(link).netloc not in (host, f"{host}:443"):
            raise RetailError(f"{url}: the next page is said to be at {link}, on another host; nothing was written")
        page = _page_at(link, tell)
        yield from page["Items"]
        link = _with(page.get("NextPageLink"), query)
    raise RetailError(f"{url}: more than {_PAGES} pages for {question}; nothing was written")


def _with(link: Any, query: Mapping[str, str]) -> str | None:
    """The link to the next page, with what of the question it has lost: without its currency it would be in dollars."""
    if not link:
        return None
    parts = urllib.parse.urlsplit(str(link))
    given = dict(urllib.parse.parse_qsl(parts.query))
    return parts._replace(query=urllib.parse.urlencode({**query, **given})).geturl()


def _page_at(link: str, tell: Tell) -> dict[str, Any]:
    """One page. What may pass by itself is tried again."""
    for attempt in range(1, _TRIES + 1):
        try:
            with urllib.request.urlopen(link, timeout=_TIMEOUT) as answer:  # noqa: S310 - `fetch` has looked at it
                text = answer.read()
            page = json.loads(text)
            if not isinstance(page, dict) or not isinstance(page.get("Items"), list):
                raise ValueError("it has no list of items")
        except urllib.error.HTTPError as error:
            if error.code not in (429, 500, 502, 503, 504):
                raise RetailError(f"{link}: the price list answered {error.code} {error.reason}") from None
            problem, wait = f"it answered {error.code}", _patience(error.headers.get("Retry-After"), attempt)
        except (OSError, http.client.HTTPException, ValueError) as error:
            problem, wait = str(getattr(error, "reason", error)), _patience(None, attempt)
        else:
            return page
        if attempt < _TRIES:
            tell(f"the price list: {problem}; again in {wait:g} s")
            time.sleep(wait)
    raise RetailError(
        f"{link}: the price list could not be read in {_TRIES} tries: {problem}. Nothing was written; try again later,"
        " or where this machine has no internet, run it on one that has and bring the file"
    )


def _patience(asked: str | None, attempt: int) -> float:
    """Seconds to wait: as the list asks, else longer each time."""
    wanted = float(asked) if asked and asked.strip().isdigit() else 0.5 * 2**attempt
    return min(wanted, _WAIT)


def _holds(item: Mapping[str, Any], today: date) -> bool:
    """Whether a price holds today: the list also has prices that are still to come, or that have ended."""
    day = today.isoformat()
    return str(item.get("effectiveStartDate") or day)[:10] <= day <= str(item.get("effectiveEndDate") or day)[:10]


def _listed(others: Mapping[str, int]) -> str:
    return " and ".join(f"{count} {'price' if count == 1 else 'prices'} in {name}" for name, count in others.items())


def _price(item: Mapping[str, Any], url: str) -> Price:
    """A price as we keep it."""
    amount = item.get("retailPrice")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount < math.inf:
        raise RetailError(
            f"{url}: a price was expected in retailPrice of {item.get('meterName')!r}, found {amount!r}; nothing was"
            " written"
        )
    return Price(
        service=str(item.get("serviceName", "")),
        product=str(item.get("productName", "")),
        sku=str(item.get("skuName", "")),
        meter=str(item.get("meterName", "")),
        unit=str(item.get("unitOfMeasure", "")),
        price=float(amount),
        region=str(item.get("armRegionName") or ""),
        size=str(item.get("armSkuName") or ""),
        kind=str(item["type"]),
        term=str(item.get("reservationTerm") or ""),
        starts=float(item.get("tierMinimumUnits") or 0.0),
    )
