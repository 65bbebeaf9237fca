"""The check that a recovered Cluster gives Immich the Secret of its own database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.rules.model import Claim, Context, Profile
from immichlint.stack.app_secret import APP, is_cnpgs_own
from immichlint.stack.backups import Cluster
from immichlint.stack.clients import clients, comes_from, database_name
from immichlint.stack.container import Container
from immichlint.stack.stack import Stack

_RECOVERY: Final = ("spec", "bootstrap", "recovery")
_DEFAULT: Final = "app"
_KEYS: Final = ("DB_PASSWORD", "DB_USERNAME")


def database_default(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML413: a recovery names no database and no owner, so that `<cluster>-app` speaks of `app` (C§5)."""
    fields = [cluster.field(*_RECOVERY, name) for name in ("database", "owner", "secret")]
    if not cluster.field(*_RECOVERY).known or not all(field.absent for field in fields):
        return
    secret = f"{cluster.name}{APP}"
    takers = [server for server in clients(cluster, context.stack) if _takes(server, cluster, context.stack)]
    wrong = next((server for server in takers if _is_other(server, secret)), None)
    place = cluster.nearest(*_RECOVERY, "database")
    said = (
        f"`bootstrap.recovery` of the Cluster {cluster.name} names neither `database` nor `owner`: CloudNativePG takes "
        f"`{_DEFAULT}` for both when it makes the Cluster, and writes that into the Secret {secret}"
    )
    if wrong is None:
        yield Claim(
            f"{said}. If Immich's database has another name, whatever reads that Secret gets the wrong role and "
            "database.",
            place,
            severity=Severity.INFO,
            no_fix="name the database and the role that the backup has",
            profile=Profile.STRICT,
        )
        return
    name = database_name(wrong)
    variable = next(wrong.variable(key) for key in _KEYS if comes_from(wrong.variable(key), secret))
    yield Claim(
        f"{said}. {wrong.label[0].upper()}{wrong.label[1:]} takes `{variable.name}` from it and uses the database "
        f"`{name}`: after the recovery it cannot log in there. Write `database: {name}` and its `owner`.",
        place,
        related=(Related(variable.place or wrong.name_place, f"taken from the Secret {secret}"),),
        change=_change(cluster, wrong, str(name)),
    )


def _takes(server: Container, cluster: Cluster, stack: Stack) -> bool:
    """Whether a server takes its role from the Secret that CNPG makes. One of that name that something else makes is
    left as it is."""
    taken = any(comes_from(server.variable(key), f"{cluster.name}{APP}") for key in _KEYS)
    return taken and is_cnpgs_own(cluster, server.namespace, stack)


def _is_other(server: Container, secret: str) -> bool:
    """Whether it is certain that a server uses a database that is not the default."""
    if any(comes_from(server.variable(key), secret) for key in ("DB_URL", "DB_DATABASE_NAME")):
        return False
    name = database_name(server)
    return name is not None and name != _DEFAULT


def _change(cluster: Cluster, server: Container, name: str) -> Change:
    user = server.variable("DB_USERNAME")
    owner = user.text if user.known and user.text else name
    effects = tuple(
        Effect(cluster.object.key, (*_RECOVERY, key), value) for key, value in (("database", name), ("owner", owner))
    )
    return Change(
        f"name the database `{name}` and its owner `{owner}`",
        Safety.UNSAFE,
        effects,
        after=f"See that the backup has the database `{name}` and that the role `{owner}` owns it; in a Cluster that "
        f"runs, the Secret {cluster.name}-app has to name them already.",
    )
