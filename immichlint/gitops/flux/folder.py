"""What the folder of a Flux Kustomization makes.

Where it has no kustomization, the controller generates one: of every manifest below, and of each folder that has
its own (fluxcd/pkg, kustomize/kustomize_generator.go).
"""

from __future__ import annotations

from collections.abc import Sequence

from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.kustomize.build import build, build_listed
from immichlint.gitops.kustomize.kustomization import Built
from immichlint.gitops.starts import Wanted
from immichlint.repo.classify import parent
from immichlint.repo.repository import Repository


def build_folder(
    repository: Repository, folder: str, components: tuple[str, ...], wanted: Wanted, overwritten: frozenset[str]
) -> Built:
    """The objects of a folder, as far as they are wanted. `overwritten`: fields of its kustomization that count for
    nothing."""
    if repository.kustomization_in(folder) is not None:
        return build(repository, folder, wanted, components, overwritten)
    return _once(build_listed(repository, tuple(_entries(repository, folder, wanted)), wanted, components))


def _once(built: Built) -> Built:
    """Each object once: of a base beside its overlay what the later one makes, though kustomize refuses both."""
    found = {(item.home, item.api_version, item.kind, item.namespace, item.name): item for item in built.manifests}
    return built._replace(manifests=tuple(found.values()))


def _entries(repository: Repository, folder: str, wanted: Wanted) -> Sequence[str]:
    prefix = f"{folder}/" if folder else ""
    found: list[str] = []
    for below, paths in repository.by_folder.items():
        takes, beside = wanted.takes(below), wanted.beside(below)
        if not (takes or beside) or not f"{below}/".startswith(prefix) or is_put_away(below):
            continue
        top = _outermost(repository, folder, below)
        if top == below and takes:
            found.append(below)
        elif top is None and beside:
            found += (path for path in paths if path.endswith((".yaml", ".yml")))
    return sorted(found)


def _outermost(repository: Repository, root: str, folder: str) -> str | None:
    """The outermost folder with a kustomization between a root, itself left out, and a folder below it; None where
    none has one."""
    found = None
    while folder != root:
        if repository.kustomization_in(folder) is not None:
            found = folder
        folder = parent(folder)
    return found
