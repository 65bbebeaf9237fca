"""What was read of a repository, and what could not be."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.environment import NOTHING, Gap, Idle, Lack
from immichlint.gitops.manifest import hint_at, manifests
from immichlint.gitops.picture import Picture
from immichlint.gitops.reach import Reach
from immichlint.gitops.stand_in import VALUES, is_release, is_stand_in
from immichlint.lenses.apply import why_unmade
from immichlint.lenses.chart_era import other_era
from immichlint.lenses.chart_version import newest_known
from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_ours
from immichlint.repo.reading import Reading, Trouble
from immichlint.repo.repository import Repository
from immichlint.stack.applied import applied
from immichlint.stack.backups import CNPG
from immichlint.stack.image import parse_image
from immichlint.stack.stack import Stack
from immichlint.trees.tree import Tree, get, texts
from immichlint.yamltree.lookup import find

if TYPE_CHECKING:
    from immichlint.stack.releases import ChartRelease

IDLE: Final = "not applied"
"""The name of what is not applied as an environment."""
_DEFINITION: Final = "CustomResourceDefinition"
_NO_CHART: Final = "its chart's templates are not rendered"
_LONGEST_PATH: Final = 200
"""How many characters of a path are shown."""


class Unread(NamedTuple):
    """Something that is not analysed: the file, and why."""

    path: str
    why: str


class Inputs:
    """The files that matter here: those that name Immich or CNPG, and those that take part in what is applied."""

    def __init__(self, repository: Repository, picture: Picture, stacks: tuple[Stack, ...]) -> None:
        self.repository = repository
        self.picture = picture
        self.stacks = stacks

    @cached_property
    def idle(self) -> Stack | None:
        """What is commented out, or not listed, as if it were applied; None where there is nothing of that kind. What
        a folder's name puts away is no part of it, nor is a file that only defines kinds."""
        paths = [draft.path for draft in self.picture.drafts if draft.why is not Idle.PUT_AWAY]
        readings = map(self.repository.read, dict.fromkeys(paths))
        found = [item for reading in readings if not _only_defines_kinds(reading) for item in manifests(reading)]
        if not found:
            return None
        files = frozenset((*paths, *self._leading_to(paths)))
        environment = NOTHING._replace(name=IDLE, manifests=tuple(found), files=files)
        return Stack(environment, applied(environment, self.repository))

    def _leading_to(self, paths: Iterable[str]) -> Iterator[str]:
        """The kustomizations that lead to files and that nothing applies either."""
        applied = frozenset(path for environment in self.picture.environments for path in environment.files)
        reach = Reach(self.repository)
        seen: set[str] = set()
        pending = [folder for path in paths for folder in reach.listing(path)]
        while pending:
            folder = pending.pop()
            path = self.repository.kustomization_in(folder)
            if folder not in seen and path is not None and path not in applied:
                yield path
                pending += reach.listing(folder)
            seen.add(folder)

    @property
    def readings(self) -> Iterator[Reading]:
        """The files that matter, as they were read; what lies in a hidden folder, such as a workflow of GitHub's, or is
        put away does if it is applied."""
        paths = dict.fromkeys(path for path in self.repository.judged() if not is_put_away(posixpath.dirname(path)))
        for environment in self.picture.environments:
            paths.update(dict.fromkeys(sorted(environment.files)))
        return (self.repository.read(path) for path in paths)

    def is_ours(self, path: str) -> bool:
        """Whether a file names Immich or CNPG."""
        return is_ours(self.repository.raw(path))

    def names_immich(self, path: str) -> bool:
        """Whether a file, or its path, names Immich: what else it holds belongs to other applications."""
        return "immich" in path.lower() or b"immich" in self.repository.raw(path).lower()

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Every file that could not be read, and those of ours that hold no documents for another reason."""
        found = [Unread(file.path, file.unread) for file in self.repository.unread()]
        found += [
            Unread(reading.path, _why(reading))
            for reading in self.readings
            if reading.trouble is not None and reading.trouble is not Trouble.UNREAD
        ]
        found += [
            Unread(missing.kustomization, f"{missing.path[:_LONGEST_PATH]}, which it lists, is out of the root")
            for environment in self.picture.environments
            for missing in environment.missing
            if missing.path.startswith(("../", "/")) or missing.path == ".."
        ]
        found += [
            Unread(gap.place.document.path, _what_is_lacking(gap))
            for gap in self.picture.gaps
            if gap.why is Lack.MISSING or self.is_ours(gap.place.document.path)
        ]
        return tuple(sorted(set(found)))

    @property
    def uncomputed(self) -> Iterator[tuple[Effective, str]]:
        """Helm releases that deploy Immich and whose objects are not known, with the reason. Values of another era are
        none of them: what the chart makes of those is known."""
        for stack in self.stacks:
            # A lens that knows only of the database knows nothing of Immich.
            expanded = {
                id(item.source)
                for item in stack.objects
                if item.source is not item.manifest and item.manifest.group != CNPG
            }
            for item in stack.objects:
                manifest = item.manifest
                # What stands for a release is an object only where no lens knows what that makes.
                known = id(manifest) in expanded and not is_stand_in(manifest)
                if is_release(manifest) and not known and _deploys_immich(item):
                    found = [made for made in stack.released if made.name_place == item.name_place]
                    if not any(other_era(made) for made in found):
                        yield item, manifest.unsettled or (why_unmade(found[0]) if found else _NO_CHART)

    @property
    def refused(self) -> Iterator[tuple[ChartRelease, str]]:
        """Releases of Immich whose chart refuses their values, and why: they make nothing."""
        for stack in self.stacks:
            for item in stack.releases:
                if item.era is not None and not item.containers and item.is_immich:
                    what = ", ".join(f"`{'.'.join(map(str, route))}`" for route in item.era.routes)
                    yield item, f"its values are of another era of the chart {item.release.chart}: {what}"

    @property
    def newer(self) -> Iterator[tuple[ChartRelease, str]]:
        """Releases of Immich whose chart is newer than all versions that are known, with the newest of these; one for
        each version."""
        said: set[tuple[str, str]] = set()
        for stack in self.stacks:
            for item in stack.releases:
                newest, chart = newest_known(item.release), (item.release.chart, item.release.version)
                if newest and chart not in said and item.is_immich:
                    said.add(chart)
                    yield item, newest


def _what_is_lacking(gap: Gap) -> str:
    what = f"what the {gap.manifest.kind} {gap.manifest.name} applies: {gap.why}"
    return f"{what} (`{gap.path[:_LONGEST_PATH]}`)" if gap.path else what


def _only_defines_kinds(reading: Reading) -> bool:
    """Whether all that a file has are CustomResourceDefinitions: those of an operator are a hundred thousand nodes."""
    kinds = (find(document.root, ("kind",)) for document in reading.documents if document.root is not None)
    return all(found is not None and getattr(found.node, "text", "") == _DEFINITION for found in kinds)


def _why(reading: Reading) -> str:
    return f"not valid YAML: {reading.why}" if reading.trouble is Trouble.INVALID else reading.why


def chart_of(item: Effective) -> str:
    """The name of the chart that a HelmRelease, or what stands for another release, names; empty where none."""
    tree = item.manifest.tree
    if is_stand_in(item.manifest):
        return (hint_at(tree, "spec", "chart") or hint_at(tree, "spec", "name")).rpartition("/")[2]
    chart = hint_at(tree, "spec", "chart", "spec", "chart") or hint_at(tree, "spec", "chartRef", "name")
    chart = chart or hint_at(tree, "spec", "chart")
    return chart.rpartition("/")[2]


def _deploys_immich(item: Effective) -> bool:
    if item.manifest.kind == VALUES:
        return False
    values = get(item.manifest.tree, ("spec",) if is_stand_in(item.manifest) else ("spec", "values"))
    return chart_of(item) == "immich" or (values is not None and _names_immich(values))


def _names_immich(values: Tree) -> bool:
    """Whether an image of Immich's is among the values."""
    found = (parse_image(text) for text in texts(values) if "/" in text)
    return any(image.component in ("server", "machine-learning") for image in found)
