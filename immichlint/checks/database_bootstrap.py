"""The check that the extensions that only a superuser may create are created in Immich's database (I§5.3, C§5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.checks.database_objects import immichs_database, lacking, lacks
from immichlint.facts import load
from immichlint.findings.change import REMOVED, Change, Effect, Safety
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import CNPG, Cluster
from immichlint.stack.bootstrap_sql import (
    IN_APPLICATION,
    IN_POSTGRES,
    INITDB,
    REACHING,
    Created,
    created,
    initdb_view,
    is_all_known,
    statements,
    words_of,
)
from immichlint.stack.clients import clients, comes_from, database_name
from immichlint.stack.container import Container
from immichlint.stack.operand import preloaded
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View
from immichlint.trees.tree import Leaf, Seq
from immichlint.yamltree.lookup import Data

_DEFAULT: Final = "app"
_IMMICH: Final = "immich"
_VECTORCHORD: Final = "vchord"
_WORD: Final = re.compile(r"\w+")
_PROGRAMS: Final = ("psql", "CREATE EXTENSION", "create extension")


class _Lack(NamedTuple):
    """What Immich's database lacks. `misplaced`: what is created in another one. `absent`: what nothing creates."""

    misplaced: tuple[Created, ...]
    absent: tuple[str, ...]


