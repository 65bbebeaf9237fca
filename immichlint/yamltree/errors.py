"""What goes wrong in reading YAML."""

from __future__ import annotations


class YamlError(ValueError):
    """A text that is not YAML, or that is outside the limits of what is read.

    `offset` is the code point at which reading stopped.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TooDeepError(YamlError):
    """Collections nested deeper than anything that is written by hand."""


class TooLargeError(YamlError):
    """A text of more nodes than are read, what its aliases stand for included."""
