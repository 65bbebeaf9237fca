"""The way back: effective fields of what the `cluster` chart makes, as its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from immichlint.facts import load
from immichlint.findings.change import Effect, Removed
from immichlint.gitops.manifest import Manifest
from immichlint.lenses.app_template.writer import UntranslatableError, copied
from immichlint.lenses.cnpg_cluster.chart import Chart
from immichlint.lenses.effective import Alternative
from immichlint.lenses.plain import PlainWriter
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Seq, get
from immichlint.yamltree.lookup import Data, Route
from immichlint.yamltree.ops import Refusal

_SCHEDULED: Final = ("backups", "scheduledBackups")
_IN_TREE: Final = ("spec", "backup", "barmanObjectStore")


class ClusterChartWriter(NamedTuple):
    """Writes effective fields of an object of the chart into its values.

    `entry`: the route of the entry of the values that the object is made of.
    """

    chart: Chart
    manifest: Manifest
    entry: Route

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """The ways to write the fields; a refusal where the chart has no value for one of them."""
        try:
            values = self._whole([effect._replace(route=self._own(effect)) for effect in effects])
        except UntranslatableError as error:
            yield Refusal(str(error))
            return
        yield from PlainWriter(self.chart.release.values).ways(values)

    def _own(self, effect: Effect) -> Route:
        route, kind = effect.route, self.manifest.kind
        facts = load("cnpg_cluster_chart")
        rows = [(_steps(row["to"]), _steps(row["from"]), row.get("since")) for row in facts["fields"]]
        if kind == "ObjectStore":
            rows = [(("spec", "configuration", *to), (*self.entry, *own), None) for to, own in _stores()]
            rows += [
                (("spec", key), (*self.entry, key), None) for key in ("retentionPolicy", "instanceSidecarConfiguration")
            ]
        elif kind == "ScheduledBackup":
            rows = [(("spec", key), (*self.entry, key), None) for key in facts["scheduled_backup"]]
        elif kind == "Cluster":
            rows += [((*_IN_TREE, *to), ("backups", *own), None) for to, own in _stores()]
            rows.append((("spec", "backup", "retentionPolicy"), ("backups", "retentionPolicy"), None))
            rows.append((("spec", "bootstrap", "initdb"), ("cluster", "initdb"), None))
        else:
            rows = [(("spec",), self.entry, None)]
        for to, own, since in rows:
            if route[: len(to)] == to and self.chart.holds(since):
                return (*own, *route[len(to) :])
        raise UntranslatableError(f"the chart cluster has no value for {'/'.join(map(str, route))} of a {kind}")

    def _whole(self, effects: list[Effect]) -> list[Effect]:
        """The changes, those of the chart's own list of schedules as one of the whole list: a list is replaced."""
        written = get(self.chart.release.values, _SCHEDULED)
        inner = [effect for effect in effects if effect.route[:2] == _SCHEDULED]
        if isinstance(written, Seq) or not inner:
            return effects
        listed = get(self.chart.values, _SCHEDULED)
        data: Any = copied(listed, _SCHEDULED) if listed is not None else []
        for effect in inner:
            data = _changed(data, effect.route[2:], effect.value)
        others = [effect for effect in effects if effect not in inner]
        return [*others, inner[0]._replace(route=_SCHEDULED, value=data)]


def _stores() -> list[tuple[Route, Route]]:
    return [(_steps(row["to"]), _steps(row["from"])) for row in load("cnpg_cluster_chart")["store"]]


def _steps(text: str) -> Route:
    return tuple(text.split("/"))


def _changed(data: Any, route: Route, value: Data | Removed) -> Any:
    head, rest = route[0], route[1:]
    if isinstance(data, list) and isinstance(head, int):
        return [_changed(item, rest, value) if index == head else item for index, item in enumerate(data)]
    below = dict(data) if isinstance(data, dict) else {}
    if rest:
        below[str(head)] = _changed(below.get(str(head)), rest, value)
    elif isinstance(value, Removed):
        below.pop(str(head), None)
    else:
        below[str(head)] = value
    return below
