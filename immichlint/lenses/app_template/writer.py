"""The way back: effective fields of an app-template workload, as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from immichlint.facts import load
from immichlint.findings.change import REMOVED, Effect, Removed
from immichlint.gitops.manifest import text_at
from immichlint.lenses.app_template.enabled import enabled
from immichlint.lenses.app_template.persistence import mount_route
from immichlint.lenses.effective import Alternative
from immichlint.lenses.keyed import parse
from immichlint.lenses.plain import PlainWriter
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get
from immichlint.yamltree.lookup import Data, Route, Step
from immichlint.yamltree.ops import Refusal

_POD: Final = ("spec", "template", "spec")
_SECTIONS: Final = ("containers", "initContainers")
_UNKNOWN: Final = object()
_PROBES: Final = {"startupProbe": "startup", "livenessProbe": "liveness", "readinessProbe": "readiness"}
_TIMES: Final = ("initialDelaySeconds", "failureThreshold", "timeoutSeconds", "periodSeconds")


class UntranslatableError(ValueError):
    """An effective field for which the chart has no value; the message says which."""


class AppTemplateWriter(NamedTuple):
    """Writes effective fields of one controller's workload into the values of its release."""

    release: Release
    controller: str

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """First where such options are already written, then at the controller itself."""
        writer = PlainWriter(self.release.values)
        tried: list[list[Effect]] = []
        for shared in (True, False):
            try:
                values = self.values(effects, shared=shared)
            except UntranslatableError as error:
                yield Refusal(str(error))
                return
            if values not in tried:
                tried.append(values)
                yield from writer.ways(values)

    def values(self, effects: Sequence[Effect], *, shared: bool) -> list[Effect]:
        """The effects as changes of the release's values; UntranslatableError where the chart has none for them.

        `shared`: where options of all pods are already written, rather than at the controller.
        """
        found = _in_place([value for effect in effects for value in self._translate(effect, shared=shared)])
        return found + self._siblings(found)

    def _translate(self, effect: Effect, *, shared: bool) -> Iterator[Effect]:
        route = effect.route
        if route == ("spec", "strategy", "type"):
            yield effect._replace(route=self._own("strategy"))
            return
        if route[:3] != _POD or len(route) < 4:
            raise UntranslatableError(f"app-template has no value for {_path(route)}")
        keyed = parse(route[4]) if len(route) > 4 else None
        if route[3] in _SECTIONS and keyed is not None:
            yield from self._container(effect, str(route[3]), self._key(str(route[3]), keyed[1]), route[5:])
        elif route[3] == "volumes" and keyed is not None:
            yield from self._volume(effect, keyed[1], route[5:])
        elif route[3] in load("app_template")["pod_options"]:
            yield self._option(effect, str(route[3]), route[4:], shared=shared)
        else:
            raise UntranslatableError(f"app-template has no value for {_path(route)}")

    def _own(self, *steps: Step) -> Route:
        return ("controllers", self.controller, *steps)

    def _key(self, section: str, name: str) -> str:
        """The key of the container with a name."""
        items = enabled(get(self.release.values, self._own(section)))
        return next((key for key, item in items if text_at(item, "nameOverride") == name), name)

    def _option(self, effect: Effect, option: str, rest: Route, *, shared: bool) -> Effect:
        values = self.release.values
        own = get(values, self._own("pod", option))
        alone = len(list(enabled(values.items.get("controllers")))) == 1
        common = get(values, ("defaultPodOptions", option))
        if shared and own is None and common is not None and alone:
            return effect._replace(route=("defaultPodOptions", option, *rest))
        return effect._replace(route=self._own("pod", option, *rest))

    def _container(self, effect: Effect, section: str, name: str, rest: Route) -> Iterator[Effect]:
        base = self._own(section, name)
        keyed = parse(rest[1]) if len(rest) > 1 else None
        if rest[:1] == ("env",) and keyed is not None:
            yield self._variable(effect, base, keyed[1], rest[2:])
        elif rest[:1] == ("volumeMounts",) and keyed is not None and not rest[2:]:
            yield self._mount(effect, name, keyed[1])
        elif rest[:1] == ("volumeMounts",) and keyed is not None:
            spot = mount_route(self.release.values, self.controller, name, keyed[1])
            if spot is None:
                raise UntranslatableError(f"no mount of the values has the path {keyed[1]}")
            yield effect._replace(route=(*spot, *rest[2:]))
        elif rest and rest[0] in load("app_template")["container_fields"]:
            yield effect._replace(route=(*base, *(rest[:1] if self._is_single(base, rest) else rest)))
        elif rest == ("image",):
            yield from self._image(effect, base)
        elif rest and str(rest[0]) in _PROBES:
            yield from self._probe(effect, (*base, "probes", _PROBES[str(rest[0])]), rest[1:])
        else:
            raise UntranslatableError(f"app-template has no value for {_path(rest)} of a container")

    def _is_single(self, base: Route, rest: Route) -> bool:
        """Whether a route leads to the only item of what is written as a text: `args` and `command`."""
        return rest[1:] == (0,) and isinstance(get(self.release.values, (*base, rest[0])), Leaf)

    def _variable(self, effect: Effect, base: Route, name: str, rest: Route) -> Effect:
        """A variable in the spelling that the container's variables have."""
        env = get(self.release.values, (*base, "env"))
        if isinstance(env, Seq):
            return effect._replace(route=(*base, "env", f"[name={name}]", *rest))
        if rest == ("name",):
            raise UntranslatableError(f"the variable {name} is a key of the values, which is renamed where it stands")
        route = (*base, "env", name)
        if rest[:1] == ("value",):
            existing = env.items.get(name) if isinstance(env, Map) else None
            return effect._replace(route=(*route, "value") if isinstance(existing, Map) else route)
        value = effect.value
        if isinstance(value, dict):
            value = {key: item for key, item in value.items() if key != "name"}
            value = value["value"] if list(value) == ["value"] else value
        return effect._replace(route=(*route, *rest), value=value)

    def _probe(self, effect: Effect, base: Route, rest: Route) -> Iterator[Effect]:
        """A probe as it stands, which the chart calls a custom one, or a number of one that there is."""
        existing = get(self.release.values, base)
        custom = get(self.release.values, (*base, "custom"))
        if rest:
            times = rest[0] in _TIMES and isinstance(existing, Map)
            if not times and not (isinstance(custom, Leaf) and custom.value is True):
                raise UntranslatableError(f"app-template makes {_path(rest)} of the probe itself")
            yield effect._replace(route=(*base, "spec", *rest))
        elif existing is None or _is_off_by_default(existing):
            yield effect._replace(route=(*base, "enabled"), value=True)
            yield effect._replace(route=(*base, "custom"), value=True)
            yield effect._replace(route=(*base, "spec"))
        else:
            raise UntranslatableError(f"the values, or the chart, say something of {_path(base)} already")

    def _image(self, effect: Effect, base: Route) -> Iterator[Effect]:
        if not isinstance(effect.value, str):
            raise UntranslatableError("the image of a container cannot be taken away")
        name, at, digest = effect.value.partition("@")
        repository, _, tag = name.rpartition(":")
        image = get(self.release.values, (*base, "image"))
        if isinstance(image, Map) and "digest" in image.items:
            yield effect._replace(route=(*base, "image", "digest"), value=digest or REMOVED)
        else:
            tag += at + digest
        if image is not None and text_at(image, "repository") != repository:
            yield effect._replace(route=(*base, "image", "repository"), value=repository)
        yield effect._replace(route=(*base, "image", "tag"), value=tag)

    def _volume(self, effect: Effect, name: str, rest: Route) -> Iterator[Effect]:
        if rest or effect.value != {"emptyDir": {}}:
            raise UntranslatableError(f"app-template has no value for this change of the volume {name}")
        if get(self.release.values, ("persistence", name)) is not None:
            raise UntranslatableError(f"the values have a persistence item {name} already")
        yield effect._replace(route=("persistence", name, "type"), value="emptyDir")

    def _mount(self, effect: Effect, container: str, path: str) -> Effect:
        name = effect.value.get("name") if isinstance(effect.value, dict) else None
        if not isinstance(name, str) or get(self.release.values, ("persistence", name)) is not None:
            raise UntranslatableError("app-template mounts a volume through its persistence item")
        mount: Data = {"path": path}
        if self._alone():
            return effect._replace(route=("persistence", name, "globalMounts"), value=[mount])
        route = ("persistence", name, "advancedMounts", self.controller, container)
        return effect._replace(route=route, value=[mount])

    def _alone(self) -> bool:
        """Whether the release has a single container."""
        controllers = [item for _, item in enabled(self.release.values.items.get("controllers"))]
        return (
            len(controllers) == 1
            and sum(len(list(enabled(controllers[0].items.get(section)))) for section in _SECTIONS) == 1
        )

    def _siblings(self, effects: list[Effect]) -> list[Effect]:
        """What a default mapping gives and a new mapping of the controller or container would hide.

        The strategy `overwrite`, which is the default, takes one mapping or the other as a whole.
        """
        found: list[Effect] = []
        for effect in effects:
            common = self._hidden_default(effect.route)
            for key, value in common.items() if common is not None else ():
                prefix = effect.route[: _option_depth(effect.route)]
                route = (*prefix, key)
                known = [other.route for other in (*effects, *found)]
                if not any(other[: len(route)] == route for other in known):
                    found.append(effect._replace(route=route, value=copied(value, route)))
        return found

    def _hidden_default(self, route: Route) -> dict[str, Tree] | None:
        depth = _option_depth(route)
        if not depth or len(route) <= depth:
            return None
        values = self.release.values
        own = get(values, route[:depth])
        if isinstance(own, Map) and own.items:
            return None
        controller = self._own()
        source: Route = ("defaultPodOptions", route[3])
        strategy: Route = ("defaultPodOptionsStrategy",)
        if route[2] != "pod":
            source = (*controller, "defaultContainerOptions", route[4])
            strategy = (*controller, "defaultContainerOptionsStrategy")
        common = get(values, source)
        if route[4:5] == ("env",) and isinstance(common, Seq):
            # Both strategies take a list or a mapping as a whole where the other side is of another type.
            return _by_name(common)
        if not isinstance(common, Map) or text_at(values, *strategy) == "merge":
            return None
        return common.items


