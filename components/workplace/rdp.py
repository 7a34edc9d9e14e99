"""What a desktop may exchange with the device in front of it, as the RDP properties of a host pool."""

from dataclasses import dataclass


@dataclass
class RedirectionArgs:
    """What passes to and from the device. Nothing of it on a device that nobody manages (BIO2 8.01.01)."""

    clipboard: bool = False
    drives: bool = False
    printers: bool = False
    usb: bool = False
    """Card readers, scanners and the like, smart cards among them."""
    audio: bool = True
    """Sound, microphone and camera."""


def rdp_properties(redirection: RedirectionArgs) -> str:
    """The properties, every one of them stated: what is left out Azure opens.

    Source: Microsoft Learn, "Supported RDP properties" (2026). People sign in once, with Entra ID, and a security key
    works inside the session.
    """
    settings = {
        "drivestoredirect:s": _all(redirection.drives),
        "redirectclipboard:i": _flag(redirection.clipboard),
        "redirectprinters:i": _flag(redirection.printers),
        "usbdevicestoredirect:s": _all(redirection.usb),
        "devicestoredirect:s": _all(redirection.usb),
        "redirectsmartcards:i": _flag(redirection.usb),
        "redirectcomports:i": "0",
        "redirectlocation:i": "0",
        "camerastoredirect:s": _all(redirection.audio),
        "audiocapturemode:i": _flag(redirection.audio),
        "audiomode:i": "0" if redirection.audio else "2",
        "redirectwebauthn:i": "1",
        "enablerdsaadauth:i": "1",
    }
    return "".join(f"{name}:{value};" for name, value in settings.items())


def _all(wanted: bool) -> str:
    return "*" if wanted else ""


def _flag(wanted: bool) -> str:
    return "1" if wanted else "0"
