"""The check that Immich does not connect through a pooler that gives a connection away after each transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import CNPG
from immichlint.stack.container import Container
from immichlint.stack.services import service_host
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.use import database_host
from immichlint.stack.view import View

_BREAKING: Final = ("transaction", "statement")


def transaction_mode(server: Container, context: Context) -> Iterator[Claim]:
    """IML417: the database host is a Pooler whose connections last for a transaction."""
    text = database_host(server)
    host = service_host(text, server.namespace) if text else None
    pooler = _pooler(host.name, host.namespace, context.stack) if host is not None else None
    if text is None or pooler is None:
        return
    mode = pooler.field("spec", "pgbouncer", "poolMode")
    cluster = pooler.field("spec", "cluster", "name").text
    if mode.text not in _BREAKING or mode.place is None:
        return
    variable = server.variable("DB_HOSTNAME" if server.variable("DB_URL").absent else "DB_URL")
    primary = f"{cluster}-rw{text[len(text.partition('.')[0]) :]}" if cluster else ""
    change = None
    if primary and variable.name == "DB_HOSTNAME" and variable.source == "env" and not variable.expanded:
        effect = server.effect("env", f"[name={variable.name}]", "value", value=primary)
        change = Change(
            f"connect to `{primary}`",
            Safety.UNSAFE,
            (effect,),
            after="See that the Cluster allows as many connections as Immich opens, and that Immich's role and network "
            "policies allow it to connect directly.",
        )
    yield Claim(
        f"Immich's database host `{text}` is the Pooler {pooler.name}, whose `poolMode` is `{mode.text}`: a connection "
        "goes to somebody else after each transaction. Immich takes locks that belong to the session when it starts "
        "and migrates, and these are lost or stay behind. "
        + (f"Connect to `{primary}`, or" if primary else "Connect to the Cluster itself, or")
        + " give Immich a Pooler of its own with `poolMode: session`.",
        variable.place or server.name_place,
        related=(Related(mode.place, f"the Pooler {pooler.name}"),),
        change=change,
        no_fix="" if change is not None else "connect to the Cluster's `-rw` Service, or to a Pooler with sessions",
    )


def _pooler(name: str, namespace: str, stack: Stack) -> View | None:
    found = [
        View(item)
        for item in stack.everywhere("Pooler", CNPG)
        if item.manifest.name == name and may_share(item.manifest.namespace, namespace)
    ]
    return found[0] if len(found) == 1 else None
