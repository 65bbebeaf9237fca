"""What surrounds the stacks in the repository: files that no picture holds and that may make an object all the same."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from immichlint.gitops.picture import Picture
from immichlint.repo.repository import Repository
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.stack.traces import Traces


class Surroundings:
    """A repository around its stacks."""

    def __init__(self, repository: Repository, picture: Picture) -> None:
        self.repository = repository
        self.picture = picture

    @cached_property
    def applied(self) -> frozenset[str]:
        """The files that took part in some environment."""
        return frozenset(path for environment in self.picture.environments for path in environment.files)

    @cached_property
    def homes(self) -> frozenset[Place]:
        """Where the objects of the picture are written."""
        found = (manifest.home for environment in self.picture.environments for manifest in environment.manifests)
        return frozenset(found)

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold a file, and those above them."""
        return self.repository.folders | {""}

    @cached_property
    def traces(self) -> Traces:
        """What outside of the picture may make objects."""
        from immichlint.stack.traces import Traces

        return Traces(self)
