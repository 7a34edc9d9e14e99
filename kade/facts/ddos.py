"""What protection against floods of traffic costs, by its two tiers. Source and date stand in ``ddos_prices.json``."""

from __future__ import annotations

from kade.facts.data import read


def ddos_price(tier: str, addresses: int) -> str:
    """A sentence on the list price of ``ip`` or ``plan`` for a number of public addresses. KeyError for another tier.

    In US dollars: what an agreement makes of it is not known here.
    """
    data = read("ddos_prices")
    item = data["tiers"][tier]
    count = addresses if item["covers"] == 1 else -(-max(addresses, 1) // item["covers"])
    total = f"{item['amount'] * count:,} {data['currency']} a month"
    covers = "" if item["covers"] == 1 else f", for up to {item['covers']} addresses"
    return (
        f"{item['title']} costs {item['amount']:,} {data['currency']} per {item['per']}{covers}: "
        f"{total} for {addresses} public addresses, at the list price of {data['date']}"
    )
