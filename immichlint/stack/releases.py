"""Releases of charts: which chart in which version, what it deploys, and what its values say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from immichlint.findings.change import Effect
from immichlint.findings.finding import ObjectRef
from immichlint.gitops.manifest import text_at
from immichlint.lenses.chart_era import Era, other_era
from immichlint.lenses.chart_keys import StrayKey, stray_keys
from immichlint.lenses.chart_version import is_floating
from immichlint.lenses.release import Release
from immichlint.repo.documents import document
from immichlint.stack.container import Container
from immichlint.stack.image import parse_image
from immichlint.trees.tree import decided_at, get
from immichlint.yamltree.lookup import Route, find
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.lenses.immich_chart.untyped import Untyped
    from immichlint.stack.stack import Stack

_IMMICH: Final = "immich"
_OWN: Final = ("server", "machine-learning")


class ChartRelease:
    """A release of a chart in a stack. `release`: its chart, version and values."""

    def __init__(self, release: Release, stack: Stack) -> None:
        self.release = release
        self._stack = stack

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """The containers that it makes, as far as there is a lens for its chart."""
        source = self.release.manifest
        return tuple(item for item in self._stack.containers if item.object.source is source)

    @property
    def is_immich(self) -> bool:
        """Whether it deploys Immich: the chart of that name, or one of its images in a container or, in another
        chart's layout, at the top of the values; or Immich's database."""
        image = parse_image(text_at(self.release.values, "image", "repository"))
        components = [image.component, *(item.component for item in self.containers)]
        return any(components) or self.runs_immich or self._has_database

    @property
    def runs_immich(self) -> bool:
        """Whether it is of Immich's chart, or makes a container of the server or of machine learning."""
        return self.release.chart == _IMMICH or any(item.component in _OWN for item in self.containers)

    @property
    def _has_database(self) -> bool:
        """Whether it makes a Cluster that Immich uses."""
        return any(item.use and item.object.source is self.release.manifest for item in self._stack.clusters)

    @property
    def is_floating(self) -> bool:
        """Whether what it says of the chart's version may mean another one tomorrow: nothing, or a range."""
        return is_floating(self.release)

    @cached_property
    def era(self) -> Era | None:
        """What the values have from another era of the chart."""
        return other_era(self.release)

    @property
    def stray_keys(self) -> Iterator[StrayKey]:
        """The keys of the values that the chart does not know."""
        return stray_keys(self.release)

    @property
    def untyped_volumes(self) -> Iterator[Untyped]:
        """The volumes that are written as claims, and are none for want of a type."""
        if self.release.chart != _IMMICH:
            return iter(())
        from immichlint.lenses.immich_chart.untyped import untyped

        return untyped(self.release)

    def place_of(self, route: Route) -> Place | None:
        """The key of the values at a route."""
        item = get(self.release.values, route)
        place = decided_at(item)
        return place.key_of() if place is not None else None

    def renamed(self, route: Route, name: str) -> tuple[Effect, ...] | None:
        """What another name for the key at a route would change; None where that is not certain."""
        from immichlint.lenses.consequences import of_renaming

        return of_renaming(self._stack.name, self.release, route, name)

    def with_value(self, route: Route, value: str) -> tuple[Effect, ...] | None:
        """What another value at a route would change; None where that is not certain."""
        from immichlint.lenses.consequences import of_value

        return of_value(self._stack.name, self.release, route, value)

    def is_anchored(self, route: Route) -> bool:
        """Whether what stands at a route of the values has an anchor, and may be there for its aliases."""
        item = get(self.release.values, route)
        place = decided_at(item)
        repository = self._stack.repository
        if place is None or repository is None:
            return False
        found = document(repository, place.document)
        node = find(found.root, place.route) if found is not None else None
        return node is not None and node.node.anchor is not None

    @property
    def label(self) -> str:
        """How a message names it."""
        return f"the release {self.release.name}"

    @property
    def ref(self) -> ObjectRef:
        """The object of the repository that stands for it."""
        source = self.release.manifest
        return ObjectRef(source.api_version, source.kind, source.namespace, source.name)

    @property
    def chart_place(self) -> Place:
        """Where it says which chart it is, else its name."""
        return self.release.chart_place or self.release.name_place
