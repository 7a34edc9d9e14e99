"""Azure DevOps: threads of a pull request, and work items.

Sources: https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads and …/wit/work-items.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from kade.publish.web import PublishError, call, needed

VERSION: Final = "api-version=7.1"
TAG: Final = "kade"


@dataclass(frozen=True)
class AzureDevOps:
    """One project and repository, and the pull request of this run (empty: none).

    ``work_item`` is the type of work item that an issue becomes; it depends on the project's process.
    """

    project: str
    repository: str
    token: str
    pull_request: str = ""
    work_item: str = "Issue"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> AzureDevOps:
        """As Azure Pipelines tells it, with the token in ``SYSTEM_ACCESSTOKEN``. Raises `PublishError`."""
        collection, project, repository, token = needed(
            environment, "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_ID", "SYSTEM_ACCESSTOKEN"
        )
        return cls(
            f"{collection.rstrip('/')}/{quote(project)}",
            repository,
            token,
            environment.get("SYSTEM_PULLREQUEST_PULLREQUESTID", ""),
            environment.get("KADE_WORK_ITEM", "Issue"),
        )

    def comment(self, marker: str, body: str) -> str:
        """See `kade.publish.place.Place`."""
        if not self.pull_request:
            raise PublishError("this run is not about a pull request, so there is nothing to comment on.")
        path = f"git/repositories/{self.repository}/pullRequests/{self.pull_request}/threads"
        for thread in self._call("GET", path)["value"]:
            comments = thread.get("comments") or []
            if comments and not thread.get("isDeleted") and str(comments[0].get("content", "")).startswith(marker):
                self._call("PATCH", f"{path}/{thread['id']}/comments/{comments[0]['id']}", {"content": body})
                return f"{self.project}/_apis/{path}/{thread['id']}"
        made = self._call("POST", path, {"comments": [{"content": body, "commentType": "text"}], "status": "closed"})
        return f"{self.project}/_apis/{path}/{made['id']}"

    def issue(self, marker: str, title: str, body: str) -> str:
        """See `kade.publish.place.Place`. The description is Markdown; the marker is a tag of the work item too."""
        fields = {"System.Title": title, "System.Description": body, "System.Tags": f"{TAG}; {_tag(marker)}"}
        patch = [{"op": "add", "path": f"/fields/{name}", "value": value} for name, value in fields.items()]
        patch.append({"op": "add", "path": "/multilineFieldsFormat/System.Description", "value": "Markdown"})
        found = self._open(marker)
        if found is None:
            return self._work_item("POST", f"wit/workitems/${quote(self.work_item)}", patch)
        return self._work_item("PATCH", f"wit/workitems/{found}", patch)

    def close(self, marker: str) -> str:
        """See `kade.publish.place.Place`."""
        found = self._open(marker)
        if found is None:
            return ""
        done = [{"op": "add", "path": "/fields/System.State", "value": "Done"}]
        return self._work_item("PATCH", f"wit/workitems/{found}", done)

    def _open(self, marker: str) -> int | None:
        open_items = "[System.TeamProject] = @project AND [System.State] <> 'Done'"
        tag = f"[System.Tags] CONTAINS '{_tag(marker)}'"  # letters, digits, dots and hyphens only
        query = " ".join(("SELECT [System.Id] FROM WorkItems WHERE", open_items, "AND", tag))
        found = self._call("POST", "wit/wiql", {"query": query})["workItems"]
        return found[0]["id"] if found else None

    def _work_item(self, method: str, path: str, patch: Any) -> str:
        return self._call(method, path, patch, "application/json-patch+json")["url"]

    def _call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        secret = base64.b64encode(f":{self.token}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": kind}
        return call(method, f"{self.project}/_apis/{path}?{VERSION}", headers, body)


def _tag(marker: str) -> str:
    """The marker as a tag: without what a tag or a query cannot hold."""
    return "".join(c if c.isalnum() or c in "-." else "-" for c in marker.strip("<!-> "))
