"""Checks of Flux Kustomizations: variables that nothing defines, and what one does not wait for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.findings.finding import ObjectRef, Related, Severity
from immichlint.gitops.environment import FLUX, Applier
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.named import objects_named
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.image import SERVER
from immichlint.stack.release import has, parse_release
from immichlint.stack.stack import Stack
from immichlint.text.nearest import hint
from immichlint.trees.field import look
from immichlint.trees.tree import Seq

_STRICT: Final = ("2.9.0",)
"""The release of Flux whose kustomize-controller (1.9) refuses to build with an undefined variable (C§9)."""


def undefined(stack: Stack, context: Context) -> Iterator[Claim]:
    """IML803: a variable without a default that nothing defines (C§9)."""
    release = parse_release(context.versions.get("flux"))
    strict = release is not None and has(release, _STRICT)
    for reference in stack.environment.undefined:
        manifest = reference.manifest
        if not strict and not _names_immich(manifest, stack):
            continue
        known = [name for name in stack.environment.variables.known if name != reference.name]
        happens = (
            "Flux refuses to build, and nothing of this Kustomization is applied"
            if strict
            else "Flux 2.9 and later refuse to build with it, older ones write nothing in its place"
        )
        yield Claim(
            f"Nothing defines `${{{reference.name}}}`, which the {manifest.kind} {manifest.name} uses without a "
            f"default: {happens}{hint(reference.name, known)}",
            reference.place,
            severity=Severity.ERROR if strict else None,
            no_fix="define it in `postBuild`, give it a default (`${NAME:=value}`), or write `$${NAME}` where it is "
            "not Flux's",
            object=ObjectRef(manifest.api_version, manifest.kind, manifest.namespace, manifest.name),
        )


def _names_immich(manifest: Manifest, stack: Stack) -> bool:
    repository = stack.repository
    path = manifest.home.document.path
    return repository is not None and ("immich" in path or b"immich" in repository.raw(path))


def dependency_missing(stack: Stack, context: Context) -> Iterator[Claim]:
    """IML805: the Kustomization that applies Immich does not wait for the one that applies its database."""
    applier = stack.environment.applier
    if stack.engine != "flux" or applier is None or not stack.components(SERVER):
        return
    for other in stack.others:
        database = next((cluster for cluster in other.clusters if cluster.use), None)
        of = other.environment.applier
        if database is None or of is None or other.engine != "flux":
            continue
        if not _waits(applier, of, stack) and not _waits(of, applier, stack):
            yield _independent(applier, of, database)


def _independent(applier: Applier, of: Applier, database: Cluster) -> Claim:
    elsewhere = bool(of.namespace) and of.namespace != applier.namespace
    entry = f"- {{name: {of.name}, namespace: {of.namespace}}}" if elsewhere else f"- name: {of.name}"
    return Claim(
        f"The Kustomization {applier.name} applies Immich and does not depend on {of.name}, which applies its "
        f"database (the Cluster {database.name}): where both are new, Immich starts before its database is there, and "
        f"restarts until it is. Add {of.name}{f', of the namespace {of.namespace}, ' if elsewhere else ' '}to "
        "`dependsOn`.",
        applier.place,
        related=(Related(of.place, "this applies the database"),),
        no_fix=f"add `{entry}` to `spec.dependsOn`",
        object=ObjectRef(applier.manifest.api_version, "Kustomization", applier.namespace, applier.name),
    )


def _waits(applier: Applier, of: Applier, stack: Stack) -> bool:
    """Whether one Kustomization waits for another one, directly or not, or that is not known."""
    wanted = (of.name, of.namespace)
    seen: set[tuple[str, str]] = set()
    pending = [(item.name, item.namespace) for item in applier.depends_on]
    while pending:
        name, namespace = pending.pop()
        if (name, namespace) == wanted or (name == of.name and not (namespace and of.namespace)):
            return True
        if (name, namespace) not in seen:
            seen.add((name, namespace))
            found = list(_named(name, stack))
            if not found:
                return True
            for manifest in found:
                pending += _dependencies(manifest, namespace)
    return False


def _named(name: str, stack: Stack) -> Iterable[Manifest]:
    repository = stack.repository
    return objects_named(repository, "Kustomization", name, FLUX) if repository is not None else ()


def _dependencies(manifest: Manifest, namespace: str) -> Iterator[tuple[str, str]]:
    field = look(manifest.tree, ("spec", "dependsOn"))
    for index in range(len(field.tree.items)) if isinstance(field.tree, Seq) else ():
        name = look(manifest.tree, ("spec", "dependsOn", index, "name")).text
        own = look(manifest.tree, ("spec", "dependsOn", index, "namespace")).text
        if name:
            yield name, own or namespace
