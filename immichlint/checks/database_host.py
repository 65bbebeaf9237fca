"""The check of the host that Immich takes its database from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.container import Container
from immichlint.stack.services import ServiceHost, service_host
from immichlint.stack.sought import Absent, Elsewhere, Found
from immichlint.stack.stack import Stack
from immichlint.stack.variables import filled
from immichlint.yamltree.place import Place

_DEFAULT: Final = "database"
"""Where a server looks for its database without `DB_URL` and `DB_HOSTNAME` (I§3.1)."""
_FROM_FILES: Final = ("DB_URL_FILE", "DB_HOSTNAME_FILE", "CREDENTIALS_DIRECTORY")
"""What makes the image's start script read them from files (I§2.3)."""
_READING: Final = {"-ro": "only reads, on the standbys", "-r": "reads, on any instance"}


class _Written(NamedTuple):
    """A host and how it is said."""

    text: str
    said: str
    place: Place
    variable: str = ""


def unresolved(server: Container, context: Context) -> Iterator[Claim]:
    """IML401: the database host only reads, or is no Service of what is applied there (C§6)."""
    written = _host(server, context.stack)
    host = service_host(written.text, server.namespace) if written is not None else None
    if written is None or host is None:
        return
    found = context.stack.seek("Service", "", host.namespace, host.name)
    if isinstance(found, Found) and found.made:
        yield from _read_only(server, written, host, Cluster(found.view.object), context.stack)
    elif isinstance(found, Elsewhere) and (host.certain or found.made):
        there = found.view.namespace
        yield Claim(
            f"{written.said}, which is looked up in the namespace {host.namespace}, and what is applied there makes "
            f"no Service of this name; one is in the namespace {there}. Immich does not start without its database: "
            f"write `{host.name}.{there}.svc`.",
            written.place,
            related=(Related(found.view.object.name_place, f"this makes the Service in {there}"),),
            no_fix=f"write `{host.name}.{there}.svc` if that database is meant",
        )
    elif isinstance(found, Absent) and (host.certain or _is_a_namespace(host.namespace, context.stack)):
        from immichlint.text.nearest import hint, nearest

        near = nearest(host.name, names := _writable(found.names))
        evident = near is not None or "." in written.text or not written.variable or _is_cnpg(host.name)
        where = f" in the namespace {host.namespace}" if host.namespace else ""
        yield Claim(
            f"{written.said}, and nothing that is applied{where} makes a Service of this name: Immich does not start "
            f"without its database{hint(host.name, names)}",
            written.place,
            confidence=None if evident else Confidence.MEDIUM,
            no_fix="name the Service of the database" + (f", perhaps `{near}`" if near else ""),
        )


def _host(server: Container, stack: Stack) -> _Written | None:
    """The host that a server connects to; None where it is not known. The default is one only where Immich's database
    is here too: else the repository does not show all of it."""
    url, host = server.variable("DB_URL"), server.variable("DB_HOSTNAME")
    if url.unknown or host.unknown:
        return None
    if url.text:
        from immichlint.stack.use import database_host

        name = database_host(server)
        return _Written(name, f"The host in `DB_URL` is `{name}`", url.place or server.name_place) if name else None
    if host.text:
        name, place = filled(host.value), host.place or server.name_place
        # What another variable says is corrected there.
        variable = "" if host.expanded else "DB_HOSTNAME"
        return _Written(name, f"`DB_HOSTNAME` is `{name}`", place, variable) if name else None
    clusters = (item for other in (stack, *stack.others) for item in other.clusters)
    own = next((item for item in clusters if item.use.confidence in ("high", "medium")), None)
    if own is None or not all(server.variable(name).absent for name in _FROM_FILES):
        return None
    said = f"Neither `DB_HOSTNAME` nor `DB_URL` is set, so that {server.label} connects to the host `{_DEFAULT}` "
    said += f"and not to `{own.name}-rw`"
    return _Written(_DEFAULT, said, server.name_place)


def _read_only(
    server: Container, written: _Written, host: ServiceHost, cluster: Cluster, stack: Stack
) -> Iterator[Claim]:
    """The Services of a Cluster that do not lead to its primary."""
    suffix = next((end for end in _READING if host.name == f"{cluster.name}{end}"), "")
    if not suffix or cluster.object.manifest.kind != "Cluster":
        return
    primary = f"{cluster.name}-rw"
    effect = _set(server, written, primary, stack)
    alone = suffix == "-r" and cluster.field("spec", "instances").value == 1
    fails = (
        "with its one instance that happens to be the primary; with a second one Immich would fail to write"
        if alone
        else "Immich writes at every start, and fails"
    )
    yield Claim(
        f"{written.said}: this Service of the Cluster {cluster.name} is for {_READING[suffix]}. "
        f"{fails[0].upper()}{fails[1:]}. Write `{primary}`, which leads to the primary.",
        written.place,
        severity=Severity.WARNING if alone else None,
        related=(Related(cluster.object.name_place, "the Cluster"),),
        change=Change(f"connect to `{primary}`", Safety.SAFE, (effect,)) if effect is not None else None,
        no_fix="" if effect is not None else f"write `{primary}` as the host",
    )


def _set(server: Container, written: _Written, primary: str, stack: Stack) -> Effect | None:
    """The effect of another host; None where it stands in a URL or in what is not one of the manifests."""
    _, dot, rest = written.text.partition(".")
    value = f"{primary}{dot}{rest}"
    if not written.variable:
        return None
    variable = server.variable(written.variable)
    if variable.source == "env":
        return server.effect("env", f"[name={written.variable}]", "value", value=value)
    kind, _, source = variable.source.partition(" ")
    found = stack.find(kind, "", server.namespace, source) if kind == "ConfigMap" else None
    return Effect(found.key, ("data", written.variable), value) if found is not None else None


def _writable(names: tuple[str, ...]) -> list[str]:
    """The names of Services without those of a Cluster that do not lead to its primary."""
    primaries = {name.removesuffix("-rw") for name in names if name.endswith("-rw")}
    return [name for name in names if not any(name == f"{cluster}{end}" for cluster in primaries for end in _READING)]


def _is_cnpg(name: str) -> bool:
    """Whether a Service's name is of the form that CNPG gives."""
    return name.endswith(("-rw", "-ro", "-r"))


def _is_a_namespace(namespace: str, stack: Stack) -> bool:
    """Whether anything is applied in a namespace: `db.lan` is no Service."""
    return any(item.manifest.namespace == namespace for other in (stack, *stack.others) for item in other.objects)
