"""CloudNativePG's objects: clusters, their backups, and where the backups go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq

CNPG: Final = "postgresql.cnpg.io"
BARMAN: Final = "barmancloud.cnpg.io"
BARMAN_PLUGIN: Final = "barman-cloud.cloudnative-pg.io"


class Plugin(NamedTuple):
    """An entry of `spec.plugins`."""

    view: View

    @property
    def name(self) -> str:
        """The plugin's name, empty where it is not known."""
        return self.view.field("name").text or ""

    @property
    def enabled(self) -> bool:
        """Whether it is switched on; it is unless `enabled` says no."""
        return self.view.field("enabled").value is not False

    @property
    def store(self) -> Field:
        """The name of the ObjectStore that it writes to."""
        return self.view.field("parameters", "barmanObjectName")


class Use(NamedTuple):
    """Whether Immich uses a Cluster, and how sure that is: `high`, `medium`, `low`, or empty for not at all."""

    confidence: str
    why: str

    def __bool__(self) -> bool:
        return bool(self.confidence)


NOT_USED: Final = Use("", "nothing of Immich's refers to it")


class Cluster(View):
    """A CNPG Cluster. `use`: whether Immich's database lives in it."""

    __slots__ = ("use",)

    def __init__(self, effective: Effective, use: Use = NOT_USED) -> None:
        super().__init__(effective)
        self.use = use

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """The entries of `spec.plugins`."""
        return tuple(Plugin(View(self.object, route)) for route in _items(self, "spec", "plugins"))

    @property
    def barman_plugin(self) -> Plugin | None:
        """The barman-cloud plugin where it is configured."""
        return next((plugin for plugin in self.plugins if plugin.name == BARMAN_PLUGIN), None)

    @property
    def in_tree(self) -> Field:
        """The in-tree backup destination."""
        return self.field("spec", "backup", "barmanObjectStore")

    @property
    def snapshots(self) -> Field:
        """The backup by volume snapshots."""
        return self.field("spec", "backup", "volumeSnapshot")


class ScheduledBackup(View):
    """A CNPG ScheduledBackup. `cluster`: the Cluster it names, None where it is not known; `meant`: the one that it
    probably means where that is certainly nowhere."""

    __slots__ = ("cluster", "meant")

    def __init__(self, effective: Effective) -> None:
        super().__init__(effective)
        self.cluster: Cluster | None = None
        self.meant: Cluster | None = None

    @property
    def schedule(self) -> Field:
        """`spec.schedule`."""
        return self.field("spec", "schedule")

    @property
    def method(self) -> str:
        """The backup method; CNPG's default is barmanObjectStore. Empty where it is not known."""
        field = self.field("spec", "method")
        return "barmanObjectStore" if field.absent else field.text or ""

    @property
    def cluster_name(self) -> str:
        """The name of the Cluster that it backs up."""
        return self.field("spec", "cluster", "name").text or ""


class ObjectStore(View):
    """An ObjectStore of the barman-cloud plugin. `clusters`: those that write to it."""

    __slots__ = ("clusters",)

    def __init__(self, effective: Effective) -> None:
        super().__init__(effective)
        self.clusters: tuple[Cluster, ...] = ()


def _items(view: View, *steps: str) -> Iterator[tuple[str | int, ...]]:
    tree = view.field(*steps).tree
    for index in range(len(tree.items)) if isinstance(tree, Seq) else ():
        yield (*view.route, *steps, index)
