"""How citizens and companies sign in: what an application is told of the broker, and what it has to keep to itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from kade.components.arguments import ArgumentError

LEVELS = ("basis", "midden", "substantieel", "hoog")
CERTIFICATE = "aanmelden"
"""The name in the key vault of the PKIoverheid certificate that the broker knows the service by."""


@dataclass
class SignInArgs:
    """Sign-in through a broker, over SAML or OpenID Connect with a certificate of our own."""

    broker: str
    """The broker's endpoint: a name on the network."""
    digid: bool = False
    """DigiD: it brings the yearly ICT security assessment of DigiD."""
    eherkenning: bool = False
    eidas: bool = False
    """Sign-in from other countries of the EU."""
    level: str = "substantieel"
    """The level of assurance that is asked: basis, midden, substantieel or hoog."""


def sign_in_settings(name: str, args: SignInArgs, hostname: str) -> Mapping[str, str]:
    """Settings of the application; no secret. Raises `ArgumentError` without a way in, or for an unknown level.

    The session limits are those of the DigiD norm (Logius, Normenkader ICT-beveiligingsassessments DigiD): a quarter of
    an hour without activity. Cookies and sessions are the application's: it has to read these settings.
    """
    ways = [key for key in ("digid", "eherkenning", "eidas") if getattr(args, key)]
    if not ways:
        raise ArgumentError(f"{name}: sign_in: none of digid, eherkenning and eidas is on; leave sign_in out")
    if args.level not in LEVELS:
        raise ArgumentError(f"{name}: sign_in: level is {args.level!r}; one of {', '.join(LEVELS)}")
    return {
        "SIGN_IN_BROKER": f"https://{args.broker}",
        "SIGN_IN_WAYS": ",".join(ways),
        "SIGN_IN_LEVEL": args.level,
        "SIGN_IN_RETURN": f"https://{hostname}/aanmelden",
        "SIGN_IN_IDLE_MINUTES": "15",
        "SIGN_IN_COOKIES": "Secure; HttpOnly; SameSite=Lax",
    }


def security_txt(contact: str, expires: str, hostname: str, policy: str = "") -> str:
    """What /.well-known/security.txt says (RFC 9116). ``contact`` is a mail address, ``expires`` a date."""
    lines = [
        f"Contact: mailto:{contact}",
        f"Expires: {expires}T00:00:00Z",
        "Preferred-Languages: nl, en",
        f"Canonical: https://{hostname}/.well-known/security.txt",
        *([f"Policy: {policy}"] if policy else []),
    ]
    return "\n".join(lines) + "\n"
