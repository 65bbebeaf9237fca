"""What was found of each stack: components, database, backups, storage, and what is unknown and why."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final, NamedTuple

from immichlint.findings.locate import locate
from immichlint.gitops.stand_in import is_stand_in
from immichlint.repo.repository import Repository
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack
from immichlint.trees.field import Field
from immichlint.yamltree.place import Place

_IMMICH: Final = "immich"


class Row(NamedTuple):
    """A thing that a stack has: its name, its value or why that is unknown, and where it is written."""

    name: str
    value: str
    where: str = ""


class Section(NamedTuple):
    """What was found of one stack, or of one kind."""

    title: str
    rows: tuple[Row, ...]


def overview(inputs: Inputs) -> tuple[Section, ...]:
    """A section for each stack that has something of Immich, and one for what was not analysed."""
    writer = _Overview(inputs.repository)
    found = [writer.stack(stack) for stack in inputs.stacks]
    unread = [
        *writer.uncomputed(inputs),
        *writer.unseen(inputs),
        *(Row("not analysed", item.why, item.path) for item in inputs.unread),
    ]
    idle = writer.idle(inputs)
    sections = [section for section in found if section.rows]
    more = [Section("Not analysed", tuple(unread)), Section("Not applied", tuple(idle))]
    return (*sections, *(section for section in more if section.rows))


class _Overview:
    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def stack(self, stack: Stack) -> Section:
        """All that one stack has."""
        rows = [row for component in (SERVER, MACHINE_LEARNING) for row in self._components(stack, component)]
        rows += [row for component in (CACHE, DATABASE) for row in self._components(stack, component) if rows]
        for cluster in stack.clusters:
            if cluster.use:
                rows += self._cluster(stack, cluster)
        title = f"{stack.name or 'manifests that no kustomization lists'} ({stack.engine})"
        return Section(title, tuple(rows))

    def uncomputed(self, inputs: Inputs) -> Iterator[Row]:
        """Releases of which nothing is known, and those that the chart refuses."""
        for item, why in inputs.uncomputed:
            kind = "release" if is_stand_in(item.manifest) else item.manifest.kind
            yield Row(f"{kind} {item.manifest.name}", why, self._at(item.name_place))
        for release, why in inputs.refused:
            yield Row(f"release {release.release.name}", why, self._at(release.release.name_place))

    def unseen(self, inputs: Inputs) -> Iterator[Row]:
        """Workloads that are named for Immich and whose images are not known."""
        for stack in inputs.stacks:
            for container in stack.containers:
                field = container.field("image")
                if field.unknown and container.image is None and _IMMICH in container.name:
                    name = f"{container.object.manifest.kind} {container.name}"
                    yield Row(name, f"its image is not known: {field.why}", self._at(field.place))

    def idle(self, inputs: Inputs) -> list[Row]:
        """The folders with files of Immich that nothing applies, each with the reason."""
        found: dict[tuple[str, str], str] = {}
        for draft in inputs.picture.drafts:
            if _IMMICH in draft.path.lower():
                why = f"{draft.why} in {draft.kustomization}" if draft.kustomization else str(draft.why)
                found.setdefault((posixpath.dirname(draft.path), why), draft.path)
        return [Row(folder or ".", why, path) for (folder, why), path in found.items()]

    def _components(self, stack: Stack, component: str) -> Iterator[Row]:
        for container in stack.components(component):
            yield self._container(container, component)

    def _container(self, container: Container, component: str) -> Row:
        image = container.image
        text = container.field("image").text or (f"{image.repository}, tag unknown" if image is not None else "unknown")
        through = f" through {container.object.chart}" if container.object.chart else ""
        name = container.name or "(its name is not known)"
        value = f"{text} in {container.object.manifest.kind} {name}{through}"
        open_variables = container.variables.open
        if open_variables:
            value += f"; some variables are unknown: {open_variables}"
        return Row(component, value, self._at(container.field("image").place or container.name_place))

    def _cluster(self, stack: Stack, cluster: Cluster) -> Iterator[Row]:
        use = cluster.use
        name = f"{cluster.namespace}/{cluster.name}" if cluster.namespace else cluster.name
        yield Row(
            "database",
            f"Cluster {name} ({use.confidence} confidence: {use.why})",
            self._at(cluster.field("metadata", "name").place),
        )
        yield self._destination(stack, cluster)
        backups = stack.backups_of(cluster)
        for backup in backups:
            yield Row("backup", _schedule(backup.schedule), self._at(backup.schedule.place))
        if not backups:
            yield Row("backup", "no ScheduledBackup was found")

    def _destination(self, stack: Stack, cluster: Cluster) -> Row:
        plugin = cluster.barman_plugin
        if plugin is not None:
            store = stack.store_of(cluster)
            if store is None:
                value = f"the ObjectStore {plugin.store.text or '?'}, which is not in the repository"
                return Row("destination", value, self._at(plugin.store.place))
            path = store.field("spec", "configuration", "destinationPath")
            kept = _kept(store.field("spec", "retentionPolicy"))
            return Row("destination", f"{_text(path)} through the plugin, {kept}", self._at(path.place))
        if not cluster.in_tree.absent:
            path = cluster.field("spec", "backup", "barmanObjectStore", "destinationPath")
            kept = _kept(cluster.field("spec", "backup", "retentionPolicy"))
            return Row("destination", f"{_text(path)} in-tree, {kept}", self._at(path.place))
        if not cluster.snapshots.absent:
            return Row("destination", "volume snapshots", self._at(cluster.snapshots.place))
        return Row("destination", "none was found")

    def _at(self, place: Place | None) -> str:
        region = locate(self._repository, place) if place is not None else None
        return f"{region.file}:{region.start.line}" if region is not None else ""


def _text(field: Field) -> str:
    return field.text or (f"unknown ({field.why})" if field.unknown else "not set")


def _kept(retention: Field) -> str:
    return "kept for ever" if retention.absent else f"kept {_text(retention)}"


def _schedule(field: Field) -> str:
    from immichlint.schedules import cnpg
    from immichlint.schedules.schedule import read_with
    from immichlint.schedules.words import describe

    text = field.text
    if text is None:
        return f"its schedule is {_text(field)}"
    schedule, reason = read_with(cnpg.parse, text)
    return f"`{text}`: {describe(schedule)}" if schedule is not None else f"`{text}`: CNPG rejects it ({reason})"
