"""What another version of PostgreSQL or VectorChord asks for when a change brings it (IML418)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.operand import VECTORCHORD, Operand, operand_of
from immichlint.stack.release import has, since
from immichlint.stack.stack import Stack
from immichlint.yamltree.place import Place

_IN_PLACE = "major-upgrade-in-place"
"""The release of CNPG that upgrades PostgreSQL's major version in place (C§5)."""
_UPDATE = "`ALTER EXTENSION vchord UPDATE; REINDEX INDEX face_index; REINDEX INDEX clip_index;`"
"""I§5.3."""


def changed(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML418: an earlier revision ran another major version of PostgreSQL, or another VectorChord."""
    old = _former(cluster, context.before or (), context.stack)
    new = operand_of(cluster, context.stack)
    if old is None or new is None or not old.sure or not new.sure:
        return
    steps = [*_postgres(old, new, context), *_vectorchord(old, new)]
    if steps:
        yield Claim(
            f"This changes the image of the Cluster {cluster.name} from {old.label} to {new.label}. {' '.join(steps)}",
            _place(old, new),
            no_fix="this is for you to do, in its order",
        )


def _former(cluster: Cluster, before: Iterable[Stack], stack: Stack) -> Operand | None:
    """What the same Cluster ran at an earlier revision: in the environment of the same name, else in the only one."""
    found = [
        (each, item)
        for each in before
        for item in each.clusters
        if (item.name, item.namespace) == (cluster.name, cluster.namespace)
    ]
    same = [(each, item) for each, item in found if each.name == stack.name] or found
    return operand_of(same[0][1], same[0][0]) if len(same) == 1 else None


def _postgres(old: Operand, new: Operand, context: Context) -> Iterator[str]:
    if old.major is None or new.major is None or old.major == new.major:
        return
    if new.major < old.major:
        yield (
            f"PostgreSQL {new.major} cannot read what PostgreSQL {old.major} has written, and CNPG refuses to go down: "
            "write the image of before."
        )
        return
    running = context.running("cnpg")
    release = running.release
    if release is not None and not has(release, since(_IN_PLACE)):
        yield (
            f"CNPG {running.version} does not take PostgreSQL from {old.major} to {new.major} in place (1.26 "
            "and later do): make a new Cluster that imports the database, or upgrade the operator first."
        )
        return
    yield (
        f"PostgreSQL goes from {old.major} to {new.major}: CNPG (1.26 and later) stops all instances, runs "
        "`pg_upgrade` and makes the replicas anew. Take a base backup before, stop Immich, and take another base "
        "backup afterwards: no backup from before can be rolled forward into the new version."
    )


def _vectorchord(old: Operand, new: Operand) -> Iterator[str]:
    before, after = (item.held[VECTORCHORD].version if item.has(VECTORCHORD) else "" for item in (old, new))
    if before and after and before != after:
        yield (
            f"VectorChord goes from {before} to {after}: the library is new with the restart, and the extension in the "
            f"database is not. Unless Immich connects as a superuser, run {_UPDATE} as one in Immich's database then."
        )


def _place(old: Operand, new: Operand) -> Place:
    held = new.held.get(VECTORCHORD)
    return held.place if held is not None and held.place is not None and old.major == new.major else new.place
