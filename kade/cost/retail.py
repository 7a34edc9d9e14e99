"""The public price list: the Azure Retail Prices API, which needs no account.

Source: learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices, read on 2026-11-25. It answers
in pages of at most a thousand prices with a link to the next, and asks for patience (429, 503) when asked too much.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    prices: dict[tuple[Any, ...], Price] = {}
    questions = _questions(meters)
    for number, question in enumerate(questions, 1):
        tell(f"{number} of {len(questions)}: {question}")
        for item in _items(url, question, currency, tell):
            price = _price(item, currency, url)
            if price is not None:
                prices[
                    price.service,
                    price.product,
                    price.sku,
                    price.meter,
                    price.region,
                    price.kind,
                    price.term,
                    price.starts,
                ] = price
    return PriceFile(f"Azure Retail Prices API ({url}, {VERSION})", today, currency, list(prices.values()))


def _questions(meters: Iterable[tuple[Meter, str]]) -> list[str]:
    """The filters: a size of machine by itself, for its service is the largest of all; else service and region."""
    found: dict[str, None] = {}
    for meter, region in meters:
        of_service = f"serviceName eq '{meter.service}'"
        if meter.usage:
            continue
        if meter.size:
            found[f"{of_service} and armRegionName eq '{region}' and armSkuName eq '{meter.size}'"] = None
        elif region:
            found[f"{of_service} and armRegionName eq '{region}'"] = None
            found[f"{of_service} and armRegionName eq 'Global'"] = None
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
        link = page.get("NextPageLink")
    raise RetailError(f"{url}: more than {_PAGES} pages for {question}; nothing was written")


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


def _price(item: dict[str, Any], currency: str, url: str) -> Price | None:
    """A price as we keep it; None for what is no price to pay as one goes or to reserve."""
    if item.get("type") not in ("Consumption", "Reservation"):
        return None
    if item.get("currencyCode") != currency:
        raise RetailError(
            f"{url}: {currency} was asked, and a price in {item.get('currencyCode')} came; nothing was written"
        )
    return Price(
        service=str(item.get("serviceName", "")),
        product=str(item.get("productName", "")),
        sku=str(item.get("skuName", "")),
        meter=str(item.get("meterName", "")),
        unit=str(item.get("unitOfMeasure", "")),
        price=float(item.get("retailPrice", 0.0)),
        region=str(item.get("armRegionName") or ""),
        size=str(item.get("armSkuName") or ""),
        kind=str(item["type"]),
        term=str(item.get("reservationTerm") or ""),
        starts=float(item.get("tierMinimumUnits") or 0.0),
    )
