"""Images of operating systems for new machines. Source and date stand in ``vm_images.json``."""

from __future__ import annotations

from dataclasses import dataclass

from kade.facts.data import read, unknown


@dataclass(frozen=True)
class VmImage:
    """An image of the marketplace; its newest version is taken."""

    publisher: str
    offer: str
    sku: str


def vm_image(os: str, version: str) -> VmImage:
    """The image of a version of ``windows`` or ``linux``. Raises `UnknownFactError` without one."""
    images = read("vm_images")["images"]
    if os not in images:
        raise unknown("operating system", os, list(images))
    if version not in images[os]:
        raise unknown(f"version of {os} with an image in Azure", version, list(images[os]))
    return VmImage(*images[os][version])


def images_of(os: str) -> list[str]:
    """The versions of ``windows`` or ``linux`` that have an image."""
    return list(read("vm_images")["images"][os])
