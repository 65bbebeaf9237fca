"""The SQL that runs when a Cluster is made by initdb: which extensions it creates, and in which databases (C§5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.stack.backups import Cluster
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Leaf, Seq, decided_at
from immichlint.yamltree.place import Place

INITDB: Final = ("spec", "bootstrap", "initdb")
IN_POSTGRES: Final = "postInitSQL"
IN_TEMPLATE: Final = "postInitTemplateSQL"
IN_APPLICATION: Final = "postInitApplicationSQL"
LISTS: Final = (IN_POSTGRES, IN_TEMPLATE, IN_APPLICATION)
REACHING: Final = (IN_TEMPLATE, IN_APPLICATION)
"""What the application's database gets: CNPG makes it from `template1` after the SQL for that has run."""


class Created(NamedTuple):
    """An extension that a statement creates. `list_name`: of the three lists. `position`: of the item in it."""

    name: str
    list_name: str
    position: int
    place: Place | None


def initdb_view(cluster: Cluster) -> View | None:
    """`bootstrap.initdb`; None where the Cluster is made otherwise."""
    view = View(cluster.object, INITDB)
    others = [cluster.field("spec", "bootstrap", name) for name in ("recovery", "pg_basebackup")]
    return view if view.field().known and all(other.absent for other in others) else None


def created(cluster: Cluster) -> tuple[Created, ...]:
    """The extensions that the SQL of a Cluster creates, as far as it is known."""
    return tuple(item for name in LISTS for item in _created(cluster, name))


def is_all_known(cluster: Cluster) -> bool:
    """Whether all SQL that runs when the Cluster is made is known."""
    view = View(cluster.object, INITDB)
    refs = [view.field(f"{name}Refs") for name in LISTS]
    return all(ref.absent for ref in refs) and all(_texts(view.field(name)) is not None for name in LISTS)


def statements(cluster: Cluster, name: str) -> tuple[str, ...]:
    """The items of one of the lists, as far as they are known."""
    return tuple(text for text in _texts(View(cluster.object, INITDB).field(name)) or () if text is not None)


def words_of(sql: str) -> Iterator[tuple[str, ...]]:
    """The statements of a text, each as its words: quotes and comments away, as written otherwise."""
    lines = (line.partition("--")[0] for line in sql.splitlines())
    for statement in " ".join(lines).split(";"):
        words = tuple(word.strip('"') for word in statement.split())
        if words:
            yield words


def makes_superuser(cluster: Cluster, role: str) -> bool:
    """Whether a statement makes a role a superuser."""
    for name in LISTS:
        for text in statements(cluster, name):
            for words in words_of(text):
                upper = tuple(word.upper() for word in words)
                named = role in words and upper[0] in ("ALTER", "CREATE") and upper[1:2] in (("ROLE",), ("USER",))
                if named and "SUPERUSER" in upper:
                    return True
    return False


def _created(cluster: Cluster, name: str) -> Iterator[Created]:
    field = View(cluster.object, INITDB).field(name)
    for index, item in enumerate(field.tree.items if isinstance(field.tree, Seq) else ()):
        if not isinstance(item, Leaf) or not isinstance(item.value, str):
            continue
        place = decided_at(item)
        for words in words_of(item.value):
            upper = tuple(word.upper() for word in words)
            if upper[:2] != ("CREATE", "EXTENSION"):
                continue
            start = 5 if upper[2:5] == ("IF", "NOT", "EXISTS") else 2
            if len(words) > start:
                yield Created(words[start].lower(), name, index, place)


def _texts(field: Field) -> list[str] | None:
    """The texts of a list; None where they are not all known."""
    if field.absent:
        return []
    if not isinstance(field.tree, Seq) or field.tree.open:
        return None
    found = [item.value for item in field.tree.items if isinstance(item, Leaf) and isinstance(item.value, str)]
    return found if len(found) == len(field.tree.items) else None
