"""What the Immich chart makes beside what the common library does: the file of the configuration, and what its
sub-charts make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.immich_chart.components import Component
from immichlint.lenses.merging import is_empty
from immichlint.trees.tree import Hole, Leaf, Map, Tree, get

_ROUTE: Final = ("immich", "configuration")


def beside(component: Component) -> Iterator[Manifest]:
    """What comes with the server: the configuration, and the sub-charts that are switched on."""
    if component.name == "server":
        yield from _configuration(component)
        if not component.edition.layered:
            from immichlint.lenses.immich_chart.sub_charts import sub_charts

            yield from sub_charts(component)


def _configuration(component: Component) -> Iterator[Manifest]:
    """The ConfigMap or Secret with Immich's configuration, where the values write one and name no other. The file
    is seen as what is written in it; the chart writes its text."""
    written = get(component.values, _ROUTE)
    existing = get(component.values, ("immich", "existingConfiguration"))
    named = existing is not None and not is_empty(existing)
    if named or written is None or is_empty(written):
        return
    secret = text_at(component.values, "immich", "configurationKind") == "Secret"
    text = written if isinstance(written, Map) else Leaf(Hole("", "the chart writes this text"), written.writes)
    data: dict[str, Tree] = {"immich-config.yaml": text}
    kind, field = ("Secret", "stringData") if secret else ("ConfigMap", "data")
    source = written if isinstance(written, Map) else component.values
    name = Leaf(f"{component.release.name}-immich-config", ())
    yield component.common.manifest("v1", kind, name, {field: Map(data, source.writes)}, Map({}, source.writes))
