"""GitHub: https://docs.github.com/rest/issues/comments and https://docs.github.com/rest/issues/issues."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kade.publish.web import PublishError, call, needed

LABEL: Final = "kade"
PAGE: Final = 100  # items a page, the most there is


@dataclass(frozen=True)
class GitHub:
    """One repository, and the pull request of this run (0: none)."""

    api: str
    repository: str
    token: str
    pull_request: int = 0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> GitHub:
        """As GitHub Actions tells it, with the token in ``GITHUB_TOKEN``. Raises `PublishError`."""
        api, repository, token = needed(environment, "GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
        return cls(api.rstrip("/"), repository, token, _pull_request(environment.get("GITHUB_EVENT_PATH", "")))

    def comment(self, marker: str, body: str) -> str:
        """See `kade.publish.place.Place`."""
        if not self.pull_request:
            raise PublishError("this run is not about a pull request, so there is nothing to comment on.")
        path = f"issues/{self.pull_request}/comments"
        found = next((item for item in self._all(path) if str(item.get("body", "")).startswith(marker)), None)
        if found is None:
            return self._call("POST", path, {"body": body})["html_url"]
        return self._call("PATCH", f"issues/comments/{found['id']}", {"body": body})["html_url"]

    def issue(self, marker: str, title: str, body: str) -> str:
        """See `kade.publish.place.Place`."""
        found = self._open(marker)
        if found is None:
            return self._call("POST", "issues", {"title": title, "body": body, "labels": [LABEL]})["html_url"]
        return self._call("PATCH", f"issues/{found['number']}", {"title": title, "body": body})["html_url"]

    def close(self, marker: str) -> str:
        """See `kade.publish.place.Place`."""
        found = self._open(marker)
        if found is None:
            return ""
        return self._call("PATCH", f"issues/{found['number']}", {"state": "closed"})["html_url"]

    def _open(self, marker: str) -> Mapping[str, Any] | None:
        found = self._all("issues", f"state=open&labels={LABEL}&")
        return next((i for i in found if str(i.get("body", "")).startswith(marker) and "pull_request" not in i), None)

    def _all(self, path: str, query: str = "") -> Iterator[Mapping[str, Any]]:
        page = 1
        while True:
            items = self._call("GET", f"{path}?{query}per_page={PAGE}&page={page}")
            yield from items
            if len(items) < PAGE:
                return
            page += 1

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json"}
        return call(method, f"{self.api}/repos/{self.repository}/{path}", headers, body)


def _pull_request(event: str) -> int:
    """The number in the event's file; 0 where the event is no pull request."""
    try:
        content = json.loads(Path(event).read_text(encoding="utf-8")) if event else {}
    except (OSError, ValueError) as error:
        raise PublishError(f"{event}: the event cannot be read: {error}") from error
    return int((content.get("pull_request") or {}).get("number") or 0)
