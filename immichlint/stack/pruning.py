"""Guards against pruning: what keeps an object, and its data, when it vanishes from Git (C§5, C§9)."""

from __future__ import annotations

from typing import Final

from immichlint.gitops.named import objects_named
from immichlint.named_tuple import NamedTuple
from immichlint.stack.stack import Stack
from immichlint.stack.storage import NETWORK, STORAGE, kind_of_class, kind_of_provisioner
from immichlint.stack.view import View
from immichlint.trees.field import Field, look
from immichlint.trees.tree import Leaf, Seq


class Guard(NamedTuple):
    """What keeps an object when an engine prunes. `key`: the annotation; `value`: what stands in it."""

    engine: str
    key: str
    value: str


FLUX: Final = Guard("Flux", "kustomize.toolkit.fluxcd.io/prune", "disabled")
ARGO: Final = Guard("Argo CD", "argocd.argoproj.io/sync-options", "Prune=false,Delete=false")
HELM: Final = Guard("Helm", "helm.sh/resource-policy", "keep")
_GUARDS: Final = {"flux": FLUX, "argocd": ARGO}


def missing_guard(view: View, stack: Stack) -> Guard | None:
    """The guard that an object lacks; None where it has one, is not certainly pruned, or that is not known."""
    applying = _applying(view, stack)
    applier = applying.environment.applier if applying is not None else None
    if applying is None or applier is None or applier.pruning.on is not True:
        return None
    guard = _GUARDS.get(applying.engine)
    by_chart = view.object.source is not view.object.manifest
    if by_chart and applying.engine == "flux":
        guard = HELM
    if guard is None or _guarded(view, guard) is not False:
        return None
    options = look(applier.tree, ("spec", "syncPolicy", "syncOptions"))
    return None if guard is ARGO and _keeps(options) is not False else guard


def _applying(view: View, stack: Stack) -> Stack | None:
    """The stack whose environment applies an object."""
    return next((item for item in (stack, *stack.others) if item.name == view.object.environment), None)


def _guarded(view: View, guard: Guard) -> bool | None:
    """Whether an object is kept by an annotation, or a label that Flux takes as well; None where that is unknown."""
    fields = [view.field("metadata", "annotations", guard.key)]
    if guard is FLUX:
        fields.append(view.field("metadata", "labels", guard.key))
    if any(field.unknown for field in fields):
        return None
    texts = [field.text or "" for field in fields]
    return any(_keeps_by(text) for text in texts) if guard is ARGO else guard.value in texts


def _keeps(options: Field) -> bool | None:
    """Whether an Application's own options keep everything."""
    if options.unknown:
        return None
    items = options.tree.items if isinstance(options.tree, Seq) else []
    return any(_keeps_by(str(item.value)) for item in items if isinstance(item, Leaf))


def _keeps_by(options: str) -> bool:
    """Whether sync options keep an object from pruning, or ask before."""
    return any(item.strip() in ("Prune=false", "Prune=confirm") for item in options.split(","))


def outlives(claim: View, stack: Stack) -> bool:
    """Whether the data outlive the claim, or nobody can tell: it is bound to a volume by hand, or lies on a NAS, or
    its class retains volumes."""
    name = claim.field("spec", "storageClassName")
    by_hand = not claim.field("spec", "volumeName").absent or not claim.field("spec", "selector").absent
    if by_hand or name.unknown or name.text == "":
        return True
    for volume in map(View, stack.everywhere("PersistentVolume", "")):
        bound, of = volume.field("spec", "claimRef", "name"), volume.field("spec", "storageClassName")
        if bound.unknown or bound.text == claim.name or (name.text and of.text == name.text):
            return True
    return bool(name.text) and (kind_of_class(name.text or "", stack) == NETWORK or _retains(name.text or "", stack))


def _retains(name: str, stack: Stack) -> bool:
    """Whether a class of the repository, applied or not, retains its volumes or has them made by hand."""
    repository = stack.repository
    for manifest in objects_named(repository, "StorageClass", name, STORAGE) if repository is not None else ():
        policy = look(manifest.tree, ("reclaimPolicy",))
        provisioner = look(manifest.tree, ("provisioner",)).text or ""
        if policy.unknown or policy.text == "Retain" or kind_of_provisioner(provisioner) == NETWORK:
            return True
        if provisioner == "kubernetes.io/no-provisioner":
            return True
    return False
