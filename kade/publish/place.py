"""Where a pipeline publishes: read from the variables that GitHub Actions and Azure Pipelines set themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kade.publish.azure_devops import AzureDevOps
from kade.publish.github import GitHub
from kade.publish.web import PublishError

__all__ = ["Place", "PublishError", "place_of"]


class Place(Protocol):
    """A service that takes comments and issues. Each method returns the address of what it wrote."""

    def comment(self, marker: str, body: str) -> str:
        """Put this comment on the pull request, in the place of the one with the same marker."""
        ...

    def issue(self, marker: str, title: str, body: str) -> str:
        """Open this issue, or bring the open one with the same marker up to date."""
        ...

    def close(self, marker: str) -> str:
        """Close the open issue with this marker; empty where there is none."""
        ...


def place_of(environment: Mapping[str, str]) -> Place:
    """The service that this pipeline runs at. Raises `PublishError` outside of one, or without its token."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return GitHub.of(environment)
    if environment.get("TF_BUILD", "").lower() == "true":
        return AzureDevOps.of(environment)
    raise PublishError("this is no job of GitHub Actions or Azure Pipelines, so there is nowhere to publish to.")
