"""What can be wrong with a price file."""


class PriceFileError(ValueError):
    """A price file that cannot be read; the message names file, place, what was found and the remedy."""
