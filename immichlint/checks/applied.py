"""Checks of what is listed and not there, and of what is there and not listed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Addition, Change, Listing, Safety
from immichlint.findings.finding import ObjectRef, Related, Severity
from immichlint.gitops.drafts import is_pattern
from immichlint.gitops.environment import ARGO, FLUX, Draft, Idle
from immichlint.gitops.kustomize.kustomization import Missing, kustomization_tree
from immichlint.gitops.manifest import Manifest, manifests
from immichlint.gitops.starts import may_be_applied
from immichlint.repo.classify import KUSTOMIZATION_NAMES
from immichlint.repo.repository import Repository
from immichlint.repo.walk import Ignores, is_named
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import BARMAN, CNPG, Cluster
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack, may_share
from immichlint.text.nearest import nearest
from immichlint.trees.field import look
from immichlint.trees.tree import texts
from immichlint.yamltree.lookup import data
from immichlint.yamltree.place import DocumentId, Place

_LONGEST_PATH: Final = 200
_BY_HAND: Final = frozenset({"Secret", "Job", "Pod", "Namespace", "Backup", "Publication", "Subscription"})
"""What people keep beside the rest and apply themselves, once: a base backup before an upgrade, the logical
replication by which a database moves to a new Cluster."""
_ROUTES: Final = ("Ingress", "HTTPRoute", "IngressRoute", "VirtualService")
_LISTED: Final = {
    "components": "component",
    "resources": "resource",
    "bases": "base",
    "configMapGenerator": "file",
    "configurations": "configuration",
    "generators": "generator",
    "transformers": "transformer",
    "replacements": "replacement",
}


def resource_missing(stack: Stack, context: Context) -> Iterator[Claim]:
    """IML802: a kustomization lists what is not in the repository, so that nothing at all is built of it."""
    if not _is_immichs(stack):
        return
    repository = stack.repository
    for missing in stack.environment.missing:
        of_manifests = is_named(missing.path) or not posixpath.splitext(missing.path)[1]
        inside = of_manifests and not missing.path.startswith("../")
        if repository is None or not inside or _is_unseen(missing.path, repository):
            continue
        if stack.environment.applier is not None or not _is_made_here(missing.path, repository):
            yield _missing(stack, missing)


def _is_made_here(path: str, repository: Repository) -> bool:
    """Whether an ignore file leaves a path out: Git has it not, but who applies it by hand may."""
    ignores = Ignores()
    folder = path
    while folder.strip("/"):
        folder = posixpath.dirname(folder)
        found = repository.file(posixpath.join(folder, ".gitignore"))
        if found is not None and found.raw is not None:
            ignores.add(folder, found.raw.decode("utf-8", "replace"))
    return ignores.leaves_out(path)


def _is_unseen(path: str, repository: Repository) -> bool:
    """Whether something is there that is not looked into: what is ignored, another repository, a submodule."""
    candidates = (path, *(posixpath.join(path, name) for name in KUSTOMIZATION_NAMES))
    if any(repository.file(name) is not None for name in candidates):
        return True
    modules = repository.file(".gitmodules")
    text = (modules.raw or b"").decode("utf-8", "replace") if modules is not None else ""
    lines = (line.partition("=") for line in text.splitlines())
    folders = [value.strip() for name, _, value in lines if name.strip() == "path"]
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _is_immichs(stack: Stack) -> bool:
    """Whether anything that names Immich is applied with the others: what lacks a part is not all computed."""
    repository = stack.repository
    return repository is not None and any(b"immich" in repository.raw(path) for path in stack.environment.files)


def _missing(stack: Stack, missing: Missing) -> Claim:
    shown = missing.path[:_LONGEST_PATH]
    folder, name = posixpath.split(missing.path)
    around = stack.around() if stack.around is not None else None
    what = _LISTED.get(str(missing.route[0]), "patch")
    if around is not None and missing.path in around.folders:
        state = "has no kustomization.yaml"
        end = ": add one, or list the files in it."
    else:
        state = "is not there"
        beside = (posixpath.relpath(path, folder or ".").partition("/")[0] for path in _near(stack, folder))
        listed = {posixpath.relpath(path, folder or ".") for path in _listed(stack, missing.kustomization)}
        free = (item for item in beside if item not in listed and item not in KUSTOMIZATION_NAMES)
        stems = {posixpath.splitext(item)[0]: item for item in free}
        near = nearest(posixpath.splitext(name)[0], stems)
        end = f"; did you mean `{stems[near]}`?" if near is not None else "."
    return Claim(
        f"The {what} `{shown}` {state}: `kustomize build` stops with an error, and nothing that this kustomization or "
        f"one above it lists is applied{end}",
        Place(DocumentId(missing.kustomization, 0), missing.route),
        no_fix="correct the entry, add what it names, or take the entry away",
    )


def _listed(stack: Stack, path: str) -> Iterator[str]:
    """What a kustomization names, as paths: what it has already is not what a missing entry was meant to be."""
    tree = kustomization_tree(stack.repository, path) if stack.repository is not None else None
    folder = posixpath.dirname(path)
    return (posixpath.normpath(posixpath.join(folder, text)) for text in texts(tree))


def _near(stack: Stack, folder: str) -> Iterator[str]:
    """The files in and below a folder."""
    prefix = f"{folder}/" if folder else ""
    paths = stack.repository.paths if stack.repository is not None else ()
    return (path for path in paths if path.startswith(prefix))


def not_applied(inputs: Inputs, context: Context) -> Iterator[Claim]:
    """IML801: an applied kustomization stands beside a manifest of Immich's and does not list it."""
    for draft in inputs.picture.drafts:
        stack = next((item for item in inputs.stacks if draft.kustomization in item.environment.files), None)
        named = posixpath.basename(draft.path).encode() in inputs.repository.raw(draft.kustomization)
        if draft.why is not Idle.UNLISTED or named or is_pattern(draft.path):
            continue
        if stack is not None and _is_immichs(stack) and not _is_taken(draft, inputs.repository):
            for manifest in manifests(inputs.repository.read(draft.path)):
                if inputs.names_immich(draft.path) or manifest.group in (CNPG, BARMAN):
                    yield from _unlisted(manifest, draft, stack, inputs)


