"""Choices that depend on a seed and a key only, never on their order, the process or the Python version."""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Dice(NamedTuple):
    """A family of dice: the same seed and key always show the same face."""

    seed: int

    def hex(self, key: str) -> str:
        """64 hexadecimal digits, as of an image's digest."""
        return sha256(f"{self.seed}/{key}".encode()).hexdigest()

    def below(self, key: str, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        return int(self.hex(key), 16) % limit

    def pick(self, key: str, faces: Sequence[T]) -> T:
        """One of `faces`."""
        return faces[self.below(key, len(faces))]

    def ranked(self, key: str, faces: Sequence[str]) -> list[str]:
        """All of `faces`, shuffled."""
        return sorted(faces, key=lambda face: self.hex(f"{key}/{face}"))
