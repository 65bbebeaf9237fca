"""Images of containers: which component they are, and which version."""

from __future__ import annotations

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.text.whole import whole

SERVER = "server"
MACHINE_LEARNING = "machine-learning"
CACHE = "cache"
DATABASE = "database"


class Version(NamedTuple):
    """An exact Immich version."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}"


class Image(NamedTuple):
    """An image reference. `tag` and `digest` are empty where it has none."""

    repository: str
    tag: str
    digest: str

    @property
    def component(self) -> str:
        """Which part of the stack it is, told by the last segment of its repository (people mirror); empty for
        others."""
        components: dict[str, str] = load("images")["components"]
        return components.get(self.repository.rpartition("/")[2], "")

    @property
    def hub_path(self) -> str:
        """The repository on Docker Hub (`bitnami/redis`); empty where it is of another registry."""
        first, slash, rest = self.repository.partition("/")
        if slash and first in load("images")["hub_hosts"]:
            return rest
        return "" if slash and (set(".:") & set(first) or first == "localhost") else self.repository

    @property
    def accelerator(self) -> str:
        """The suffix of a machine-learning tag (`cuda`, …); empty where there is none."""
        suffix = self.tag.rpartition("-")[2] if "-" in self.tag else ""
        return suffix if suffix in load("images")["accelerators"] else ""

    @property
    def plain_tag(self) -> str:
        """The tag without the accelerator's suffix."""
        return self.tag.removesuffix(f"-{self.accelerator}") if self.accelerator else self.tag

    @property
    def version(self) -> Version | None:
        """The exact version that the tag names; None for a floating or unknown tag."""
        numbers = [whole(part) for part in self.plain_tag.removeprefix("v").split(".")]
        known = [number for number in numbers if number is not None]
        return Version(*known) if len(numbers) == len(known) == 3 else None


def parse_image(text: str) -> Image:
    """The parts of an image reference."""
    name, _, digest = text.partition("@")
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        repository, tag = name, ""
    return Image(repository, tag, digest)
