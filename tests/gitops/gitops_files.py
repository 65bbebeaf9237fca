"""Repositories in memory, and the manifests that apply folders of them."""

from __future__ import annotations

from collections.abc import Mapping

from in_memory import repository_of

from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.picture import Picture, picture


def picture_of(files: Mapping[str, str], *remotes: str) -> Picture:
    """What is applied of these files."""
    return picture(repository_of(files, *remotes), {})


def environment_of(files: Mapping[str, str], name: str) -> Environment:
    """The environment of a name."""
    return next(item for item in picture_of(files).environments if item.name == name)


def database(name: str = "immich-db", size: str = "5Gi") -> str:
    """A Cluster for Immich."""
    return (
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n"
        f"metadata: {{name: {name}}}\nspec: {{instances: 1, storage: {{size: {size}}}}}\n"
    )


def flux(name: str, path: str, more: str = "", source: str = "flux-system") -> str:
    """A Flux Kustomization; `more`: further fields of its spec, each line indented by two spaces."""
    return (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata: {{name: '{name}', namespace: flux-system}}\n"
        f"spec:\n  path: {path}\n  prune: true\n  sourceRef: {{kind: GitRepository, name: {source}}}\n{more}"
    )


def application(name: str, path: str, more: str = "", url: str = "https://git.example/me/home") -> str:
    """An Application; `more`: further fields of its source, each line indented by four spaces."""
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        "  destination: {server: 'https://kubernetes.default.svc', namespace: photos}\n"
        f"  source:\n    repoURL: {url}\n    path: {path}\n{more}"
    )


def listing(*entries: str) -> str:
    """A kustomization that lists these."""
    return f"resources: [{', '.join(entries)}]\n"


def only(environment: Environment, kind: str) -> Manifest:
    """The one object of a kind."""
    (found,) = (manifest for manifest in environment.manifests if manifest.kind == kind)
    return found


def size_of(environment: Environment) -> str:
    """The size of the one Cluster's volume."""
    return text_at(only(environment, "Cluster").tree, "spec", "storage", "size")
