"""The check that no password of the database or of Redis stands readable in the manifests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import REMOVED, Change, Safety
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import CNPG, Cluster
from immichlint.stack.container import Container
from immichlint.stack.services import service_host
from immichlint.stack.sought import Found
from immichlint.stack.stack import Stack
from immichlint.stack.use import database_host
from immichlint.stack.variables import Variable
from immichlint.stack.view import View
from immichlint.yamltree.lookup import Data

_PASSWORD: Final = "DB_PASSWORD"
_URL: Final = "DB_URL"
_NAMES: Final = (_PASSWORD, _URL, "POSTGRES_PASSWORD", "REDIS_PASSWORD")
_FILLED_LATER: Final = ("$(", "${", "{{", "<path:", "ref+", "vault:", "op://")
"""What stands for a value that something else puts there."""
_BOOTSTRAPS: Final = ("initdb", "recovery", "pg_basebackup")


def plaintext(container: Container, context: Context) -> Iterator[Claim]:
    """IML403: a password is written as the value of a variable (I§3.1). Its text is never told."""
    for name in _NAMES:
        variable = container.variable(name)
        if not _is_readable(variable) or variable.place is None:
            continue
        change = _change(container, variable, context.stack)
        where = "" if variable.source == "env" else f", in the {variable.source}"
        what = "the password in it" if name == _URL else "the password"
        yield Claim(
            f"`{name}` is written out{where}: whoever can read the repository can read {what}, in its history too. "
            f"Take it from a Secret (`secretKeyRef`){_advice(change)}, and change the password.",
            variable.place,
            change=change,
            no_fix="" if change is not None else "which Secret is to hold it is for you to decide",
        )


def _is_readable(variable: Variable) -> bool:
    if not variable.known or not variable.text or not _is_own(variable):
        return False
    if any(mark in variable.text for mark in _FILLED_LATER):
        return False
    if variable.name != _URL:
        return not _is_blank(variable.text)
    from immichlint.stack.url import parse_url

    url = parse_url(variable.text)
    return url is not None and bool(url.password) and not _is_blank(url.password or "")


def _is_blank(text: str) -> bool:
    """Whether a text only says what belongs there, such as `<password>`: of an example, or for a tool to fill in."""
    return text.startswith("<") and text.endswith(">")


def _is_own(variable: Variable) -> bool:
    """Whether a manifest gives its value, and no Secret."""
    return variable.source == "env" or variable.source.startswith("ConfigMap ")


def _advice(change: Change | None) -> str:
    return ", such as the one of the Cluster" if change is not None else ""


def _change(container: Container, variable: Variable, stack: Stack) -> Change | None:
    """To take it from the Secret that CNPG makes or is given, where the database is a Cluster's."""
    if variable.name != _PASSWORD or variable.source != "env" or variable.reference is not None:
        return None
    secret = _secret(container, stack)
    if not secret:
        return None
    step = f"[name={_PASSWORD}]"
    source: Data = {"secretKeyRef": {"name": secret, "key": "password"}}
    return Change(
        f"take it from the Secret {secret}",
        Safety.UNSAFE,
        (
            container.effect("env", step, "value", value=REMOVED),
            container.effect("env", step, "valueFrom", value=source),
        ),
        after=f"The Secret {secret} holds the password of the role that owns the Cluster's database: see that it is "
        "the role that `DB_USERNAME` names. The old password stays in the history of the repository: change it.",
    )


def _secret(container: Container, stack: Stack) -> str:
    """The Secret with the password of the Cluster that a server connects to; empty where that is not certain."""
    text = database_host(container)
    host = service_host(text, container.namespace) if text else None
    if host is None or host.namespace != container.namespace:
        return ""
    found = stack.seek("Service", "", host.namespace, host.name)
    if not isinstance(found, Found) or (found.view.object.manifest.kind, found.view.object.manifest.group) != (
        "Cluster",
        CNPG,
    ):
        return ""
    cluster = Cluster(found.view.object)
    return _own_secret(cluster) or f"{cluster.name}-app"


def _own_secret(cluster: View) -> str:
    names = [cluster.field("spec", "bootstrap", method, "secret", "name").text for method in _BOOTSTRAPS]
    return next((name for name in names if name), "")
