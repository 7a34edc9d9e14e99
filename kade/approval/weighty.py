"""Which inputs are so weighty that a value which was unknown at the approval has to be approved again.

Read off names, so that it also works for other providers than azure-native: a name too many asks once more, a name
too few would let something through, so the patterns are wide.
"""

from __future__ import annotations

import re
from typing import Final

_ROLE_TYPE: Final = re.compile(
    r":authorization:\w*role|roleassignment|roledefinition|rolepolic|accesspolic|federatedidentity|:iam[/:]|memberof|groupmember",
    re.IGNORECASE,
)
_ROLE_PATH: Final = re.compile(
    r"principal|roledefinition|accesspolic|federat|adminobject|administrators?", re.IGNORECASE
)
_NETWORK_TYPE: Final = re.compile(
    r":network[:/]|firewall|securitygroup|securityrule|subnet|route|peering|gateway|privateendpoint|privatelink|dns|ipgroup"
    r"|publicip",
    re.IGNORECASE,
)
_NETWORK_PATH: Final = re.compile(
    r"subnet|publicnetworkaccess|networkacl|networkrule|iprule|ipconfiguration|firewall|addressprefix|ipaddress|cidr"
    r"|authorizedip|outboundtype|peering",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(r"^(tags|location|extendedLocation)\b")


def weight(type_: str, path: str) -> str:
    """What a revealed input of a resource turns into, as the end of a sentence; empty where it is nothing weighty."""
    if _ASIDE.search(path):
        return ""
    if _ROLE_TYPE.search(type_) or _ROLE_PATH.search(path):
        return "it turns into a role"
    if _NETWORK_TYPE.search(type_) or _NETWORK_PATH.search(path):
        return "it turns into a network change"
    return ""
