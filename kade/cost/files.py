"""Where an estate's price file stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kade.cost.prices import PriceFile
    from kade.estate import Estate

FILE = "prices.json"


def price_file(estate: Estate, given: Path | None = None) -> PriceFile | None:
    """The given price file, else that of the estate; None where it has none. Raises `PriceFileError`."""
    path = given or Path(estate.folder) / FILE
    if given is None and not path.is_file():
        return None
    from kade.cost.prices import read_prices

    return read_prices(path)
