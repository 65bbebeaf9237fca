"""What a repository has of Immich: its stacks, what nothing applies, and what is unknown and why."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from immichlint.findings.overview.components import component_of, connections, containers_of
from immichlint.findings.overview.databases import database_of
from immichlint.findings.overview.idle import drafts, named
from immichlint.findings.overview.located import Locator
from immichlint.findings.overview.model import Applied, Open, Overview, StackView
from immichlint.findings.overview.references import references
from immichlint.findings.overview.storage import volumes
from immichlint.findings.overview.ways import ways
from immichlint.gitops.stand_in import is_stand_in
from immichlint.stack.container import Container
from immichlint.stack.homes import Home, homes
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack
from immichlint.stack.written import as_written
from immichlint.yamltree.place import Place


def overview(inputs: Inputs, now: datetime) -> Overview:
    """What there is, at a moment (for the next runs and recovery windows)."""
    written, changing = as_written(inputs)
    writer = _Writer(written, changing, now)
    found = [writer.stack(home) for home in homes(written)]
    views = [view for view in found if view is not None]
    return Overview(
        now,
        tuple(views),
        tuple(drafts(written)),
        tuple(named(written, frozenset(writer.shown), writer.at)) if not _complete(views) else (),
        tuple(Open(item.path, item.why) for item in inputs.unread),
    )


def _complete(views: Sequence[StackView]) -> bool:
    """Whether there is a stack with a server."""
    return any(item.component == SERVER for view in views for item in view.components)


class _Writer:
    """Writes down what is known of each stack. `shown`: the objects, by their keys, that have been told of."""

    def __init__(self, inputs: Inputs, changing: Mapping[Place, str], now: datetime) -> None:
        self._inputs = inputs
        self._changing = changing
        self._now = now
        self.at = Locator(inputs.repository)
        self.shown: set[str] = set()

    def stack(self, home: Home) -> StackView | None:
        """What is told of a stack; None where nothing of Immich's is in it."""
        names = {item.environment for item in home.objects}
        around = (home.stack, *home.stack.others)
        stacks = tuple(item for item in around if item.name in names)
        found = containers_of(stacks)
        parts = [item for item, _ in found]
        clusters = [cluster for item in stacks for cluster in item.clusters if cluster.use]
        self.shown.update(item.object.key for item in (*parts, *clusters))
        servers = [item for item in parts if item.component == SERVER]
        applied = tuple(self._applied(item) for item in self._having(stacks, home, parts))
        namespaces = dict.fromkeys(item.namespace for item in (*parts, *clusters) if item.namespace)
        return StackView(
            home.stack.name,
            home.stack.engine,
            home.stack.cluster,
            tuple(namespaces),
            applied,
            tuple(component_of(item, perhaps, self.at) for item, perhaps in found),
            tuple(database_of(item, home.stack, self.at, self._now) for item in clusters),
            tuple(connections(servers, home.stack, parts, self.at, has_cluster=bool(clusters))),
            tuple(volumes(parts, home.stack, self.at)),
            tuple(ways(stacks, parts, self.at)),
            references(stacks, parts, clusters, self.at),
            tuple(dict.fromkeys(self._unknown(stacks, home, parts))),
        )

    def _having(self, stacks: Sequence[Stack], home: Home, parts: Sequence[Container]) -> list[Stack]:
        """The environments that have a component, a Cluster in use, or a release of Immich's."""
        keys = {item.object.key for item in parts} | {key for item in stacks for key in _of_database(item)}
        opaque = {item.key for item, _ in self._inputs.uncomputed}
        return [item for item in stacks if any(one.key in keys | opaque for one in item.objects)] or [home.stack]

    def _applied(self, stack: Stack) -> Applied:
        applier = stack.environment.applier
        if applier is None:
            folders: tuple[str, ...] = (stack.name,) if stack.engine != "none" and stack.name else ()
            return Applied(stack.name, stack.engine, "", folders, None, None)
        name = f"{applier.namespace}/{applier.name}" if applier.namespace else applier.name
        kind = applier.manifest.kind
        folders = tuple(folder or "." for folder in applier.folders)
        return Applied(
            stack.name, stack.engine, f"{kind} {name}", folders, applier.pruning.on, self.at.at(applier.place)
        )

    def _unknown(self, stacks: Sequence[Stack], home: Home, parts: Sequence[Container]) -> Iterator[Open]:
        keys = {item.key for item in home.objects}
        for item, why in self._inputs.uncomputed:
            if item.key in keys:
                kind = "release" if is_stand_in(item.manifest) else item.manifest.kind
                self.shown.add(item.key)
                yield Open(f"{kind} {item.manifest.name}", why, self.at.at(item.name_place))
        yield from self._may_change(home)
        yield from self._charts(stacks, parts)
        there = {item.component for item in parts}
        for component in (SERVER, MACHINE_LEARNING):
            if component not in there and not any(item.key in keys for item, _ in self._inputs.uncomputed):
                yield Open(component, "no workload here has an image of it")
        for stack in self._having(stacks, home, parts):
            yield from self._missing(stack, home)
            for variable in stack.environment.undefined:
                why = "nothing in the repository defines it"
                yield Open(f"${{{variable.name}}}", why, self.at.at(variable.place))

    def _may_change(self, home: Home) -> Iterator[Open]:
        """What a step that is not computed may still change, for each such step."""
        whys: dict[str, list[Place]] = {}
        for place in dict.fromkeys(item.source.home for item in home.objects):
            if place in self._changing:
                whys.setdefault(self._changing[place], []).append(place)
        for why, places in whys.items():
            what = "1 object" if len(places) == 1 else f"{len(places)} objects"
            yield Open(f"{what} as applied", f"{why}; shown as written", self.at.at(places[0]))

    def _charts(self, stacks: Sequence[Stack], parts: Sequence[Container]) -> Iterator[Open]:
        """The charts that are not followed exactly."""
        keys = {item.object.key for item in parts if not item.object.computed}
        for stack in stacks:
            for item in stack.releases:
                release = item.release
                if any(one.object.key in keys for one in item.containers):
                    why = "not all its templates in this version are known, so that its defaults may differ"
                    if not release.certain:
                        why = "nothing is seen to release it with these values"
                    what = f"the chart {release.chart} {release.version}".rstrip()
                    yield Open(what, why, self.at.at(release.version_place, release.name_place))

    def _missing(self, stack: Stack, home: Home) -> Iterator[Open]:
        """What kustomizations list and is not there: what is beside the stack's own files, and how much else."""
        folders = {posixpath.dirname(item.source.home.document.path) for item in home.objects}
        near = [
            item
            for item in stack.environment.missing
            if "immich" in item.path.lower() or posixpath.dirname(item.kustomization) in folders
        ]
        for item in near:
            yield Open(item.path, f"{item.kustomization} lists it, and it is not in the repository")
        rest = len(stack.environment.missing) - len(near)
        if rest:
            what = "1 other file or folder" if rest == 1 else f"{rest} other files and folders"
            yield Open(what, f"kustomizations of {stack.name or 'the repository'} list what is not in the repository")


def _of_database(stack: Stack) -> Iterator[str]:
    """The objects of the Clusters in use, with their backups and stores."""
    for cluster in stack.clusters:
        if cluster.use:
            yield cluster.object.key
