"""Checks of what pruning would delete with all its data: Immich's Cluster, and the claim with the photos."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.checks.argo import is_ignored, respects_ignored
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.pruning import ARGO, HELM, Guard, missing_guard, outlives
from immichlint.stack.server import Server
from immichlint.stack.stack import Stack
from immichlint.stack.storage import claim_of, kind_of_class
from immichlint.stack.view import View
from immichlint.trees.tree import Map


def cluster(target: Cluster, context: Context) -> Iterator[Claim]:
    """IML409: pruning deletes the Cluster, and with it the volumes that it owns (C§5, C§9)."""
    guard = missing_guard(target, context.stack)
    if guard is not None:
        yield _claim(
            target,
            guard,
            context.stack,
            f"{_what_happens(guard)}: when the Cluster {target.name} vanishes from Git (a moved file, a renamed "
            "folder, a Kustomization that is taken away), it is deleted, and its volumes, which it owns, go with it.",
        )


def media_claim(server: Container, context: Context) -> Iterator[Claim]:
    """IML501: pruning deletes the claim with the photos, and with it, by most classes, the volume."""
    for mount in Server(server).kept_mounts:
        claim = claim_of(mount, server, context.stack)
        if claim is None or claim.route or outlives(claim, context.stack):
            continue
        guard = missing_guard(claim, context.stack)
        if guard is not None:
            known = kind_of_class(claim.field("spec", "storageClassName").text or "", context.stack)
            found = _claim(
                claim,
                guard,
                context.stack,
                f"{_what_happens(guard)}: when the PersistentVolumeClaim "
                f"{claim.name} vanishes from Git, it is deleted, and by its class (unless that retains) its volume, "
                "with the media that Immich keeps there.",
            )
            # A class that is not known may be one that keeps its volumes.
            yield found if known else found._replace(confidence=Confidence.MEDIUM)


def _what_happens(guard: Guard) -> str:
    return f"{guard.engine} {'uninstalls' if guard is HELM else 'prunes'}"


def _claim(view: View, guard: Guard, stack: Stack, message: str) -> Claim:
    field = view.field("metadata", "annotations", guard.key)
    written = [item.strip() for item in (field.text or "").split(",") if item.strip()]
    missing = [item for item in guard.value.split(",") if item not in written]
    value = ",".join([*written, *missing]) if guard is ARGO else guard.value
    applier = stack.environment.applier
    related = (Related(applier.pruning.place, "this prunes"),) if applier is not None else ()
    return Claim(
        f"{message} Guard it with the annotation `{guard.key}: {value}`.",
        field.place or view.nearest("metadata", "annotations", guard.key),
        related=related,
        change=Change(
            f"guard it with `{guard.key}: {value}`",
            Safety.SAFE,
            (view.effect("metadata", "annotations", guard.key, value=value),),
            after=_after(view, guard, applier.tree) if applier is not None else "",
        ),
        object=view.ref,
    )


def _after(view: View, guard: Guard, application: Map) -> str:
    """What is to be done where Argo CD does not look at annotations: what it prunes by are those in the cluster."""
    if guard is not ARGO or not is_ignored(application, view, "metadata/annotations"):
        return ""
    by_hand = f"`kubectl annotate {view.object.manifest.kind.lower()} {view.name} {guard.key}={guard.value}`"
    if respects_ignored(application):
        return f"The Application's `ignoreDifferences` keep the annotation out of the cluster: set it there, {by_hand}."
    return "By the Application's `ignoreDifferences` the annotation alone starts no sync: sync once by hand."
