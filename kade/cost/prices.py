"""The price file: prices with their date and source, as JSON beside the estate.

    {"source": "…", "date": "2026-11-25", "currency": "EUR", "prices": [{"service": …, "price": …}, …],
     "licences": {"Microsoft 365 E3": 33.5}}

``prices`` has the fields of `Price`; ``licences`` are euros a user and month, which no public list gives.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from kade.cost.errors import PriceFileError
from kade.cost.model import PER, Meter

_UNIT: Final = re.compile(r"(?P<number>[\d.]+)\s*(?P<thousand>[KM]\b)?\s*/?\s*(?P<rest>.*)", re.IGNORECASE)
_WIDER: Final = (
    "zone 1",
    "global",
    "",
)  # where the list has no price of a region: Europe and North America, everywhere


@dataclass(frozen=True)
class Price:
    """One price of the list. ``unit`` is as the list has it (``1 Hour``); a reservation's price is for its whole term.

    ``starts`` is the quantity from which the price holds: the first tier starts at 0.
    """

    service: str
    product: str
    sku: str
    meter: str
    unit: str
    price: float
    region: str = ""
    size: str = ""
    kind: str = "Consumption"
    term: str = ""
    starts: float = 0.0


@dataclass(frozen=True)
class PriceFile:
    """Prices, all in one currency and of one day."""

    source: str
    date: date
    currency: str
    prices: Sequence[Price] = ()
    licences: Mapping[str, float] = field(default_factory=dict)
    _by_service: dict[str, list[Price]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for price in self.prices:
            self._by_service.setdefault(price.service.lower(), []).append(price)

    def of_service(self, service: str) -> list[Price]:
        """The prices of a service."""
        return self._by_service.get(service.lower(), [])


@dataclass(frozen=True)
class Found:
    """What a meter costs a month; or, without an amount, why that is not known."""

    amount: float | None
    why: str = ""


def find(file: PriceFile, meter: Meter, region: str, *, term: str = "") -> Found:
    """The price of a meter in a region for a month. With ``term`` (``1 Year``) that of a reservation."""
    prices = file.of_service(meter.service)
    if not prices:
        return Found(None, f"the price file has no price of {meter.service}")
    kind = "Reservation" if term else "Consumption"
    fitting = [p for p in prices if _fits(meter, p) and (p.kind, p.term) == (kind, term)]
    places = ([p for p in fitting if p.region.lower() == place] for place in (region, *_WIDER))
    own = _first_tier(next((found for found in places if found), []))
    amounts = {round(_monthly(price, meter), 6) for price in own}
    if not own:
        return Found(None, f"the price file has no price of {meter.what} in {region or 'any region'}")
    if len(amounts) > 1:
        names = sorted({f"{p.product} / {p.sku} / {p.meter}" for p in own})
        return Found(None, f"{len(names)} prices fit {meter.what}: {'; '.join(names[:3])}")
    return Found(amounts.pop())


def _first_tier(prices: list[Price]) -> list[Price]:
    """The prices of the first tier that is not given away: that is for a whole subscription, not for each resource."""
    paid = [price for price in prices if price.price] or prices
    return [price for price in paid if price.starts == min(other.starts for other in paid)]


def _fits(meter: Meter, price: Price) -> bool:
    if meter.size and meter.size.lower() != price.size.lower():
        return False
    pairs = ((meter.product, price.product), (meter.sku, price.sku), (meter.meter, price.meter))
    return all(not pattern or re.fullmatch(pattern, text, re.IGNORECASE) for pattern, text in pairs)


def _monthly(price: Price, meter: Meter) -> float:
    """What the meter's quantity costs in a month: by the time in the price's unit, else by the quantity in a month."""
    if price.term:
        return price.price / (12 * float(price.term.split()[0])) * meter.quantity
    number, per = _unit(price.unit)
    return price.price / number * (meter.quantity * PER[per] if per else meter.monthly)


def _unit(unit: str) -> tuple[float, str]:
    """``1 Hour`` → (1, hour), ``10K`` → (10,000, ""), ``1 GB/Month`` → (1, month)."""
    found = _UNIT.fullmatch(unit.strip())
    if found is None:
        return 1.0, ""
    number = float(found["number"]) * {"k": 1e3, "m": 1e6}.get((found["thousand"] or "").lower(), 1.0)
    per = found["rest"].strip().lower().rstrip("s").rpartition("/")[2]
    return number, per if per in PER else ""


def read_prices(path: Path) -> PriceFile:
    """Read a price file. Raises `PriceFileError`."""
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
    except OSError as error:
        raise PriceFileError(f"{path}: {error.strerror}; make one with `kade cost fetch E`, or name one") from None
    except ValueError as error:
        raise PriceFileError(f"{path}: this is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise PriceFileError(f"{path}: an object was expected, with source, date, currency and prices")
    prices = content.get("prices")
    if not isinstance(prices, list):
        raise PriceFileError(f"{path}: prices: a list was expected, found {type(prices).__name__}")
    return PriceFile(
        source=_text(path, content, "source"),
        date=_day(path, content),
        currency=_text(path, content, "currency"),
        prices=[_price(path, at, item) for at, item in enumerate(prices)],
        licences=_licences(path, content.get("licences") or {}),
    )


def write_prices(path: Path, file: PriceFile) -> None:
    """Write a price file, one price a line and sorted, so that a later one can be compared with it."""
    lines = sorted(
        json.dumps({key: value for key, value in asdict(price).items() if value not in ("", 0.0) or key == "price"})
        for price in file.prices
    )
    head = {"source": file.source, "date": file.date.isoformat(), "currency": file.currency}
    tail = {"licences": dict(file.licences)} if file.licences else {}
    body = ",\n  ".join(lines)
    parts = [json.dumps(head)[1:-1], f'"prices": [\n  {body}\n]', *([json.dumps(tail)[1:-1]] if tail else [])]
    part = path.with_name(f".{path.name}.part")
    part.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")
    part.replace(path)


def _price(path: Path, at: int, item: Any) -> Price:
    known = {f.name: f.type for f in fields(Price)}
    if not isinstance(item, dict):
        raise PriceFileError(f"{path}: prices[{at}]: an object was expected")
    for key, value in item.items():
        if key not in known:
            raise PriceFileError(f"{path}: prices[{at}]: there is no field {key!r}; there are {', '.join(known)}")
        wanted = (int, float) if known[key] == "float" else str
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise PriceFileError(f"{path}: prices[{at}].{key}: a {known[key]} was expected, found {value!r}")
    try:
        made = Price(**item)
    except TypeError as error:
        raise PriceFileError(f"{path}: prices[{at}]: {str(error).partition(') ')[2]}") from None
    if not 0 <= made.price < math.inf:
        raise PriceFileError(
            f"{path}: prices[{at}].price: an amount of nothing or more was expected, found {made.price}"
        )
    return made


def _text(path: Path, content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise PriceFileError(f"{path}: {key}: a text was expected, found {value!r}")
    return value


def _day(path: Path, content: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(_text(path, content, "date"))
    except ValueError as error:
        raise (
            error
            if isinstance(error, PriceFileError)
            else PriceFileError(f"{path}: date: a day was expected, as 2026-11-25; found {content.get('date')!r}")
        ) from None


def _licences(path: Path, given: Any) -> dict[str, float]:
    if not isinstance(given, dict):
        raise PriceFileError(f"{path}: licences: an object was expected: the licence with its euros a user and month")
    for name, value in given.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
            raise PriceFileError(f"{path}: licences.{name}: an amount was expected, found {value!r}")
    return {str(name): float(value) for name, value in given.items()}
