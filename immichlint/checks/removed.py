"""What a change takes away, and data with it (IML812)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.gitops.cluster import may_be_one
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.rules.model import Claim, Context
from immichlint.stack.inputs import Inputs
from immichlint.stack.library import libraries
from immichlint.stack.pruning import missing_guard
from immichlint.stack.quantity import amount
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View
from immichlint.yamltree.place import DocumentId, Place

_SIZES: Final = (
    ("spec", "storage", "size"),
    ("spec", "walStorage", "size"),
    ("spec", "resources", "requests", "storage"),
)


class Held(NamedTuple):
    """An object that holds data, in the stack that had it. `what`: the data, in words."""

    view: View
    stack: Stack
    what: str

    @property
    def said(self) -> str:
        """The object in a message."""
        return f"the {self.view.object.manifest.kind} {self.view.name}"


def removed(inputs: Inputs, context: Context) -> Iterator[Claim]:
    """IML812: what held Immich's data is gone from Git, is called otherwise, or has moved from one that prunes to
    another; or its volume has shrunk (C§9)."""
    for held in (item for stack in context.before or () for item in _holding(stack)):
        now = [found for stack in inputs.stacks if (found := _there(held, stack)) is not None]
        if not now:
            yield from _gone(held, inputs)
        elif len(now) == 1:
            yield from _shrunk(held, now[0].view)
            yield from _moved(held, now[0])


def _holding(stack: Stack) -> Iterator[Held]:
    """What holds Immich's data in a stack: its Clusters, the claims with the media, and their Namespaces."""
    found = [Held(cluster, stack, "Immich's database") for cluster in stack.clusters if cluster.use]
    for library in libraries(stack):
        view = library.claim.view if library.claim is not None else None
        if view is not None and view.route == ():
            found.append(Held(view, stack, "the photos"))
    yield from found
    for item in stack.of("Namespace", ""):
        inside = [held for held in found if held.view.namespace == item.manifest.name]
        if inside:
            yield Held(View(item), stack, f"{inside[0].what} and all else in it")


def _there(held: Held, stack: Stack) -> Held | None:
    """The same object where a stack has it."""
    manifest = held.view.object.manifest
    if not may_be_one(held.stack.cluster, stack.cluster):
        return None
    for item in stack.of(manifest.kind, manifest.group):
        if item.manifest.name == manifest.name and may_share(item.manifest.namespace, manifest.namespace):
            return Held(View(item), stack, held.what)
    return None


def _gone(held: Held, inputs: Inputs) -> Iterator[Claim]:
    guard = missing_guard(held.view, held.stack)
    place = _nearest(held, inputs.repository)
    if guard is None or place is None or _may_be_anywhere(held, inputs):
        return
    home = held.view.object.source.home.document.path
    renamed = next((name for stack in inputs.stacks for name in _heirs(held, stack)), "")
    how = f"is called {renamed} now" if renamed else "is in Git no more"
    yield Claim(
        f"With this change {held.said} ({home}) {how}: {guard.engine} prunes, so it deletes the one in the cluster, "
        f"and {held.what} with it. Guard it first with the annotation `{guard.key}: {guard.value}`, let that be "
        "applied, and take it out of Git in a second change; or put it back.",
        place,
        object=held.view.ref,
        no_fix="put it back, guard it, and remove it in a later change",
    )


def _heirs(held: Held, stack: Stack) -> Iterator[str]:
    """What stands now in the place of an object."""
    old = held.view.object.source
    for item in stack.of(held.view.object.manifest.kind, held.view.object.manifest.group):
        if item.source.home == old.home:
            yield item.manifest.name


def _may_be_anywhere(held: Held, inputs: Inputs) -> bool:
    """Whether something that is applied now could not be read, so that it may hold the object still."""
    environments = [stack.environment for stack in inputs.stacks]
    return any(item.missing or any(manifest.unsettled for manifest in item.manifests) for item in environments)


def _nearest(held: Held, repository: Repository) -> Place | None:
    """Where to point: the kustomization that listed it, or one above, else what applied it."""
    folder = posixpath.dirname(held.view.object.source.home.document.path)
    while True:
        path = repository.kustomization_in(folder)
        if path is not None and repository.read(path).documents:
            return Place(DocumentId(path, 0), ("resources",), key=True)
        if not folder:
            break
        folder = posixpath.dirname(folder)
    applier = held.stack.environment.applier
    place = applier.place if applier is not None else held.view.object.name_place
    return place if repository.read(place.document.path).documents else None


def _moved(held: Held, now: Held) -> Iterator[Claim]:
    """From one that prunes to another: the first deletes what the second has just taken over."""
    old, new = held.stack.environment.applier, now.stack.environment.applier
    if old is None or new is None or (old.name, old.namespace) == (new.name, new.namespace):
        return
    if old.manifest.kind != new.manifest.kind:
        return
    guard = missing_guard(held.view, held.stack)
    if guard is not None:
        yield Claim(
            f"This moves {held.said} from {old.name} to {new.name}. {guard.engine} prunes in {old.name}: it may delete "
            f"the object, and {held.what} with it, before or after {new.name} has taken it over. Guard it first with "
            f"the annotation `{guard.key}: {guard.value}`, let that be applied, and move it in a second change.",
            now.view.object.name_place,
            object=now.view.ref,
            no_fix="guard it where it was, and move it in a later change",
        )


def _shrunk(held: Held, now: View) -> Iterator[Claim]:
    for route in _SIZES:
        before, after = held.view.field(*route), now.field(*route)
        old, new = amount(before.value), amount(after.value)
        if old is not None and new is not None and new < old and after.place is not None:
            yield Claim(
                f"This shrinks the volume of {held.said} from `{before.value}` to `{after.value}`. A volume cannot "
                "shrink: the change is refused, and with it all that is applied together. Keep the size, or move the "
                "data to a new, smaller volume.",
                after.place,
                object=now.ref,
                no_fix=f"write `{before.value}` again",
            )
