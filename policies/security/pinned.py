"""Whether a script from elsewhere stays what it was when somebody read it. No rules of its own."""

from __future__ import annotations

import re
from typing import Final

_COMMIT: Final = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_GITHUB: Final = re.compile(
    r"https?://(?:raw\.githubusercontent\.com/[^/]+/[^/]+/(?P<raw>.+)|github\.com/[^/]+/[^/]+/(?:raw|blob)/(?P<web>.+))",
    re.IGNORECASE,
)


def moves(uri: str) -> bool:
    """Whether a link into GitHub names a branch or tag, whose content changes, in place of a commit."""
    found = _GITHUB.match(uri.strip())
    if found is None:
        return False
    return not _COMMIT.fullmatch((found["raw"] or found["web"]).split("/", 1)[0])
