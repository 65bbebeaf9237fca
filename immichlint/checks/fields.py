"""Fields that CloudNativePG's objects do not have, and values that they do not take (IML903)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from immichlint.facts import load
from immichlint.facts.crd import Crd, known_crd
from immichlint.findings.finding import Confidence
from immichlint.rules.model import Claim, Context
from immichlint.stack.fields import REQUIRED, UNKNOWN, Misfit, misfits
from immichlint.stack.release import OPERATORS, Running, parse_release
from immichlint.stack.view import View


def misfit(view: View, context: Context) -> Iterator[Claim]:
    """IML903: what the schema of the object's kind refuses (C§8)."""
    manifest = view.object.manifest
    if manifest.unsettled:
        return
    crd = _given(view, context) or known_crd(manifest.api_version, manifest.kind)
    if crd is None:
        yield from _by_the_repository(view, context)
        return
    facts = load("crd_field_owners")
    moved = facts["moved"].get(manifest.kind, {})
    found = [item for item in misfits(view.tree, crd) if not _is_owned(item, facts)]
    if crd.project:
        yield from _too_new(view, crd, context)
        found = _confirmed(found, view, crd, context)
    if found:
        from immichlint.checks.field_claims import claims

        yield from claims(found, view, crd, moved)


def _by_the_repository(view: View, context: Context) -> Iterator[Claim]:
    """What every definition of another operator's kind that the repository has refuses: which of several is applied
    is not asked."""
    crds = _own(view, context)
    found = _refused_by_all(list(misfits(view.tree, crds[0])), view, crds[1:]) if crds else []
    if found:
        from immichlint.checks.field_claims import claims

        for claim in claims(found, view, crds[0], {}):
            yield claim._replace(confidence=Confidence.MEDIUM)


def _given(view: View, context: Context) -> Crd | None:
    """The schema from the folders that the configuration names."""
    folders = context.parameters["crd-paths"]
    repository = context.stack.repository
    if not folders or repository is None:
        return None
    from immichlint.stack.definitions import definitions

    manifest = view.object.manifest
    return next(iter(definitions(repository, manifest.api_version, manifest.kind, folders)), None)


def _too_new(view: View, crd: Crd, context: Context) -> Iterator[Claim]:
    """What came with a later release than the one that runs, unless a definition in the repository has it."""
    from immichlint.stack.field_history import later

    found = list(later(view.tree, view.object.manifest.kind))
    running = context.running(OPERATORS[crd.project]) if found else Running()
    release = running.release
    found = [item for item in found if not item.is_known_to(release)] if release is not None else []
    if found:
        from immichlint.checks.newer_fields import newer_fields

        yield from newer_fields(view, found, running, crd, next(iter(_own(view, context)), None))


def _confirmed(found: list[Misfit], view: View, crd: Crd, context: Context) -> list[Misfit]:
    """What the operator that runs refuses too, and a definition in the repository, which may be another release's."""
    running = context.running(OPERATORS[crd.project]) if found else Running()
    if not found or _may_know_more(running, crd):
        return []
    if running.release is not None:
        from immichlint.stack.field_history import had

        kind, release = view.object.manifest.kind, running.release
        found = [item for item in found if item.problem != UNKNOWN or not had(kind, item.route, release)]
    return _refused_by_all(found, view, _own(view, context))


def _refused_by_all(found: list[Misfit], view: View, crds: Sequence[Crd]) -> list[Misfit]:
    """What each of some schemas refuses too."""
    for crd in crds:
        refused = {(item.route, item.problem) for item in misfits(view.tree, crd)}
        found = [item for item in found if (item.route, item.problem) in refused]
    return found


def _own(view: View, context: Context) -> tuple[Crd, ...]:
    """The schemas that definitions in the repository give the object's kind."""
    repository = context.stack.repository
    if repository is None:
        return ()
    from immichlint.stack.definitions import definitions

    manifest = view.object.manifest
    return definitions(repository, manifest.api_version, manifest.kind)


def _may_know_more(running: Running, crd: Crd) -> bool:
    """Whether the operator is newer than the fields that are known."""
    newest, release = parse_release(crd.release), running.release
    return running.is_newer or (release is not None and newest is not None and release[:2] > newest[:2])


def _is_owned(item: Misfit, facts: Mapping[str, Any]) -> bool:
    """Whether another rule speaks of it."""
    names = [str(step) for step in item.route]
    return names[-1] in facts["fields"] or (item.problem == REQUIRED and any(name in facts["below"] for name in names))
