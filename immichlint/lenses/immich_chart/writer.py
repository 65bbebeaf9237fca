"""The way back: effective fields of a component's workload, as values of that component only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from immichlint.findings.change import Effect, Removed
from immichlint.lenses.app_template.flat_writer import lowered
from immichlint.lenses.app_template.writer import AppTemplateWriter, UntranslatableError, copied
from immichlint.lenses.effective import Alternative
from immichlint.lenses.immich_chart.components import Component
from immichlint.lenses.keyed import as_item, index_of, parse
from immichlint.lenses.plain import PlainWriter
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Map, Seq, Tree, get
from immichlint.yamltree.lookup import Data, Route
from immichlint.yamltree.ops import Refusal


class ImmichChartWriter(NamedTuple):
    """Writes effective fields of one controller of a component into the component's block of the values.

    What is shared by all components is overridden there, not changed: no other component may notice.
    """

    component: Component
    controller: str

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """First where such options are already written, then at the controller itself. What all components have is
        taken away or replaced where it stands, if that is meant for all of them."""
        translated = AppTemplateWriter(self.component.as_app_template, self.controller)
        writer = PlainWriter(self.component.release.values)
        if any(isinstance(effect.value, Removed) for effect in effects):
            yield from self._taken_from_all(translated, writer, effects)
        tried: list[list[Effect]] = []
        for shared in (True, False):
            try:
                values = [self._own(item) for item in self._lowered(translated.values(effects, shared=shared))]
            except UntranslatableError as error:
                yield Refusal(str(error))
                return
            if values not in tried:
                tried.append(values)
                yield from writer.ways(values)

    def _taken_from_all(
        self, translated: AppTemplateWriter, writer: PlainWriter, effects: Sequence[Effect]
    ) -> Iterator[Alternative]:
        try:
            values = list(self._lowered(translated.values(effects, shared=False)))
        except UntranslatableError:
            return
        given = [get(self.component.release.values, effect.route) for effect in values]
        if all(node is not None and self._is_shared(item.route) for node, item in zip(given, values, strict=True)):
            yield from writer.ways(values)

    def written(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """Changes of the values of the component, which both layouts have alike: Services, routes and claims."""
        try:
            values = [self._own(effect) for effect in effects]
        except UntranslatableError as error:
            yield Refusal(str(error))
            return
        yield from PlainWriter(self.component.release.values).ways(values)

    def _lowered(self, effects: Sequence[Effect]) -> Iterator[Effect]:
        for effect in effects:
            if self.component.edition.layered:
                yield effect
            else:
                yield from lowered(effect, self.component.as_app_template.name)

    def _own(self, effect: Effect) -> Effect:
        """The effect as a change of the component's own values."""
        route, value = effect.route, effect.value
        base: Route = (self.component.name,)
        if get(self.component.hardcoded, route) is not None and (isinstance(value, Removed) or not value):
            raise UntranslatableError(f"the chart sets {_path(route)} itself where the values say nothing or `{value}`")
        listed = self._list_above(route)
        if listed is not None:
            return effect._replace(route=(*base, *route[:listed]), value=self._list(route, listed, value))
        if isinstance(value, Removed) and self._is_shared(route):
            return effect._replace(route=(*base, *route), value=None)
        return effect._replace(route=(*base, *route))

    def _is_shared(self, route: Route) -> bool:
        """Whether a value would still be there without the component's own."""
        merged = get(self.component.values, route)
        own = get(self.component.release.values, (self.component.name, *route))
        return merged is not None and (own is None or merged.writes != own.writes)

    def _list_above(self, route: Route) -> int | None:
        """How many steps lead to a list that the component has from elsewhere: it can only be replaced."""
        node: Tree | None = self.component.values
        for depth, step in enumerate(route):
            if isinstance(node, Seq):
                own = get(self.component.release.values, (self.component.name, *route[:depth]))
                return None if isinstance(own, Seq) else depth
            node = node.items.get(str(step)) if isinstance(node, Map) else None
        return None

    def _list(self, route: Route, depth: int, value: Data | Removed) -> Data:
        """The list that the component has from elsewhere, with the change in it."""
        listed = get(self.component.values, route[:depth])
        keyed = parse(route[depth])
        assert isinstance(listed, Seq)
        items: Any = copied(listed, route[:depth])
        if keyed is None:
            raise UntranslatableError(f"{_path(route)} has no name by which it could be told")
        index, rest = index_of(listed, keyed), route[depth + 1 :]
        if index is None:
            return items if isinstance(value, Removed) else [*items, as_item(keyed, rest, value)]
        if isinstance(value, Removed):
            if rest:
                raise UntranslatableError(f"{_path(route)} is in a list that other components share")
            return [*items[:index], *items[index + 1 :]]
        return [*items[:index], _changed(items[index], rest, value), *items[index + 1 :]]


class ComputedWriter(NamedTuple):
    """The way back to what the chart computes: there is none. `name`: of the object."""

    name: str

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """Always a refusal."""
        yield Refusal(f"its chart computes {self.name}; its fields are not changed one by one")


def _changed(item: Any, rest: Route, value: Data) -> Data:
    if not rest:
        return value
    if not isinstance(item, dict):
        raise UntranslatableError(f"{_path(rest)} lies in what is no mapping")
    return {**item, str(rest[0]): _changed(item.get(str(rest[0]), {}), rest[1:], value)}


def _path(route: Route) -> str:
    return "/".join(map(str, route))
