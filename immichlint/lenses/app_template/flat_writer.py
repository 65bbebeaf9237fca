"""The way back for the flat layout: effective fields of a workload of app-template 1, as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from immichlint.facts import load
from immichlint.findings.change import Effect, Removed
from immichlint.lenses.app_template.writer import AppTemplateWriter, UntranslatableError
from immichlint.lenses.effective import Alternative
from immichlint.lenses.plain import PlainWriter
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Map
from immichlint.yamltree.ops import Refusal


class FlatWriter(NamedTuple):
    """Writes effective fields of a release's workload into its flat values.

    `values`: as they are written; `seen`: the release with the same values in the later layout. `name`: of the
    container.
    """

    values: Map
    seen: Release
    name: str

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """The ways to write the fields; a refusal where the chart has no value for one of them."""
        try:
            translated = AppTemplateWriter(self.seen, "main").values(effects, shared=False)
            values = [own for effect in translated for own in lowered(effect, self.name)]
        except UntranslatableError as error:
            yield Refusal(str(error))
            return
        yield from PlainWriter(self.values).ways(values)


def lowered(effect: Effect, name: str) -> Iterator[Effect]:
    """A change of the lifted values as changes of the flat ones."""
    facts = load("app_template")["flat"]
    route = effect.route
    own = ("controllers", "main", "containers", name)
    pod_keys = {new: old for old, new in facts["pod"].items()}
    if route[:4] == own and len(route) > 4 and route[4] in facts["container"]:
        yield effect._replace(route=route[4:])
    elif route[:2] == ("controllers", "main") and len(route) > 2 and route[2] in facts["controller"]:
        yield effect._replace(route=("controller", *route[2:]))
    elif route[:3] == ("controllers", "main", "pod") and len(route) > 3 and route[3] in pod_keys:
        yield effect._replace(route=(pod_keys[str(route[3])], *route[4:]))
    elif route[:1] == ("persistence",) and len(route) == 3 and route[2] == "type":
        yield effect._replace(route=(*route[:2], "enabled"), value=True)
        yield effect
    elif route[:1] == ("persistence",) and _mounts_main(route, name):
        yield effect._replace(route=(*route[:2], "mountPath"), value=_path_of(effect))
    else:
        raise UntranslatableError(f"the chart has no value for {'/'.join(map(str, route))}")


def _mounts_main(route: tuple[str | int, ...], name: str) -> bool:
    return route[2:] in (("globalMounts",), ("advancedMounts", "main", name))


def _path_of(effect: Effect) -> str:
    value = effect.value
    first = value[0] if isinstance(value, list) and len(value) == 1 else None
    path = first.get("path") if isinstance(first, dict) and len(first) == 1 else None
    if isinstance(value, Removed) or not isinstance(path, str):
        raise UntranslatableError("the chart has one mount for a volume, without options")
    return path
