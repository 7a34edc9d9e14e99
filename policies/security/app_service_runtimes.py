"""The versions of the languages that apps run on, and how their settings are read.

A runtime fails once its support ended before 2026. Ends of support, seen 2026-11-25: nodejs.org/about/previous-releases
(18: 2025-04-30, 20: 2026-04-30), devguide.python.org/versions (3.9: 2025-10-31, 3.10: 2026-10-31),
php.net/supported-versions (8.1: 2025-12-31), dotnet.microsoft.com/platform/support/policy (.NET 7: 2024-05-14,
.NET 8: 2026-11-10). ``netFrameworkVersion`` v4.0 is .NET Framework 4.8, which has no end date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule
from kade.policies.security.app_service_settings import APPS, APPS_AND_CONFIGS, app_settings, settings

APP_SETTINGS = "azure-native:web:WebAppApplicationSettings"
NODE_SETTING = "WEBSITE_NODE_DEFAULT_VERSION"
OLDEST: Final = {"node": (20,), "python": (3, 10), "php": (8, 2), "dotnet": (8,)}
_SHORT_LIVED_NODE: Final = {(21,)}  # above the oldest, and yet at its end: 2024-06-01
_VERSION: Final = re.compile(r"[~v]?(\d+(?:\.\d+)*)")


def _version(text: str) -> tuple[int, ...]:
    """The numbers of a version: (3, 10) of ``3.10``, (20,) of ``~20`` and ``20-lts``; empty where there are none."""
    found = _VERSION.match(text.strip().lower())
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _stack(site: Node, language: str) -> str:
    """The version in `linuxFxVersion` or `windowsFxVersion` (``NODE|20-lts``) where the app is in that language."""
    for name in ("linuxFxVersion", "windowsFxVersion"):
        stack, _, version = site.word(name).partition("|")
        if stack in (language, f"{language}core", f"{language}-isolated"):
            return version
    return ""


def _versions(app: Resource, language: str, own: str) -> Iterator[tuple[str, str]]:
    """Where a version of the language is set, and to what: in a property of its own, and in the Linux stack."""
    found = settings(app, own)
    if found.has(own):
        yield found.at(own), found.text(own)
    stack = settings(app, "linuxFxVersion")
    if version := _stack(stack, language):
        yield stack.at("linuxFxVersion"), version


def _too_old(place: str, version: str, language: str) -> str:
    oldest = OLDEST[language]
    numbers = _version(version)
    if numbers and (numbers >= oldest or (len(numbers) < len(oldest) and numbers == oldest[: len(numbers)])):
        return ""
    return f"{place} is {version}; {'.'.join(map(str, oldest))} is the oldest version that passes"


@rule(
    "kade-app-service-node-version",
    "Apps in Node.js run on a version that gets security fixes",
    severity="medium",
    types=[*APPS_AND_CONFIGS, APP_SETTINGS],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AppService.NodeJsVersion"],
    remediation="Set siteConfig.linuxFxVersion to NODE|22-lts or newer; on Windows the app setting "
    "WEBSITE_NODE_DEFAULT_VERSION to ~22.",
    why="Versions whose support ended before 2026 fail. Node.js 20 ended on 30 April 2026: plan for 22 or 24.",
    absent="the app is not in Node.js",
    joins=True,
    passes=[
        {"siteConfig": {"linuxFxVersion": "NODE|22-lts"}},
        {"siteConfig": {"appSettings": [{"name": "WEBSITE_NODE_DEFAULT_VERSION", "value": "~22"}]}},
        {"siteConfig": {"linuxFxVersion": "PYTHON|3.12"}},
        Example({"properties": {"OTHER": "1"}}, type=APP_SETTINGS),
        {},
    ],
    fails=[
        {"siteConfig": {"linuxFxVersion": "NODE|18-lts"}},
        {"siteConfig": {"nodeVersion": "16.9"}},
        {"siteConfig": {"appSettings": [{"name": "website_node_default_version", "value": "~21"}]}},
        Example({"properties": {"WEBSITE_NODE_DEFAULT_VERSION": "~18"}}, type=APP_SETTINGS),
        Example(
            {}, children=[Example({"properties": {"WEBSITE_NODE_DEFAULT_VERSION": "~18"}}, name="x", type=APP_SETTINGS)]
        ),
    ],
)
def node_version(app: Resource) -> Result:
    found = [*_node_settings(app)]
    if app.type != APP_SETTINGS:
        found += _versions(app, "node", "nodeVersion")
    for place, version in found:
        if _version(version)[:1] in _SHORT_LIVED_NODE:
            yield f"{place} is {version}, which gets no fixes any more"
        elif wrong := _too_old(place, version, "node"):
            yield wrong


def _node_settings(app: Resource) -> Iterator[tuple[str, str]]:
    if app.type == APP_SETTINGS:
        if app.parent() is not None:
            not_applicable("judged with the app that it belongs to")
        holders = [app]
    else:
        holders = app.children(APP_SETTINGS) if app.type == APPS[0] else []
        if app.type in APPS:
            for name, pair in app_settings(app):
                if name == NODE_SETTING.lower() and pair.has("value"):
                    yield NODE_SETTING, pair.text("value")
    for holder in holders:
        if holder.has(f"properties.{NODE_SETTING}"):
            yield NODE_SETTING, holder.text(f"properties.{NODE_SETTING}")


@rule(
    "kade-app-service-python-version",
    "Apps in Python run on a version that gets security fixes",
    severity="medium",
    types=APPS_AND_CONFIGS,
    measures=["8.08.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_82"],
    remediation="Set siteConfig.linuxFxVersion to PYTHON|3.12 or newer.",
    why="Versions whose support ended before 2026 fail. Python 3.10 ended on 31 October 2026: plan for 3.12 or newer.",
    absent="the app is not in Python",
    joins=True,
    passes=[{"siteConfig": {"linuxFxVersion": "PYTHON|3.12"}}, {"siteConfig": {"pythonVersion": "3.10"}}, {}],
    fails=[
        {"siteConfig": {"linuxFxVersion": "python|3.8"}},
        {"siteConfig": {"pythonVersion": "3.4"}},
        {"siteConfig": {"pythonVersion": "newest"}},
    ],
)
def python_version(app: Resource) -> Result:
    for place, version in _versions(app, "python", "pythonVersion"):
        if wrong := _too_old(place, version, "python"):
            yield wrong


@rule(
    "kade-app-service-php-version",
    "Apps in PHP run on a version that gets security fixes",
    severity="medium",
    types=APPS_AND_CONFIGS,
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AppService.PHPVersion"],
    checkov=["CKV_AZURE_81"],
    remediation="Set siteConfig.linuxFxVersion to PHP|8.3 or newer. App Service has no PHP on Windows any more.",
    why="Versions whose support ended before 2026 fail.",
    absent="the app is not in PHP",
    joins=True,
    passes=[{"siteConfig": {"linuxFxVersion": "PHP|8.3"}}, {"siteConfig": {"phpVersion": "OFF"}}, {}],
    fails=[{"siteConfig": {"phpVersion": "5.6"}}, {"siteConfig": {"linuxFxVersion": "PHP|8.1"}}],
)
def php_version(app: Resource) -> Result:
    for place, version in _versions(app, "php", "phpVersion"):
        if version.lower() != "off" and (wrong := _too_old(place, version, "php")):
            yield wrong


@rule(
    "kade-app-service-dotnet-version",
    "Apps in .NET run on a version that gets security fixes",
    severity="medium",
    types=APPS_AND_CONFIGS,
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AppService.NETVersion"],
    checkov=["CKV_AZURE_80"],
    remediation="Set siteConfig.netFrameworkVersion to v10.0, or linuxFxVersion to DOTNETCORE|10.0.",
    why="Versions whose support ended before 2026 fail. .NET 8 and 9 ended on 10 November 2026: plan for 10.",
    absent="the app is not in .NET, or Azure picks .NET Framework 4.8",
    joins=True,
    passes=[
        {"siteConfig": {"netFrameworkVersion": "v8.0"}},
        {"siteConfig": {"netFrameworkVersion": "v4.0"}},
        {"siteConfig": {"linuxFxVersion": "DOTNETCORE|10.0"}},
        {},
    ],
    fails=[
        {"siteConfig": {"netFrameworkVersion": "v3.5"}},
        {"siteConfig": {"netFrameworkVersion": "v5.0"}},
        {"siteConfig": {"linuxFxVersion": "DOTNET-ISOLATED|7.0"}},
    ],
)
def dotnet_version(app: Resource) -> Result:
    for place, version in _versions(app, "dotnet", "netFrameworkVersion"):
        if _version(version)[:1] != (4,) and (wrong := _too_old(place, version, "dotnet")):
            yield wrong
