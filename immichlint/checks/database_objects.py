"""The extensions of a database that a Database object makes (C§5, I§5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Confidence, Severity
from immichlint.rules.model import Claim
from immichlint.stack.backups import CNPG, Cluster
from immichlint.stack.bootstrap_sql import IN_TEMPLATE, created, is_all_known
from immichlint.stack.clients import clients, database_name
from immichlint.stack.release import has, parse_release, since
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.use import connection
from immichlint.stack.view import View
from immichlint.trees.tree import Seq

_EXTENSIONS: Final = "database-extensions"


def immichs_database(cluster: Cluster, stack: Stack) -> View | None:
    """The Database object that makes the database that Immich certainly uses; None for a Cluster that is no new one,
    or whose SQL is not all known."""
    bootstrap = cluster.field("spec", "bootstrap")
    others = [cluster.field("spec", "bootstrap", name) for name in ("recovery", "pg_basebackup")]
    imported = cluster.field("spec", "bootstrap", "initdb", "import")
    if bootstrap.unknown or not all(other.absent for other in (*others, imported)) or not is_all_known(cluster):
        return None
    names = {database_name(item) for item in clients(cluster, stack) if connection(item, cluster)}
    found = [view for view in _databases(cluster, stack) if view.field("spec", "name").text in names - {None}]
    return found[0] if len(found) == 1 and len(names) == 1 else None


def _databases(cluster: Cluster, stack: Stack) -> Iterator[View]:
    for item in stack.everywhere("Database", CNPG):
        view = View(item)
        named = view.field("spec", "cluster", "name").text == cluster.name
        if named and may_share(view.namespace, cluster.namespace) and view.field("spec", "ensure").text != "absent":
            yield view


def lacks(database: View, cluster: Cluster) -> bool:
    """Whether what Immich cannot create itself is certainly not created in the database."""
    listed = _listed(database)
    template = {item.name for item in created(cluster) if item.list_name == IN_TEMPLATE}
    return listed is not None and load("operand_images")["created"]["needed"] not in (*listed, *template)


def _listed(database: View) -> list[str] | None:
    """The extensions that it lists; None where they are not all known."""
    field = database.field("spec", "extensions")
    if field.absent:
        return []
    if not isinstance(field.tree, Seq) or field.tree.open:
        return None
    found = [database.field("spec", "extensions", index, "name").text for index in range(len(field.tree.items))]
    return None if None in found else [name for name in found if name is not None]


def lacking(database: View, cluster: Cluster, operator: str | None, *, sure: bool) -> Claim:
    """What IML405 says of a Database object."""
    needed = load("operand_images")["created"]["needed"]
    first = _first()
    role = "is no superuser" if sure else "may be no superuser"
    release = parse_release(operator)
    change = None if release is not None and not has(release, since(_EXTENSIONS)) else _change(database, cluster)
    return Claim(
        f"The Database {database.name} makes `{database.field('spec', 'name').text}` on the Cluster {cluster.name} "
        f"without the extension `{needed}`, and nothing else here creates it there. In a database that is made anew, "
        f'Immich creates its extensions at the start, which takes a superuser, and its role {role}: "permission denied '
        f'to create extension". List what it needs under `extensions` (CNPG {first} or later).',
        database.nearest("spec", "extensions", *(() if database.field("spec", "extensions").absent else ("",))),
        # Into a Cluster that runs, people also put them by hand.
        severity=Severity.WARNING,
        confidence=None if sure else Confidence.MEDIUM,
        change=change,
        no_fix="" if change is not None else f"the operator has no `extensions` before {first}",
    )


def _first() -> str:
    """The branch of CNPG that was the first with `extensions`."""
    return since(_EXTENSIONS)[0].rpartition(".")[0]


def _change(database: View, cluster: Cluster) -> Change:
    listed = _listed(database) or []
    preload = cluster.field("spec", "postgresql", "shared_preload_libraries").tree
    libraries = [item for item in preload.items if getattr(item, "value", None)] if isinstance(preload, Seq) else []
    with_vchord = any("vchord" in str(getattr(item, "value", "")) for item in libraries)
    wanted = ["vector", *(["vchord"] if with_vchord else []), "cube", "earthdistance"]
    added = [name for name in wanted if name not in listed]
    route = ("spec", "extensions")
    effects = (
        tuple(Effect(database.object.key, (*route, f"[name={name}]", "name"), name) for name in added)
        if listed
        else (Effect(database.object.key, route, [{"name": name} for name in added]),)
    )
    return Change(
        f"list {', '.join(f'`{name}`' for name in added)}",
        Safety.UNSAFE,
        effects,
        after=f"This takes CNPG {_first()} or later, which creates them in the database that is there too.",
    )