def _is_taken(draft: Draft, repository: Repository) -> bool:
    """Whether a folder between a draft and the kustomization that could list it may be applied by itself."""
    folder, above = posixpath.dirname(draft.path), posixpath.dirname(draft.kustomization)
    while folder and folder != above:
        if may_be_applied(repository, folder):
            return True
        folder = posixpath.dirname(folder)
    return False


def _unlisted(manifest: Manifest, draft: Draft, stack: Stack, inputs: Inputs) -> Iterator[Claim]:
    place = look(manifest.tree, ("metadata", "name")).place
    if place is None or manifest.group in (ARGO, FLUX) or manifest.kind in _BY_HAND:
        return
    needed = _needed(manifest, stack)
    if needed is None and _has_alternative(manifest, stack):
        return
    found = manifests(inputs.repository.read(draft.path))
    change = _listing(draft, found, needed, inputs) if manifest.kind == "ScheduledBackup" and needed else None
    why = (
        f": the {needed.object.manifest.kind} {needed.name} is without it"
        if needed is not None
        else ". If it is meant to be there, list it; if not, delete it or put it away"
    )
    yield Claim(
        f"The {manifest.kind} {manifest.name} is not applied: {draft.kustomization} is, and does not list "
        f"{posixpath.basename(draft.path)}{why}.",
        place,
        severity=Severity.ERROR if needed is not None else None,
        related=_list(inputs, draft.kustomization),
        change=change,
        no_fix="" if change is not None else "list the file among the `resources`, if it is meant to be applied",
        object=ObjectRef(manifest.api_version, manifest.kind, manifest.namespace, manifest.name),
    )


def _list(inputs: Inputs, path: str) -> tuple[Related, ...]:
    tree = kustomization_tree(inputs.repository, path)
    place = Place(DocumentId(path, 0), ("resources",), key=True)
    return (Related(place, "what is applied is listed here"),) if tree is not None and "resources" in tree.items else ()


def _needed(manifest: Manifest, stack: Stack) -> Cluster | None:
    """The applied Cluster of Immich's that is without its only backup, or its ObjectStore, as long as a manifest is
    not applied."""
    for cluster in (item for other in (stack, *stack.others) for item in other.clusters if item.use):
        if not may_share(cluster.namespace, manifest.namespace):
            continue
        if (manifest.kind, manifest.group) == ("ScheduledBackup", CNPG):
            named = look(manifest.tree, ("spec", "cluster", "name")).text == cluster.name
            if named and not stack.backups_of(cluster):
                return cluster
        if (manifest.kind, manifest.group) == ("ObjectStore", BARMAN):
            plugin = cluster.barman_plugin
            if plugin is not None and plugin.store.text == manifest.name and stack.store_of(cluster) is None:
                return cluster
    return None


def _has_alternative(manifest: Manifest, stack: Stack) -> bool:
    """Whether what is applied together has another object of the kind in that namespace, or another route."""
    kinds = _ROUTES if manifest.kind in _ROUTES else (manifest.kind,)
    return any(
        item.manifest.kind in kinds and may_share(item.manifest.namespace, manifest.namespace)
        for other in (stack, *stack.others)
        for item in other.objects
    )


def _listing(draft: Draft, found: tuple[Manifest, ...], cluster: Cluster, inputs: Inputs) -> Change | None:
    """The change that lists the file of a draft; None where other objects would come with it."""
    documents = inputs.repository.read(draft.path).documents
    value = data(documents[0].root) if len(found) == len(documents) == 1 and documents[0].root is not None else None
    if not isinstance(value, dict):
        return None
    entry = posixpath.relpath(draft.path, posixpath.dirname(draft.kustomization) or ".")
    listing = Listing(Place(DocumentId(draft.kustomization, 0), ("resources",)), entry)
    return Change(
        f"list `{entry}` in {draft.kustomization}",
        Safety.UNSAFE,
        additions=(Addition(cluster.object.key, value, listing),),
        after="It was perhaps left out on purpose: look at what it does before you merge.",
    )
