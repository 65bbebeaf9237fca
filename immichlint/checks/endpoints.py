"""Checks of the server that backups are sent to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from immichlint.checks.destinations import configuration
from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster, ObjectStore
from immichlint.stack.services import is_loopback, service_host
from immichlint.trees.tree import Seq
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from urllib.parse import SplitResult


def unencrypted(destination: Cluster | ObjectStore, context: Context) -> Iterator[Claim]:
    """IML124: backups leave the cluster over plain HTTP."""
    found = _endpoint(destination)
    if found is None:
        return
    url, place = found
    host = url.hostname or ""
    if url.scheme != "http" or is_loopback(host) or service_host(host, destination.namespace) is not None:
        return
    if _is_cluster_address(host):
        return
    yield Claim(
        f"Backups go to `{host}` over plain HTTP, which is not in the cluster: who listens on the way reads the whole "
        "database, the hashes of the passwords included, and may change what is stored. Write `https://`, with "
        "`endpointCA` where the certificate is your own.",
        place,
        no_fix="the server has to offer HTTPS first",
    )


def in_same_cluster(destination: Cluster | ObjectStore, context: Context) -> Iterator[Claim]:
    """IML132: the backups are stored in the cluster that they are backups of."""
    found = _endpoint(destination)
    host = found[0].hostname or "" if found is not None else ""
    service = service_host(host, destination.namespace) if host else None
    if found is None or service is None or not service.certain:
        return
    from immichlint.stack.protection import may_lie_outside

    if may_lie_outside(service.name, context.stack):
        return
    yield Claim(
        f"Backups go to the Service `{service.name}` of this very cluster: what destroys the cluster's disks destroys "
        "the database together with its backups. Send them to another place, or copy that server's bucket there.",
        found[1],
        confidence=Confidence.MEDIUM,
        no_fix="where else backups can go is for you to decide",
    )


def checksum_variables(destination: Cluster | ObjectStore, context: Context) -> Iterator[Claim]:
    """IML136: a server other than AWS may refuse the checksums that newer clients send (C§4)."""
    found = _endpoint(destination)
    facts = load("checksum_variables")
    path = destination.field(*configuration(destination), "destinationPath").text or ""
    host = found[0].hostname or "" if found is not None else ""
    if not host or not path.startswith("s3://") or host.endswith(tuple(facts["aws"])) or found is None:
        return
    route = ("spec", "instanceSidecarConfiguration") if isinstance(destination, ObjectStore) else ("spec",)
    variables = facts["variables"]
    if isinstance(destination, Cluster) and not destination.field("spec", "envFrom").absent:
        return
    missing = [name for name in variables if not _is_set(destination, route, name)]
    if destination.field(*route, "env").unknown or len(missing) < len(variables):
        return
    where = "the plugin's sidecar (`instanceSidecarConfiguration.env`)" if len(route) > 1 else "`spec.env`"
    yield Claim(
        f"`{host}` is not AWS: newer clients send checksums with every upload, which some servers refuse, with errors "
        f"such as `XAmzContentSHA256Mismatch` or `NotImplemented`. Where backups fail like that, write "
        f"{' and '.join(f'`{name}: {value}`' for name, value in variables.items())} for {where}.",
        found[1],
        change=Change(
            "write the two checksum variables",
            Safety.UNSAFE,
            tuple(
                destination.effect(*route, "env", f"[name={name}]", "value", value=value)
                for name, value in variables.items()
            ),
            after="The instances restart, to take the variables.",
        ),
    )


def _is_set(destination: Cluster | ObjectStore, route: tuple[str, ...], name: str) -> bool:
    env = destination.field(*route, "env").tree
    count = len(env.items) if isinstance(env, Seq) else 0
    return any(destination.field(*route, "env", index, "name").text in (name, None) for index in range(count))


def _endpoint(destination: Cluster | ObjectStore) -> tuple[SplitResult, Place] | None:
    """The URL of the server, and where it is written; None for the provider's own, and where it is not known."""
    from immichlint.stack.url import parse_url

    field = destination.field(*configuration(destination), "endpointURL")
    if field.text is None or field.place is None:
        return None
    url = parse_url(field.text)
    return (url, field.place) if url is not None else None


def _is_cluster_address(host: str) -> bool:
    """Whether an address may be a Service's: those of the usual ranges."""
    return host.startswith(("10.", "fd")) and not any(letter.isalpha() for letter in host.removeprefix("fd")[:1])
