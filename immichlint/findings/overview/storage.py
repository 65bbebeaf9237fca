"""The volumes of a stack, and what protects them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from immichlint.findings.overview.located import Locator, said
from immichlint.findings.overview.model import Volume
from immichlint.stack.container import Container, Mount
from immichlint.stack.image import SERVER
from immichlint.stack.protection import Protector, protector_of
from immichlint.stack.pruning import missing_guard, outlives
from immichlint.stack.server import Server
from immichlint.stack.stack import Stack
from immichlint.stack.storage import Claimed, claim_of
from immichlint.stack.view import View
from immichlint.trees.tree import Leaf, Seq

_CLAIM = "claim"


def volumes(containers: Iterable[Container], stack: Stack, at: Locator) -> Iterator[Volume]:
    """The volumes that outlive the pods of some containers, each once, those with the photos first."""
    found: dict[tuple[str, str, str], Volume] = {}
    for container in containers:
        media = {mount.path for mount in Server(container).media_mounts} if container.component == SERVER else set()
        for mount in container.mounts:
            volume = _volume(mount, container, stack, at, media=mount.path in media)
            if volume is None:
                continue
            key = (container.namespace, volume.kind, volume.name)
            known = found.get(key, volume)
            used = tuple(dict.fromkeys((*known.used_by, *volume.used_by)))
            found[key] = known._replace(used_by=used, media=known.media or volume.media)
    yield from sorted(found.values(), key=lambda item: not item.media)


def _volume(mount: Mount, container: Container, stack: Stack, at: Locator, *, media: bool) -> Volume | None:
    source = mount.volume
    if source is None or not mount.persistent or not source.kind:
        return None
    used = (container.component,)
    if source.kind != "persistentVolumeClaim":
        parts = (said(source.view.field(key))[0] for key in ("server", "path"))
        name = ":".join(part for part in parts if part) or source.name
        return Volume(
            source.kind, name, used, media, "", "", (), "", "", at.at(source.view.nearest("path"), mount.place)
        )
    view = claim_of(mount, container, stack)
    name = source.view.field("claimName").text or source.name
    storage = said(view.field("spec", "storageClassName"))[0] if view is not None else ""
    claim = Claimed(container.namespace, name, view, storage)
    place = view.object.name_place if view is not None else source.view.field("claimName").place
    return Volume(
        _CLAIM,
        name,
        used,
        media,
        storage,
        said(view.field("spec", "resources", "requests", "storage"))[0] if view is not None else "",
        _modes(view) if view is not None else (),
        protection_words(protector_of(claim, stack)),
        guard_of(view, stack) if view is not None and not view.route else "",
        at.at(place, mount.place),
    )


def protection_words(found: Protector | None) -> str:
    """What protects a volume or a database, in words; empty where nothing does."""
    if found is None:
        return ""
    return f"backed up by {found.tool} ({found.what})" if found.sure else f"perhaps backed up: {found.what}"


def guard_of(view: View, stack: Stack) -> str:
    """What becomes of an object when it vanishes from Git; empty where nothing prunes it or that is not known."""
    guard = missing_guard(view, stack)
    if guard is None:
        return ""
    kept = view.object.manifest.kind == "PersistentVolumeClaim" and outlives(view, stack)
    rest = "; its data stay" if kept else ""
    return f"{guard.engine} deletes it when it vanishes from Git (no `{guard.key}`){rest}"


def _modes(view: View) -> tuple[str, ...]:
    tree = view.field("spec", "accessModes").tree
    items = tree.items if isinstance(tree, Seq) else []
    return tuple(str(item.value) for item in items if isinstance(item, Leaf) and isinstance(item.value, str))
