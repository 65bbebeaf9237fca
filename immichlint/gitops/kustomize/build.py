"""Building a kustomization: the objects that it makes, with provenance and without running anything.

The order is kustomize's (api/internal/target/kusttarget.go, version 5.5): resources, generators, components,
transformers; hashes and the references to changed names once, at the end of the whole build.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from immichlint.gitops.kustomize import uncomputed
from immichlint.gitops.kustomize.configuration import NOTHING, Configuration, configuration
from immichlint.gitops.kustomize.finish import finished
from immichlint.gitops.kustomize.inflated import inflated, inflated_files
from immichlint.gitops.kustomize.kustomization import (
    MERGING,
    Built,
    Kustomization,
    Notes,
    Unfinished,
    generator_entries,
    is_remote,
    joined_path,
    kustomization_tree,
    strings,
    without,
)
from immichlint.gitops.kustomize.steps import transformed
from immichlint.gitops.kustomize.words import resources
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.repo.classify import is_ours
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Layer, Map
from immichlint.yamltree.lookup import data

if TYPE_CHECKING:
    from immichlint.gitops.kustomize.generated import Generated
    from immichlint.gitops.starts import Wanted

_MAX_DEPTH: Final = 40
_MAX_WORK: Final = 100_000
"""How many objects may pass through the kustomizations of one build, each time counted; a folder counts as ten."""
_WORK_OF_A_FOLDER: Final = 10

_CONNECTING: Final = ("replacements", "namePrefix", "nameSuffix", "transformers", "generators")


def build(
    repository: Repository,
    folder: str,
    wanted: Wanted | None = None,
    components: tuple[str, ...] = (),
    overwritten: frozenset[str] = frozenset(),
) -> Built:
    """The objects that the kustomization of a folder makes; files and folders that are not wanted are left out, where
    not everything is.

    `components`: folders of components that its applier adds to its own. `overwritten`: fields that it writes anew.
    """

    def make() -> Built:
        builder = _Builder(repository, wanted, components, overwritten)
        try:
            made = builder.folder(folder, [], 0)
        except _TooMuchError as error:
            made = builder.flat(folder, str(error))
        return _built(made, builder)

    return repository.remember(("built", folder, wanted, components, overwritten), make)


def build_listed(
    repository: Repository,
    entries: Sequence[str],
    wanted: Wanted,
    components: tuple[str, ...] = (),
) -> Built:
    """The objects of some files and folders together, as of a kustomization that lists them and that no file is."""

    def make() -> Built:
        builder = _Builder(repository, wanted)
        try:
            made = builder.listed(entries, components)
        except _TooMuchError as error:
            made = [manifest for entry in entries for manifest in builder.flat(entry, str(error))]
        return _built(made, builder)

    return repository.remember(("built of", tuple(entries), wanted, components), make)


def _built(made: Sequence[Manifest], builder: _Builder) -> Built:
    notes, configuration = builder.notes, builder.configuration
    return Built(
        finished(made, configuration),
        frozenset(notes.files),
        tuple(notes.missing),
        tuple(notes.remote),
        Unfinished(tuple(made), configuration),
    )


def needs_all(tree: Map) -> bool:
    """Whether what a kustomization makes of an object depends on others: values are copied, names change, or data
    is merged."""
    if any(field in tree.items for field in _CONNECTING):
        return True
    return any(text_at(entry, "behavior") in MERGING for *_, entry in generator_entries(tree))


class _TooMuchError(Exception):
    """Kustomizations that are nested too deep, or that multiply: `a` lists `b` twice, which lists `c` twice, …"""


class _Builder:
    def __init__(
        self,
        repository: Repository,
        wanted: Wanted | None,
        components: tuple[str, ...] = (),
        overwritten: frozenset[str] = frozenset(),
    ) -> None:
        self._repository = repository
        self._wanted = wanted
        self._components = components
        self._overwritten = overwritten
        self._building: list[str] = []
        self._work = 0
        self._complete = 0
        self._own = 0
        self.configuration: Configuration = NOTHING
        self.notes = Notes()

    def folder(self, folder: str, given: list[Manifest], depth: int) -> list[Manifest]:
        """The objects of a folder's kustomization; `given` are those that a component starts from."""
        path = self._repository.kustomization_in(folder)
        if path is None or path in self._building:
            return given
        self._spend(path, _WORK_OF_A_FOLDER, depth)
        tree = kustomization_tree(self._repository, path)
        if tree is None:
            return given
        tree = tree if depth else without(tree, self._overwritten)
        kustomization = Kustomization(self._repository, self.notes, path, folder, tree)
        self.notes.files.add(path)
        self._building.append(path)
        complete = needs_all(tree)
        self._complete += complete
        # What a component lists is meant for who takes it, as is what lies beside the files themselves.
        own = text_at(tree, "kind") == "Component" or (self._wanted is not None and self._wanted.owns(folder))
        self._own += own
        made = [*given, *self._resources(kustomization, depth)]
        why = self._configured(kustomization)
        made = self._generated(kustomization, made, depth)
        for index, entry in strings(tree, "components"):
            made = self._component(kustomization, ("components", index), entry, made, depth)
        for component in self._components if depth == 0 else ():
            # One that is not there lets the whole build fail; what is there is what is meant.
            made = self.folder(component, made, 1)
        self._spend(path, len(made), depth)
        made = transformed(kustomization, made, self.configuration)
        for index, entry in strings(tree, "transformers"):
            made = self._plugged(kustomization, ("transformers", index), entry, made, depth)
        self._complete -= complete
        self._own -= own
        self._building.pop()
        return [uncomputed.unsettled(manifest, kustomization, why) for manifest in made]

    def listed(self, entries: Sequence[str], components: Sequence[str]) -> list[Manifest]:
        """The objects of some files and folders, changed by components."""
        made: list[Manifest] = []
        for entry in entries:
            made += self._file(entry) if entry in self._repository else self.folder(entry, [], 1)
        for component in components:
            made = self.folder(component, made, 1)
        return made

    def _spend(self, path: str, work: int, depth: int) -> None:
        self._work += work
        if depth > _MAX_DEPTH:
            raise _TooMuchError(f"{path} is nested deeper than {_MAX_DEPTH} kustomizations")
        if self._work > _MAX_WORK:
            raise _TooMuchError(f"the kustomizations that lead to {path} list too much to be computed")

    def flat(self, folder: str, why: str) -> list[Manifest]:
        """What is listed below a folder, each file once and as it is written, for what cannot be computed."""
        made: list[Manifest] = []
        seen: set[str] = set()
        pending = [folder]
        while pending:
            target = pending.pop()
            if target in seen:
                continue
            seen.add(target)
            if target in self._repository:
                made += self._file(target)
                continue
            path = self._repository.kustomization_in(target)
            tree = kustomization_tree(self._repository, path) if path is not None else None
            if path is not None and tree is not None:
                self.notes.files.add(path)
                listed = (entry for field in ("resources", "bases", "components") for _, entry in strings(tree, field))
                local = [joined_path(target, entry) for entry in listed if not is_remote(entry)]
                pending += [entry for entry in local if entry in self._repository or self._takes(entry)]
        return [manifest.unsettled_by(why) for manifest in made]

    def _resources(self, kustomization: Kustomization, depth: int) -> list[Manifest]:
        made: list[Manifest] = []
        for field in ("resources", "bases"):
            for index, entry in strings(kustomization.tree, field):
                made += self._listed(kustomization, (field, index), entry, depth)
        return made

    def _listed(
        self, kustomization: Kustomization, route: tuple[str | int, ...], entry: str, depth: int
    ) -> list[Manifest]:
        """The objects of a file or folder that an entry names."""
        target = kustomization.target(route, entry)
        if target is None:
            return []
        if not self._complete and not self._takes(target):
            return []
        return self._file(target) if target in self._repository else self.folder(target, [], depth + 1)

    def _takes(self, target: str) -> bool:
        return self._wanted is None or self._wanted.takes(target, own=self._own > 0)

    def _configured(self, kustomization: Kustomization) -> str:
        """Takes the `configurations` of a kustomization along; why one of them is not understood, else empty."""
        why = ""
        for index, entry in strings(kustomization.tree, "configurations"):
            target = kustomization.target(("configurations", index), entry)
            documents = self._repository.read(target).documents if target is not None else ()
            found = configuration(data(documents[0].root)) if documents else "it is not in the repository"
            if isinstance(found, str):
                why = why or f"the configuration {entry} of {kustomization.path} is not computed: {found}"
            else:
                self.notes.files.add(target or "")
                self.configuration = self.configuration.merged(found)
        return why

    def _generated(self, kustomization: Kustomization, made: list[Manifest], depth: int) -> list[Manifest]:
        """The objects with those that are generated, and the charts that are inflated."""
        repository, folder, tree = self._repository, kustomization.folder, kustomization.tree
        for field, index, kind, item in generator_entries(tree):
            from immichlint.gitops.kustomize.generated import generate
            from immichlint.gitops.kustomize.sources import listed_files

            home = kustomization.home.at(field, index)
            found = generate(repository, folder, kind, item, home, tree.items.get("generatorOptions"))
            files = (file for _, file in listed_files(folder, item))
            self.notes.files |= {file for file in files if is_ours(repository.raw(file))}
            made = self._absorbed(kustomization, found, made) if found is not None else made
        charts = list(inflated(kustomization.path, tree))
        files = (file for chart in charts for file in inflated_files(folder, chart))
        self.notes.files |= {file for file in files if is_ours(repository.raw(file))}
        made = [*made, *charts]
        for index, entry in strings(tree, "generators"):
            from immichlint.gitops.kustomize import plugins

            configs = self._plugins(kustomization, ("generators", index), entry, depth)
            for config in configs if configs is not None else ():
                plugged = plugins.generated(kustomization, config)
                made = self._absorbed(kustomization, plugged, made) if plugged is not None else made
            if configs is None or any(map(plugins.may_generate, configs)):
                made = [uncomputed.may_be_merged(manifest, kustomization.path) for manifest in made]
        return made

    def _absorbed(self, kustomization: Kustomization, found: Generated, made: list[Manifest]) -> list[Manifest]:
        from immichlint.gitops.kustomize.generated import absorbed

        # A Secret's file is often made only where it is applied.
        for absent in found.absent if found.manifest.kind != "Secret" else ():
            if not absent.unread and found.manifest.home.document == kustomization.home.document:
                kustomization.lacks((*found.manifest.home.route, *absent.route), absent.path, absent.path)
        return absorbed(made, found)

    def _component(
        self, kustomization: Kustomization, route: tuple[str | int, ...], entry: str, made: list[Manifest], depth: int
    ) -> list[Manifest]:
        target = kustomization.target(route, entry)
        if target is None:
            return [manifest.unsettled_by(f"the component {entry} is not in the repository") for manifest in made]
        return self.folder(target, made, depth + 1)

    def _plugins(
        self, kustomization: Kustomization, route: tuple[str | int, ...], entry: str, depth: int
    ) -> list[Manifest] | None:
        """The transformers or generators that an entry stands for; None where they are not in the repository."""
        layer = Layer.TRANSFORMER if route[0] == "transformers" else Layer.GENERATOR
        if "\n" in entry or entry.lstrip().startswith("{"):
            from immichlint.gitops.kustomize.plugins import inline

            return inline(kustomization, route, layer)
        if is_remote(entry):
            self.notes.remote.append(entry)
            return None
        return self._listed(kustomization, route, entry, depth) or None

    def _plugged(
        self, kustomization: Kustomization, route: tuple[str | int, ...], entry: str, made: list[Manifest], depth: int
    ) -> list[Manifest]:
        from immichlint.gitops.kustomize.plugins import transformed as transformed_by

        configs = self._plugins(kustomization, route, entry, depth)
        if configs is None:
            why = f"a transformer of {kustomization.path} is not known"
            return [manifest.unsettled_by(why) for manifest in made]
        for config in configs:
            made = transformed_by(kustomization, config, made)
        return made

    def _file(self, target: str) -> list[Manifest]:
        self.notes.files.add(target)
        return list(resources(self._repository, target))
