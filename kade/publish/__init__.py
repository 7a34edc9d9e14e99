"""Comments and issues on GitHub and Azure DevOps: one each, found again by a hidden marker (docs/reviews.md)."""

from __future__ import annotations

from kade.publish.place import Place, PublishError, place_of

__all__ = ["Place", "PublishError", "place_of"]
