"""The check that no two histories are written into one archive."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.archives import Archive, read_by, written_by
from immichlint.stack.backups import Cluster

_UNCHECKED = "cnpg.io/skipEmptyWalArchiveCheck"


def collision(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML119: two Clusters write to one archive, or one is restored from the archive that it writes to (C§5)."""
    stack = context.stack
    own = written_by(cluster, stack)
    if own is None:
        return
    for other in (item for beside in (stack, *stack.others) for item in beside.clusters):
        if other.object.manifest.home == cluster.object.manifest.home or (other.use and _first(cluster, other)):
            continue
        theirs = written_by(other, stack)
        if theirs is not None and own.is_same(theirs):
            together = other.object.environment == cluster.object.environment
            yield Claim(
                f"The Clusters {cluster.name} and {other.name} write to the same archive, {_where(own)}: the WAL of "
                "one stands among that of the other, archiving stops, and neither can be restored. Give each a "
                "`serverName` of its own.",
                own.place,
                confidence=Confidence.HIGH if together else Confidence.MEDIUM,
                related=(Related(theirs.place, f"the archive of {other.name}"),),
                no_fix="which of the two owns what is in the archive is not in the repository",
            )
    yield from _own_source(cluster, own, context)


def _own_source(cluster: Cluster, own: Archive, context: Context) -> Iterator[Claim]:
    source = read_by(cluster, context.stack)
    unchecked = cluster.field("metadata", "annotations", _UNCHECKED)
    if source is None or not own.is_same(source):
        return
    if unchecked.unknown or unchecked.text in load("guards")["cluster"][_UNCHECKED]["values"]:
        return  # The check that would stop it is switched off, which is IML125.
    yield Claim(
        f"The Cluster {cluster.name} is restored from the archive that it writes to, {_where(own)}: made anew, it "
        'stops with "Expected empty archive", because the old backups are there. Write another `serverName` for what '
        "it writes, such as the old one with `-2`, before it is made anew.",
        own.place,
        severity=Severity.WARNING,
        related=(Related(source.place, "what it is restored from"),) if source.place != own.place else (),
        no_fix="the running Cluster would start a new archive: take a base backup then",
    )


def _first(one: Cluster, other: Cluster) -> bool:
    """Whether the pair is reported where the other one is judged: once for two of Immich's."""
    return (one.namespace, one.name, one.object.key) < (other.namespace, other.name, other.object.key)


def _where(archive: Archive) -> str:
    return f"`{archive.path}/{archive.server}`" if "://" in archive.path else f"`{archive.server}` in {archive.path}"
