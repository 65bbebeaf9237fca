"""Releases of charts: which chart in which version, what it deploys, and what its values say."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from immichlint.findings.finding import ObjectRef
from immichlint.lenses.chart_version import is_floating
from immichlint.lenses.release import Release
from immichlint.stack.container import Container
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.stack.stack import Stack

_IMMICH: Final = "immich"


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
        """Whether it deploys Immich: the chart of that name, or a container of one of its images."""
        return self.release.chart == _IMMICH or any(container.component for container in self.containers)

    @property
    def is_floating(self) -> bool:
        """Whether what it says of the chart's version may mean another one tomorrow: nothing, or a range."""
        return is_floating(self.release)

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
