"""Whether what a Flux or an Argo CD source names is this repository."""

from __future__ import annotations

from immichlint.gitops.environment import ARGO
from immichlint.repo.repository import Repository


def is_foreign(repository: Repository, url: str) -> bool:
    """Whether a Git URL is certainly another repository's.

    A mirror or a fork has another address: so the names have to differ, and the remote of this checkout has to be
    the source of something here.
    """
    if not url or "${" in url or "{{" in url or not repository.remotes:
        return False
    names = {name_of(remote) for remote in repository.remotes}
    return name_of(url) not in names and _is_a_source(repository)


def is_own(repository: Repository, url: str) -> bool:
    """Whether a Git URL is certainly this repository's."""
    return bool(url) and address(url) in map(address, repository.remotes)


def address(url: str) -> str:
    """The host and path of a Git URL, whatever its protocol and user: `github.com/me/home`."""
    text = url.strip().partition("://")[2] or url.strip().replace(":", "/", 1)
    text = text.rpartition("@")[2] if "@" in text.partition("/")[0] else text
    host, _, path = text.partition("/")
    return f"{host.partition(':')[0]}/{path.strip('/').removesuffix('.git')}".lower()


def name_of(url: str) -> str:
    """The name of the repository at a Git URL."""
    return address(url).rpartition("/")[2]


def _is_a_source(repository: Repository) -> bool:
    """Whether a file with a source names the remote of this checkout."""
    return repository.remember(("names its own remote",), lambda: _has_own_source(repository))


def _has_own_source(repository: Repository) -> bool:
    paths = [address(remote).partition("/")[2].encode() for remote in repository.remotes]
    return any(
        mark in raw
        for path in repository.paths
        if any(name in (raw := repository.raw(path).lower()) for name in paths)
        for mark in (b"gitrepository", b"fluxinstance", ARGO.encode())
    )
