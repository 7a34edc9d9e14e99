"""One measured figure, and how it is shown and kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """A value in a unit (``s``, ``MiB``, or ``×`` for a ratio) with the most that it may be, where there is a limit.

    ``cpu`` is the same in processor time of all processes: it says what a loaded machine hides.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    aim: float | None = None
    cpu: float | None = None

    @property
    def held(self) -> bool:
        """Whether it is within its limit."""
        return self.limit is None or self.value <= self.limit

    def line(self) -> str:
        """The figure on one line of the table."""
        digits = 0 if self.unit == "MiB" else 2
        parts = [f"{self.name:<52}{self.value:>9,.{digits}f} {self.unit:<4}"]
        if self.limit is not None:
            aim = f" (aim {self.aim:g})" if self.aim is not None else ""
            parts.append(f"{'held' if self.held else 'MISSED'}: at most {self.limit:g}{aim}")
        if self.cpu is not None:
            parts.append(f"processor {self.cpu:.2f} {self.unit}")
        return "  ".join(parts)

    def kept(self) -> dict[str, object]:
        """The figure as it stands in ``bench.json``."""
        return {**asdict(self), "held": self.held}
