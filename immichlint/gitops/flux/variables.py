"""What a Flux Kustomization substitutes: `postBuild.substitute` over `postBuild.substituteFrom` (C§9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from immichlint.gitops.cluster import cluster_of
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.named import objects_named
from immichlint.gitops.substitution import Variable, Variables
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Leaf, Map, Seq, decided_at, get

_KINDS: Final = ("ConfigMap", "Secret")
_FIELDS: Final = ("data", "stringData")


def variables_of(repository: Repository, tree: Map, cluster: str) -> Variables:
    """The variables of a Kustomization in a cluster; later sources win, and what is written inline."""
    known: dict[str, Variable] = {}
    why = ""
    sources = get(tree, ("spec", "postBuild", "substituteFrom"))
    for source in sources.items if isinstance(sources, Seq) else ():
        kind, name = text_at(source, "kind"), text_at(source, "name")
        found = _of_cluster(_sources(repository, kind, name), cluster)
        known |= _agreed([_data(manifest) for manifest in found])
        why = next(filter(None, (why, *map(_why_open, found))), "")
        if not found:
            why = why or f"the {kind or 'source'} {name or '?'}, which is not in the repository"
    inline = get(tree, ("spec", "postBuild", "substitute"))
    for name, value in (inline.items if isinstance(inline, Map) else {}).items():
        if isinstance(value, Leaf):
            known[name] = _variable(value)
    return Variables(known, why)


def _sources(repository: Repository, kind: str, name: str) -> tuple[Manifest, ...]:
    """The ConfigMaps or Secrets of a name: those that a file defines, and those that a kustomization generates."""
    found = objects_named(repository, kind, name, "")
    if kind not in _KINDS:
        return found
    from immichlint.gitops.kustomize.generated import generated_named

    return (*found, *generated_named(repository, kind, name))


def _why_open(manifest: Manifest) -> str:
    """Why a source may have more variables than are known; empty where it has not."""
    trees = (manifest.tree.items.get(field) for field in _FIELDS)
    why = next((tree.open for tree in trees if isinstance(tree, Map) and tree.open), None)
    return f"the {manifest.kind} {manifest.name} ({why})" if why else ""


def _of_cluster(found: Sequence[Manifest], cluster: str) -> Sequence[Manifest]:
    """Those in the folder of a cluster where there are any, else all."""
    own = [manifest for manifest in found if cluster and cluster_of(manifest.home.document.path) == cluster]
    return own or found


def _agreed(several: Sequence[dict[str, Variable]]) -> dict[str, Variable]:
    """The variables of sources of one name: a hole where they disagree, or where only some have one."""
    made: dict[str, Variable] = {}
    for name in dict.fromkeys(name for data in several for name in data):
        values = [data.get(name) for data in several]
        first = next(value for value in values if value is not None)
        if any(value is None or value.value != first.value for value in values):
            first = Variable(Hole("", "it is defined differently for several clusters"), first.place)
        made[name] = first
    return made


def _data(manifest: Manifest) -> dict[str, Variable]:
    known: dict[str, Variable] = {}
    for field in _FIELDS:
        values = manifest.tree.items.get(field)
        for key, value in (values.items if isinstance(values, Map) else {}).items():
            if not isinstance(value, Leaf):
                continue
            variable = _variable(value)
            if manifest.kind == "Secret":
                # A secret's value is never resolved, so that no message can show it.
                variable = Variable(Hole("", f"it comes from the Secret {manifest.name}"), variable.place)
            known[key] = variable
    return known


def _variable(leaf: Leaf) -> Variable:
    value = leaf.value
    place = decided_at(leaf)
    if isinstance(value, Hole):
        return Variable(value, place)
    if isinstance(value, bool):
        return Variable("true" if value else "false", place)
    return Variable("" if value is None else str(value), place)