def _in_place(effects: list[Effect]) -> list[Effect]:
    """The effects, of which one that sets something within what another takes away sets it in place of that: a
    variable that is a text becomes a mapping."""
    found = list(effects)
    for gone in effects:
        depth = len(gone.route)
        within = [item for item in effects if item.route[:depth] == gone.route and len(item.route) > depth]
        if isinstance(gone.value, Removed) and len(within) == 1 and not isinstance(within[0].value, Removed):
            value: Data = within[0].value
            for step in reversed(within[0].route[depth:]):
                value = {str(step): value}
            found[found.index(gone)] = gone._replace(value=value)
            found.remove(within[0])
    return found


def _by_name(variables: Seq) -> dict[str, Tree]:
    """A list of variables as a mapping."""
    return {
        text_at(item, "name"): Map({key: below for key, below in item.items.items() if key != "name"}, item.writes)
        for item in variables.items
        if isinstance(item, Map)
    }


def _option_depth(route: Route) -> int:
    """How many steps lead to the option that a values route lies in; 0 where it lies in none."""
    if route[:1] != ("controllers",) or len(route) < 4:
        return 0
    if route[2] == "pod":
        return 4
    return 5 if route[2] in _SECTIONS and len(route) > 4 else 0


def copied(tree: Tree, route: Route) -> Data:
    """The data of what has to be copied. A variable keeps its source text; elsewhere that could change a type.

    UntranslatableError where it is not known.
    """
    value: Data = _copied(tree, as_text="env" in route)
    if value is _UNKNOWN:
        raise UntranslatableError(f"{_path(route)} would have to be copied, and its value is not known")
    return value


def _is_off_by_default(probe: Tree) -> bool:
    """Whether a probe is not there because of what the chart says, and of that only."""
    off = probe.items.get("enabled") if isinstance(probe, Map) and list(probe.items) == ["enabled"] else None
    return isinstance(off, Leaf) and off.value is False and all(write.place is None for write in off.writes)


def _copied(tree: Tree, *, as_text: bool) -> Any:
    if isinstance(tree, Leaf):
        if not isinstance(tree.value, Hole):
            return tree.value
        return tree.value.text if as_text and tree.value.text.startswith("${") else _UNKNOWN
    if isinstance(tree, Map):
        made = {key: _copied(item, as_text=as_text) for key, item in tree.items.items()}
        return _UNKNOWN if tree.open or _UNKNOWN in made.values() else made
    items = [_copied(item, as_text=as_text) for item in tree.items]
    return _UNKNOWN if tree.open or _UNKNOWN in items else items


def _path(route: Route) -> str:
    return "/".join(map(str, route))