def wrong_database(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML405: the extensions of Immich are created in another database, or `earthdistance` nowhere, while Immich's
    role may not create them itself."""
    stack = context.stack
    made = immichs_database(cluster, stack)
    if made is not None and made.field("spec", "name").text != _own_database(cluster):
        owner = made.field("spec", "owner").text
        if owner and lacks(made, cluster) and not _made_elsewhere(cluster, stack):
            rights = _rights(cluster, owner, clients(cluster, stack), stack)
            if rights is not True:
                yield lacking(made, cluster, context.versions.get("cnpg"), sure=rights is False)
        return
    initdb = initdb_view(cluster)
    if initdb is None or not initdb.field("import").absent or not is_all_known(cluster):
        return
    database = _text(initdb, "database", _DEFAULT)
    owner = _text(initdb, "owner", database)
    servers = clients(cluster, stack)
    if not database or not owner or not _is_immichs(database, cluster, servers):
        return
    there = _listed(cluster, database, stack)
    lack = _lack(cluster, there) if there is not None else None
    if lack is None or _made_elsewhere(cluster, stack):
        return
    rights = _rights(cluster, owner, servers, stack)
    if rights is True:
        return
    yield _claim(cluster, database, lack, sure=rights is False)


def _own_database(cluster: Cluster) -> str:
    """The database that initdb makes."""
    return _text(View(cluster.object, INITDB), "database", _DEFAULT)


def _text(view: View, key: str, default: str) -> str:
    field = view.field(key)
    return default if field.absent else field.text or ""


def _is_immichs(database: str, cluster: Cluster, servers: tuple[Container, ...]) -> bool:
    """Whether it is certain that Immich uses the database that initdb makes."""
    for server in servers:
        secret = f"{cluster.name}-app"
        if comes_from(server.variable("DB_URL"), secret) or comes_from(server.variable("DB_DATABASE_NAME"), secret):
            return True
        name = database_name(server)
        if name is not None:
            return name == database
    return database == _IMMICH


def _listed(cluster: Cluster, database: str, stack: Stack) -> frozenset[str] | None:
    """The extensions that a Database object gives the database; None where they are not all known."""
    found: set[str] = set()
    for item in stack.everywhere("Database", CNPG):
        view = View(item)
        if view.field("spec", "cluster", "name").text != cluster.name:
            continue
        name, extensions = view.field("spec", "name"), view.field("spec", "extensions")
        if not may_share(view.namespace, cluster.namespace) or (name.known and name.text != database):
            continue
        if extensions.absent and name.known:
            continue
        if not name.known or not isinstance(extensions.tree, Seq) or extensions.tree.open:
            return None
        for index in range(len(extensions.tree.items)):
            text = view.field("spec", "extensions", index, "name").text
            if text is None:
                return None
            found.add(text)
    return frozenset(found)


def _lack(cluster: Cluster, there: frozenset[str]) -> _Lack | None:
    facts = load("operand_images")["created"]
    all_of = created(cluster)
    reached = {item.name for item in all_of if item.list_name in REACHING} | there
    ours = [item for item in all_of if item.name in facts or item.name in (facts["needed"], *facts["besides"])]
    misplaced = tuple(item for item in ours if item.list_name == IN_POSTGRES and item.name not in reached)
    placed = reached | {item.name for item in misplaced}
    absent = (facts["needed"],) if facts["needed"] not in placed else ()
    grave = [item for item in misplaced if item.name not in facts["besides"]]
    if not grave and not absent:
        return None
    # Immich takes VectorChord where PostgreSQL offers it.
    loaded = (_VECTORCHORD,) if _VECTORCHORD in (preloaded(cluster) or ()) and _VECTORCHORD not in placed else ()
    return _Lack(misplaced, (*loaded, *absent))


def _made_elsewhere(cluster: Cluster, stack: Stack) -> bool:
    """Whether something else in the repository may create the extensions: a job, a script."""
    needed = load("operand_images")["created"]["needed"]
    repository = stack.repository
    if repository is None:
        return True
    written = any(
        b"postInit" not in repository.raw(path)
        and not path.endswith((".md", ".txt"))
        and any(needed.encode() in line.partition(b"#")[0] for line in repository.raw(path).splitlines())
        for path in repository.containing(needed.encode())
    )
    near = [item for other in (stack, *stack.others) for item in other.containers]
    return written or any(
        (not item.runs_on or item.object.manifest.kind in ("Job", "CronJob"))
        and may_share(item.namespace, cluster.namespace)
        and ("postgres" in (item.field("image").text or "") or any(word in _words(item) for word in _PROGRAMS))
        for item in near
    )


def _words(container: Container) -> str:
    texts = []
    for name in ("command", "args"):
        tree = container.field(name).tree
        texts += [str(item.value) for item in tree.items if isinstance(item, Leaf)] if isinstance(tree, Seq) else []
    return " ".join(texts)


def _rights(cluster: Cluster, owner: str, servers: tuple[Container, ...], stack: Stack) -> bool | None:
    """Whether Immich's role may create the extensions; None where that is not known."""
    from immichlint.stack.role import connects_as_superuser, is_superuser, superuser_can_connect

    found = [connects_as_superuser(server, cluster, stack) for server in servers]
    if True in found:
        return True
    own = is_superuser(owner, cluster, stack)
    if own is not False or (found and all(item is False for item in found)):
        return own
    return None if superuser_can_connect(cluster) else False


def _claim(cluster: Cluster, database: str, lack: _Lack, *, sure: bool) -> Claim:
    names = ", ".join(f"`{item.name}`" for item in lack.misplaced)
    said = []
    if lack.misplaced:
        said.append(
            f"`postInitSQL` of the Cluster {cluster.name} runs in the database `postgres`, so that {names} "
            f"{'is' if len(lack.misplaced) == 1 else 'are'} created there and not in `{database}`, which Immich uses"
        )
    if lack.absent:
        subject = "nothing" if said else f"Nothing that the Cluster {cluster.name} runs"
        said.append(f"{subject} creates {' and '.join(f'`{name}`' for name in lack.absent)} in `{database}`")
    role = "is no superuser" if sure else "may be no superuser"
    place = lack.misplaced[0].place if lack.misplaced else None
    initdb = View(cluster.object, INITDB)
    return Claim(
        f"{' and '.join(said)}. Immich creates its extensions at the start, which takes a superuser, and "
        f'its role {role}: "permission denied to create extension". Create them in `postInitApplicationSQL`.',
        place or initdb.nearest(*((IN_APPLICATION, "") if statements(cluster, IN_APPLICATION) else (IN_APPLICATION,))),
        severity=None if sure else Severity.WARNING,
        confidence=None if sure else Confidence.MEDIUM,
        related=tuple(
            Related(item.place, "created in the database `postgres`")
            for item in lack.misplaced[1:]
            if item.place is not None
        ),
        change=_change(cluster, database, lack),
    )


def _change(cluster: Cluster, database: str, lack: _Lack) -> Change:
    """The statements go to the list of the application's database, with those that speak of the extensions; what
    nothing creates comes along."""
    indices = {item.position for item in lack.misplaced}
    names = {item.name for item in lack.misplaced}
    here = statements(cluster, IN_POSTGRES)
    moved = [
        text
        for index, text in enumerate(here)
        if (_only_creates(text) if index in indices else names & {*_WORD.findall(text.lower())})
    ]
    there = list(statements(cluster, IN_APPLICATION))
    added = [f"CREATE EXTENSION IF NOT EXISTS {name} CASCADE;" for name in lack.absent]
    effects: list[Effect] = []
    if moved and len(moved) == len(here):
        effects.append(cluster.effect(*INITDB, IN_POSTGRES, value=REMOVED))
    elif moved:
        rest: list[Data] = [text for text in here if text not in moved]
        effects.append(cluster.effect(*INITDB, IN_POSTGRES, value=rest))
    new: list[Data] = [*moved, *added]
    if there:
        effects += [cluster.effect(*INITDB, IN_APPLICATION, at, value=text) for at, text in enumerate(new, len(there))]
    else:
        effects.append(cluster.effect(*INITDB, IN_APPLICATION, value=new))
    return Change(
        "create the extensions in Immich's database",
        Safety.UNSAFE,
        tuple(effects),
        after=f"This acts only when the Cluster is created anew. In a Cluster that runs, create them once as "
        f"superuser in `{database}` (`kubectl cnpg psql {cluster.name} -- {database}`), or list them in a Database "
        "object (CNPG 1.26 or later).",
    )


def _only_creates(text: str) -> bool:
    return all(tuple(word.upper() for word in words[:2]) == ("CREATE", "EXTENSION") for words in words_of(text))
