"""What the folder of a Flux Kustomization makes.

Where it has no kustomization, the controller generates one: of every manifest below, and of each folder that has
its own (fluxcd/pkg, kustomize/kustomize_generator.go).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    return build_listed(repository, tuple(_entries(repository, folder, wanted)), wanted, components)


def _entries(repository: Repository, folder: str, wanted: Wanted) -> Sequence[str]:
    prefix = f"{folder}/" if folder else ""
    own = _outermost(repository, folder)
    tops: set[str] = set()
    found: list[str] = []
    for below, paths in repository.by_folder.items():
        if below != folder and not below.startswith(prefix):
            continue
        top = own(below)
        if top is not None:
            if top not in tops and wanted.takes(top) and not is_put_away(top):
                tops.add(top)
                found.append(top)
        elif wanted.beside(below) and not is_put_away(below):
            found += (path for path in paths if path.endswith((".yaml", ".yml")))
    return sorted(found)


def _outermost(repository: Repository, root: str) -> Callable[[str], str | None]:
    """Finds the outermost folder with a kustomization between a root, itself left out, and a folder below it."""
    known: dict[str, str | None] = {root: None}

    def find(folder: str) -> str | None:
        if folder not in known:
            above = find(parent(folder))
            own = folder if repository.kustomization_in(folder) is not None else None
            known[folder] = above if above is not None else own
        return known[folder]

    return find
