"""Whether the source of a Flux Kustomization is this repository, and whether its folder is there."""

from __future__ import annotations

from typing import Final

from immichlint.gitops.environment import SOURCES, Gap, Lack
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.named import objects_named
from immichlint.gitops.sources import address, is_foreign, is_own, name_of
from immichlint.repo.repository import Repository
from immichlint.trees.field import look

GIT: Final = "GitRepository"


def gap_of(repository: Repository, manifest: Manifest, folder: str | None) -> Gap | None:
    """What of a Kustomization's source is not to be had; None where its folder is here."""
    place = look(manifest.tree, ("spec", "path")).place or manifest.home
    if folder is None:
        return Gap(manifest, place, Lack.UNKNOWN, text_at(manifest.tree, "spec", "path"))
    kind, name = (text_at(manifest.tree, "spec", "sourceRef", key) for key in ("kind", "name"))
    url = _url(repository, kind, name)
    if not _may_be_here(repository, kind, url, folder):
        return Gap(manifest, place, Lack.FOREIGN, folder)
    if repository.is_folder(folder):
        return None
    ours = is_own(repository, url) or (not url and kind == GIT and name == "flux-system")
    return Gap(manifest, place, Lack.MISSING if ours else Lack.FOREIGN, folder)


def may_be_here(repository: Repository, kind: str, name: str, folder: str) -> bool:
    """Whether a source may be this repository, as far as its address tells."""
    return _may_be_here(repository, kind, _url(repository, kind, name), folder)


def _may_be_here(repository: Repository, kind: str, url: str, folder: str) -> bool:
    return not is_foreign(repository, url) if kind == GIT else _may_hold(repository, url, folder)


def _may_hold(repository: Repository, url: str, folder: str) -> bool:
    """Whether an artifact or a bucket may hold this repository: its address has the name of ours, or nothing tells
    and the folder is here."""
    if not url or not repository.remotes:
        return bool(folder) and repository.is_folder(folder)
    return any(name_of(remote) in address(url).split("/") for remote in repository.remotes)


def _url(repository: Repository, kind: str, name: str) -> str:
    """The URL of a source; empty where the repository does not tell."""
    found = {text_at(source.tree, "spec", "url") for source in objects_named(repository, kind, name, SOURCES)}
    return found.pop() if len(found) == 1 else ""
