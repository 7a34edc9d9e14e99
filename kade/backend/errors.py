"""What ends work on a backend with one sentence for the user: what was found, where, and the remedy."""

from __future__ import annotations


class BackendError(Exception):
    """A backend that cannot be reached, read or written, or whose contents may not be touched now. Exit status 1."""


class AddressError(BackendError):
    """A URL that is none of a backend, or an option in it that is not known. Exit status 2."""


class DeniedError(BackendError):
    """A call that these credentials may not make, or that this store does not know."""
