"""The way back from what app-template makes beside its workloads: fields of Services, claims and routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Effect
from immichlint.gitops.manifest import Manifest
from immichlint.lenses.app_template.writer import UntranslatableError
from immichlint.lenses.effective import Alternative
from immichlint.lenses.keyed import indexed, parse
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Leaf, get
from immichlint.yamltree.lookup import Route, Step
from immichlint.yamltree.ops import Refusal

_ANY: Final = "*"
_TARGET: Final = "targetPort"

Write = Callable[[Sequence[Effect]], Iterator[Alternative]]


class ObjectWriter(NamedTuple):
    """Writes effective fields of an object into the entry of the values that it is made of.

    `manifest`: the object; `entry`: the route of the entry. `write`: how changes of values are written.
    """

    manifest: Manifest
    entry: Route
    write: Write

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """The ways to write the fields; a refusal where the chart has no value for one of them."""
        try:
            values = [effect._replace(route=(*self.entry, *self._own(effect.route))) for effect in self._all(effects)]
        except UntranslatableError as error:
            yield Refusal(str(error))
            return
        yield from self.write(values)

    def _all(self, effects: Sequence[Effect]) -> Iterator[Effect]:
        """The effects, and those that keep the target of a port that changes: it follows the port unless it is
        written."""
        yield from effects
        routes = [effect.route for effect in effects]
        for effect in effects:
            target = (*effect.route[:-1], _TARGET)
            if self.manifest.kind == "Service" and effect.route[-1:] == ("port",) and target not in routes:
                port, kept = (get(self.manifest.tree, indexed(self.manifest.tree, at)) for at in (effect.route, target))
                if port is kept and isinstance(kept, Leaf) and not isinstance(kept.value, Hole):
                    yield effect._replace(route=target, value=kept.value)

    def _own(self, route: Route) -> Route:
        for prefix, values in load("app_template")["object_fields"].get(self.manifest.kind, {}).items():
            steps = prefix.split("/")
            if len(route) >= len(steps) and (named := _matched(route, steps)) is not None:
                written: list[Step] = [named if step == _ANY else step for step in values.split("/")]
                # Below, lists are those of the values, whose items may be named otherwise (`identifier`).
                return (*written, *indexed(self.manifest.tree, route)[len(steps) :])
        raise UntranslatableError(f"the chart has no value for {'/'.join(map(str, route))} of a {self.manifest.kind}")


def _matched(route: Route, steps: Sequence[str]) -> str | None:
    """The name of the list item on the way where a route begins with these steps, else an empty text; None where it
    does not."""
    name = ""
    for own, step in zip(route, steps, strict=False):
        if step == _ANY:
            keyed = parse(own)
            if keyed is None:
                return None
            name = keyed[1]
        elif str(own) != step:
            return None
    return name
