"""Which ARM type and path stands behind an azure-native resource.

The read function of the SDK takes exactly the parameters of the path. So a PUT path with these parameters, of the ARM
type whose properties and name fit best, is the one; where several fit or none does, the overrides say.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections import defaultdict
from dataclasses import dataclass

from tools.azure_types.bicep import ArmType, Node, Repository
from tools.azure_types.mgmt import normal
from tools.azure_types.sdk import SdkResource

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_NOT_PATH = {"expand", "format", "filter", "select", "top", "skip", "apiversion"}


@dataclass(frozen=True)
class Match:
    """The ARM type, the path template, and how sure: ``exact`` or ``derived``."""

    arm: ArmType | None
    path: str
    sure: str


class Matcher:
    """Finds the match of one resource after the other."""

    def __init__(self, bicep: Repository, puts: set[str]) -> None:
        self._bicep = bicep
        self._puts: dict[frozenset[str], list[str]] = defaultdict(list)
        for url in sorted(puts):
            self._puts[frozenset(p.lower() for p in _parameters(url))].append(url)

    def find(self, resource: SdkResource, path: str = "") -> Match | None:
        """The match; ``path`` where the overrides name it."""
        ranked = sorted(self._rank(resource), key=lambda pair: -pair[0])
        if path:
            wanted = type_of(path).lower()
            for found in [arm for _, arm in ranked] + self._of_provider(wanted.split("/")[0], resource.api):
                if found.name.lower() == wanted:
                    return Match(found, path, "exact")
            return Match(None, path, "exact")
        inputs = {name.lower() for name in resource.props}
        taken = {p.lower() for p in resource.path_inputs or [] if p.lower() not in _NOT_PATH}
        urls = self._puts.get(frozenset(taken & inputs), []) if resource.path_inputs is not None else []
        for score, arm in ranked[:6]:
            if score < ranked[0][0] - 0.7:
                break
            fitting = [url for url in urls if type_of(url).lower() == arm.name.lower()]
            if fitting:
                return Match(arm, _sdk_names(fitting[0], resource), "exact")
        if urls and not ranked:
            best = max(urls, key=lambda url: _alike(resource.name, type_of(url)))
            if _alike(resource.name, type_of(best)) > 0.6 and _provider_fits(resource, best):
                return Match(None, _sdk_names(best, resource), "exact")
        if ranked and ranked[0][0] >= 1.6:
            derived = _derive(resource, ranked[0][1])
            if derived:
                return Match(ranked[0][1], derived, "derived")
        return None

    def _of_provider(self, provider: str, api: str) -> list[ArmType]:
        return self._bicep.types(provider, api)

    def _rank(self, resource: SdkResource) -> list[tuple[float, ArmType]]:
        names = {resource.module} | {token.split(":")[1] for token in resource.old_tokens}
        found = [arm for name in sorted(names) for arm in self._of_provider(f"microsoft.{name}", resource.api)]
        count = None
        if resource.path_inputs is not None:
            taken = (
                {p.lower() for p in resource.path_inputs} - _NOT_PATH - {"resourcegroupname", "scope", "subscriptionid"}
            )
            count = len(taken & {name.lower() for name in resource.props})
        return [(_score(resource, arm, count), arm) for arm in found]


def type_of(path: str) -> str:
    """The ARM type of a path template (``Microsoft.Web/sites/config`` of ``…/sites/{name}/config/web``)."""
    tail = path.rsplit("/providers/", 1)[-1].strip("/").split("/")
    if "/providers/" not in path:
        return "Microsoft.Resources/resourceGroups"
    return "/".join([tail[0], *tail[1::2]])


def _parameters(url: str) -> list[str]:
    return [p for p in re.findall(r"{(\w+)}", url) if p.lower() != "subscriptionid"]


def _sdk_names(url: str, resource: SdkResource) -> str:
    """The path with its parameters as the SDK spells them."""
    known = {name.lower(): name for name in resource.props}
    made = re.sub(r"{(\w+)}", lambda m: "{" + known.get(m.group(1).lower(), m.group(1)) + "}", url)
    return made if made.startswith("/") else "/" + made


def _singular(word: str) -> str:
    word = normal(word)
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _alike(name: str, arm_type: str) -> float:
    """How much the name of a resource class and an ARM type are alike, 0 to 1."""
    segments = [_singular(s) for s in arm_type.split("/")[1:]]
    if not segments:
        return 0.0
    last, whole, mine = segments[-1], "".join(segments), normal(name)
    if mine == last:
        return 1.0
    if mine == whole:
        return 0.95
    if len(segments) > 1 and mine == segments[-2] + last:
        return 0.93
    ratio = difflib.SequenceMatcher(None, mine, last).ratio(), difflib.SequenceMatcher(None, mine, whole).ratio()
    return max(ratio[0] * 0.8, ratio[1] * 0.85)


def _provider_fits(resource: SdkResource, url: str) -> bool:
    provider = type_of(url).split("/")[0].lower().removeprefix("microsoft.")
    return provider in {resource.module, *(token.split(":")[1] for token in resource.old_tokens)}


def _score(resource: SdkResource, arm: ArmType, count: int | None) -> float:
    names = _names(arm.body)
    path = {p.lower() for p in resource.path_inputs or []} | {"resourcegroupname"}
    body = {name.lower() for name in resource.props} - path
    share = len(body & names) / max(1, len(body))
    segments = arm.name.count("/")
    fits = 0.0 if count is None else 0.5 if count == segments else 0.2 if count == segments - 1 else -0.3
    return share + 1.5 * _alike(resource.name, arm.name) + fits


def _names(node: Node, deep: int = 0) -> set[str]:
    found: set[str] = set()
    for name, (child, _) in node.properties().items():
        found.add(name.lower())
        if name == "properties" and deep == 0:
            found |= _names(child, 1)
    return found


def _derive(resource: SdkResource, arm: ArmType) -> str:
    """A path put together from the type's segments and the parameters that the read function takes."""
    known = [p for p in resource.path_inputs or [] if p.lower() not in _NOT_PATH]
    inputs = {name.lower(): name for name in resource.props}
    left = [inputs[p.lower()] for p in known if p.lower() in inputs]
    prefix = GROUP
    if "resourceGroupName" in left:
        left.remove("resourceGroupName")
    elif "scope" in left:
        prefix = "/{scope}"
        left.remove("scope")
    elif "managementGroupId" in left:
        prefix = "/providers/Microsoft.Management/managementGroups/{managementGroupId}"
        left.remove("managementGroupId")
    else:
        prefix = "/subscriptions/{subscriptionId}" if arm.scopes & 4 else ""
    if "workspaceName" in left and arm.name.startswith("Microsoft.SecurityInsights/"):
        prefix += "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}"
        left.remove("workspaceName")
    provider, *segments = arm.name.split("/")
    if len(left) not in (len(segments), len(segments) - 1):
        return ""
    taken = segments[: len(left)]
    order = max(
        itertools.permutations(left),
        key=lambda names: sum(_parameter_fits(n, s) for n, s in zip(names, taken, strict=True)),
    )
    made = "".join(f"/{segment}/{{{name}}}" for segment, name in zip(taken, order, strict=True))
    fixed = f"/{segments[-1]}/default" if len(left) < len(segments) else ""
    return f"{prefix}/providers/{provider}{made}{fixed}"


def _parameter_fits(parameter: str, segment: str) -> float:
    return difflib.SequenceMatcher(None, normal(parameter), _singular(segment) + "name").ratio()
