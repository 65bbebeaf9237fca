"""What a repository has of Immich that nothing applies, or that is no stack as far as is known."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from immichlint.findings.overview.components import component_of, containers_of
from immichlint.findings.overview.located import Locator
from immichlint.findings.overview.model import Idle, Open
from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.environment import Draft
from immichlint.gitops.environment import Idle as Reason
from immichlint.gitops.loose import loose
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.picture import picture
from immichlint.gitops.stand_in import is_stand_in
from immichlint.gitops.substitution import NO_VARIABLES
from immichlint.repo.classify import is_kustomization
from immichlint.repo.files import Files
from immichlint.repo.repository import Repository
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack, stacks_of
from immichlint.stack.written import as_written
from immichlint.trees.tree import Hole, Leaf, get

_IMMICH = "immich"


def drafts(inputs: Inputs) -> Iterator[Idle]:
    """The drafts that have to do with Immich, together where they have one reason."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for item in inputs.picture.drafts:
        if inputs.names_immich(item.path):
            groups.setdefault((item.why.value, item.kustomization, _set_apart(item)), []).append(item.path)
    applied = {path for each in inputs.picture.environments for path in each.files}
    for (why, kustomization, apart), paths in groups.items():
        around = {posixpath.dirname(path) for path in paths}
        beside = [path for path in inputs.repository.paths if posixpath.dirname(path) in around]
        stacks, at = _as_if_applied(inputs.repository, apart, beside)
        own = {*paths, *(path for path in beside if is_kustomization(path) and path not in applied)}
        found = [
            (one, perhaps)
            for one, perhaps in containers_of(stacks)
            if apart + one.object.source.home.document.path in own
        ]
        objects = [
            _words(one.manifest)
            for stack in stacks
            for one in stack.objects
            if one.source is one.manifest and apart + one.source.home.document.path in paths
        ]
        components = tuple(component_of(one, perhaps, at) for one, perhaps in found)
        yield Idle(why, kustomization, tuple(paths), components, tuple(dict.fromkeys(objects)))


def _set_apart(item: Draft) -> str:
    """The beginning of a draft's path up to the folder that was put away; empty for any other draft."""
    if item.why is not Reason.PUT_AWAY:
        return ""
    parts = posixpath.dirname(item.path).split("/")
    depth = max(index for index in range(1, len(parts) + 1) if is_put_away(parts[index - 1]))
    return "/".join(parts[:depth]) + "/"


def _as_if_applied(repository: Repository, apart: str, paths: Iterable[str]) -> tuple[tuple[Stack, ...], Locator]:
    """The stacks that a repository of some files would have at a folder, and where what is in it is written. What the
    picture of these alone leaves out is applied as it stands: all is looked at as if somebody used it."""
    there = [file for path in paths if (file := repository.file(path)) is not None]
    files = (file._replace(path=file.path.removeprefix(apart)) for file in there)
    alone = Repository(Files(files), lambda: repository.remotes)
    seen = picture(alone, {})
    idle = [item.path for item in seen.drafts]
    rest = tuple(loose(alone, idle, NO_VARIABLES)) if idle else ()
    seen = seen._replace(environments=(*seen.environments, *rest))
    inputs, _ = as_written(Inputs(alone, seen, stacks_of(seen, alone)))
    return inputs.stacks, Locator(alone, apart)


def named(inputs: Inputs, shown: frozenset[str], at: Locator) -> Iterator[Open]:
    """What is applied and names Immich without being in a stack that is shown, by the keys of objects: releases that
    make nothing, workloads whose images are not known, Kustomizations and Applications that lead elsewhere; where
    nothing is shown, every object of that name."""
    told = set(shown)
    for release, why in inputs.refused:
        told |= {item.key for each in inputs.stacks for item in each.objects if item.source is release.release.manifest}
        yield Open(release.label, f"nothing is made of it: {why}", at.at(release.release.name_place))
    for stack in inputs.stacks:
        for item in stack.objects:
            manifest = item.manifest
            if item.key in told or _IMMICH not in f"{manifest.name} {manifest.namespace}".lower():
                continue
            images = _images(stack, item.key)
            if images or not shown:
                yield Open(_words(manifest), images, at.at(item.name_place))
    for gap in inputs.picture.gaps:
        if _IMMICH in f"{gap.manifest.name} {gap.path}".lower():
            what = f"{gap.manifest.kind} {gap.manifest.name}"
            yield Open(what, f"what it applies ({gap.path}) is not known: {gap.why.value}", at.at(gap.place))


def _images(stack: Stack, key: str) -> str:
    """What is known of the images of a workload that is no component."""
    whys = []
    for container in (item for item in stack.containers if item.object.key == key):
        leaf = get(container.tree, (*container.route, "image"))
        if isinstance(leaf, Leaf) and isinstance(leaf.value, Hole):
            whys.append(f"its image is not known: {leaf.value.why}")
        elif isinstance(leaf, Leaf):
            whys.append(f"its image is {leaf.value}")
    return "; ".join(dict.fromkeys(whys))


def _words(manifest: Manifest) -> str:
    kind = "release" if is_stand_in(manifest) else manifest.kind
    return (
        f"{kind} {manifest.name}" if manifest.name else f"{kind} in {posixpath.basename(manifest.home.document.path)}"
    )
