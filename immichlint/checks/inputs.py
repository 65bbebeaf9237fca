"""Checks of the input itself: what is no YAML, what is ambiguous, what was not analysed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Severity
from immichlint.gitops.manifest import manifests, text_at
from immichlint.gitops.stand_in import is_stand_in
from immichlint.repo.reading import Reading, Trouble
from immichlint.rules.model import Claim, Context
from immichlint.stack.inputs import Inputs
from immichlint.stack.view import View
from immichlint.stack.workload import POD_ROUTES, is_workload
from immichlint.trees.tree import Hole, Leaf, Map, Seq, decided_at, get
from immichlint.yamltree.place import Place, in_text

_SECTIONS: Final = ("containers", "initContainers")
_UNREADABLE: Final = (Trouble.TEMPLATED, Trouble.ENCRYPTED, Trouble.UNSUPPORTED)
_WEIGHTY: Final = ("HelmRelease", "Deployment", "StatefulSet", "Cluster", "ScheduledBackup", "ObjectStore")
_REFUSED: Final = "Kustomize and Flux refuse the file, and other tools keep one of the two values without a word."
_FLUX: Final = "kustomize.toolkit.fluxcd.io"


def invalid_yaml(inputs: Inputs, context: Context) -> Iterator[Claim]:
    """IML901: a file of ours that no parser reads, and that is neither a template nor encrypted."""
    for reading in inputs.readings:
        if reading.trouble is Trouble.INVALID and inputs.is_ours(reading.path):
            yield Claim(
                f"This file is not valid YAML, so nothing in it was analysed and nothing can apply it: {reading.why}.",
                in_text(reading.path, reading.offset, reading.offset + 1),
                no_fix="Mend the syntax at this place.",
            )
        elif reading.trouble is Trouble.NOT_TEXT and inputs.is_ours(reading.path):
            yield Claim(
                f"This file is no text, so nothing in it was analysed: {reading.why}.",
                in_text(reading.path, reading.offset, reading.offset),
                no_fix="Save it as UTF-8.",
            )


def duplicate_key(inputs: Inputs, context: Context) -> Iterator[Claim]:
    """IML902: a key that stands twice in one mapping; Flux refuses it, kubectl and Helm take one of the two."""
    for reading in inputs.readings:
        if not inputs.is_ours(reading.path):
            continue
        values = "values" in posixpath.basename(reading.path) and not manifests(reading)
        for document in reading.documents:
            for key in document.duplicates:
                yield Claim(
                    f"The key `{key.text}` stands twice in this mapping: "
                    + ("Helm keeps the last of its values without a word." if values else _REFUSED),
                    in_text(reading.path, key.start, key.end),
                    severity=Severity.WARNING if values else None,
                    no_fix="Keep the one that is meant and delete the other.",
                )


def not_analysed(inputs: Inputs, context: Context) -> Iterator[Claim]:
    """IML904: what belongs to the stack and could not be judged, with the reason."""
    for (folder, why), readings in _unreadable(inputs).items():
        reading = readings[0]
        files = "1 file" if len(readings) == 1 else f"{len(readings)} files"
        yield Claim(
            f"{files} in {folder or 'the root'} could not be judged: {why}.",
            in_text(reading.path, reading.offset, reading.offset),
            no_fix=""
            if reading.trouble is Trouble.UNSUPPORTED
            else "Render them and check the result, if they hold what matters.",
        )
    for item, why in inputs.uncomputed:
        manifest = item.manifest
        if manifest.unsettled:
            # It is said of all objects that one step leaves unsettled, below.
            continue
        kind = "release" if is_stand_in(manifest) else manifest.kind
        view = View(item)
        yield Claim(
            f"What the {kind} {manifest.name} deploys was not judged: {why}.",
            view.field("metadata", "name").place or item.name_place,
            object=view.ref,
        )
    yield from _newer(inputs)
    for why, views in _unsettled(inputs).items():
        first = min(views, key=_weight)
        others = {1: "", 2: " and one more object"}.get(len(views), f" and {len(views) - 1} more objects")
        yield Claim(
            f"{first.ref.kind} {first.ref.name}{others} could not be judged: {why}.",
            first.field("metadata", "name").place or first.object.name_place,
            object=first.ref,
        )


def _newer(inputs: Inputs) -> Iterator[Claim]:
    """Charts that are newer than all that are known."""
    for item, newest in inputs.newer:
        release = item.release
        yield Claim(
            f"The chart {release.chart} {release.version} is newer than those that immichlint knows: its values are "
            f"read as those of {newest}. What follows from that is less certain, and its fixes count as unsafe.",
            release.version_place or release.name_place,
        )


def _weight(view: View) -> int:
    """How much it matters that an object was not judged: what deploys comes first."""
    kind = view.ref.kind
    if kind in _WEIGHTY:
        return _WEIGHTY.index(kind)
    return len(_WEIGHTY) - (kind in POD_ROUTES)


def _unsettled(inputs: Inputs) -> dict[str, list[View]]:
    """The objects of ours that a step which is not computed may still change, by the reason. What a chart makes of a
    release is that release."""
    found: dict[str, dict[int, View]] = {}
    for stack in inputs.stacks:
        for item in stack.objects:
            source = item.source
            if source.unsettled and item.manifest.group != _FLUX and inputs.names_immich(source.home.document.path):
                found.setdefault(source.unsettled, {}).setdefault(id(source), View(item))
    return {why: list(views.values()) for why, views in found.items()}


def _unreadable(inputs: Inputs) -> dict[tuple[str, str], list[Reading]]:
    """Files of ours that are not wrong and hold no documents, by folder and reason."""
    found: dict[tuple[str, str], list[Reading]] = {}
    for reading in inputs.readings:
        if reading.trouble in _UNREADABLE and inputs.names_immich(reading.path):
            found.setdefault((posixpath.dirname(reading.path), reading.why), []).append(reading)
    return found


def env_not_string(view: View, context: Context) -> Iterator[Claim]:
    """IML906: a variable or a ConfigMap value that is no string; the API server refuses the object."""
    if view.object.source is not view.object.manifest:
        return
    for route, name, leaf in (*_variables(view), *_config(view)):
        value = leaf.value
        if isinstance(value, (str, Hole)) or value is None or not leaf.raw:
            continue
        kind = "a boolean" if isinstance(value, bool) else "a number"
        yield Claim(
            f"`{leaf.raw}` is {kind} to Kubernetes, and {name} must be a string: the API server refuses the "
            f'{view.object.manifest.kind} {view.name}. Write `"{leaf.raw}"`.',
            _place(leaf, view),
            change=Change(f'quote it: `"{leaf.raw}"`', Safety.SAFE, (view.effect(*route, value=leaf.raw),)),
        )


def _place(leaf: Leaf, view: View) -> Place:
    return decided_at(leaf) or view.object.name_place


def _variables(view: View) -> Iterator[tuple[tuple[str | int, ...], str, Leaf]]:
    if not is_workload(view.object):
        return
    pod = POD_ROUTES[view.object.manifest.kind]
    for section in _SECTIONS:
        containers = get(view.tree, (*pod, section))
        for index, container in enumerate(containers.items if isinstance(containers, Seq) else ()):
            env = get(container, ("env",))
            for position, item in enumerate(env.items if isinstance(env, Seq) else ()):
                value = get(item, ("value",))
                if isinstance(value, Leaf):
                    route = (*pod, section, index, "env", position, "value")
                    yield route, f"the variable {text_at(item, 'name')}", value


def _config(view: View) -> Iterator[tuple[tuple[str | int, ...], str, Leaf]]:
    data = get(view.tree, ("data",)) if view.object.manifest.kind == "ConfigMap" else None
    for key, value in (data.items if isinstance(data, Map) else {}).items():
        if isinstance(value, Leaf):
            yield ("data", key), f"the value of {key}", value
