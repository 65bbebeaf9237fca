"""What is left of findings once people's ignores are heeded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from immichlint.findings.extent import lines_of
from immichlint.findings.finding import Finding, Severity
from immichlint.findings.ignore_comments import ignore_comments
from immichlint.findings.ignores import UNUSED_IGNORE, Ignored, StandingIgnore, apply_ignores
from immichlint.findings.selectors import Named
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.yamltree.place import Place


class Heeded(NamedTuple):
    """The findings that are reported, IML905 included, and those that are ignored."""

    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...] = ()


def heed(
    repository: Repository,
    findings: Sequence[Finding],
    standing: Sequence[StandingIgnore],
    known: Collection[Named],
    active: Mapping[str, Severity],
) -> Heeded:
    """The findings less those that comments and the configuration ignore, and one for each ignore in vain.

    `standing`: of the configuration. `known`: all rules there are. `active`: those that judged, with
    their severities; there is no IML905 without it. To be called before anything else leaves findings out (paths,
    confidence, a baseline), or an ignore of such a finding would seem in vain.
    """
    ignores = ignore_comments(repository)
    if not ignores and not standing:
        return Heeded(tuple(findings))

    def extent(place: Place) -> tuple[int, int] | None:
        return lines_of(repository, place)

    applied = apply_ignores(findings, extent, ignores, standing, known, active)
    if not applied.unused or UNUSED_IGNORE not in active:
        return Heeded(applied.kept, applied.ignored)
    from immichlint.findings.unused_ignores import unused_findings

    vain = list(unused_findings(applied.unused, repository, known, active[UNUSED_IGNORE]))
    judged = apply_ignores(vain, extent, ignores, standing, known, ())
    return Heeded((*applied.kept, *judged.kept), (*applied.ignored, *judged.ignored))
