"""Where the settings of an app stand: in its `siteConfig`, or in a child `config/web`. No rules of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Node, Resource, not_applicable

APP: Final = "azure-native:web:WebApp"
SLOT: Final = "azure-native:web:WebAppSlot"
APPS: Final = (APP, SLOT)

# azure-native has no type for `sites/config/web`; what a template or an export has of it gets the type of `metadata`.
CONFIG: Final = "azure-native:web:WebAppMetadata"
SLOT_CONFIG: Final = "azure-native:web:WebAppMetadataSlot"
APPS_AND_CONFIGS: Final = (APP, SLOT, CONFIG, SLOT_CONFIG)

_TELLS_OF_A_SITE = ("minTlsVersion", "ftpsState", "numberOfWorkers", "netFrameworkVersion", "http20Enabled")


def settings(app: Resource, name: str) -> Node:
    """The object that holds the setting ``name`` of an app or a slot; its `siteConfig` where no child has it.

    A `config/web` without its app is judged by itself; with its app it is judged there.
    """
    if app.type in (CONFIG, SLOT_CONFIG):
        if app.parent() is not None:
            not_applicable("judged with the app that it belongs to")
        if not any(app.has(tell) for tell in _TELLS_OF_A_SITE):
            not_applicable("not the web configuration of an app")
        return app
    for config in app.children(CONFIG if app.type == APP else SLOT_CONFIG):
        if config.has(name):
            return config
    return app.node("siteConfig")


def is_function(app: Resource) -> bool:
    """Whether it is a function app; a Logic App of the standard kind is one as well (``functionapp,workflowapp``)."""
    return "functionapp" in app.word("kind").split(",")


def app_settings(app: Resource) -> Iterator[tuple[str, Node]]:
    """The app settings inside `siteConfig`: name in lower case, and the pair that holds the value."""
    for pair in app.items("siteConfig.appSettings"):
        yield pair.word("name"), pair
