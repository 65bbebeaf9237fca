"""Values that nothing in the repository refers to, where they are unmistakably Immich's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.gitops.charts import spec_of
from immichlint.gitops.environment import Environment
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.release import Release
from immichlint.lenses.sources.layers import file_values, layered
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Map, get

_COMPONENTS: Final = ("server", "machine-learning")
_ELSEWHERE: Final = "values of a release that is not in the repository"
_IMAGES: Final = b"immich-app/immich-"


def releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    """The release that values are for, as far as their keys tell: of a chart whose version is not known."""
    path = text_at(spec_of(manifest.tree), "path")
    values = file_values(repository, path)
    chart = _chart(values, repository.raw(path)) if isinstance(values, Map) else ""
    if chart and isinstance(values, Map):
        joined = layered([_ELSEWHERE, values])
        yield Release(manifest, manifest.name, chart, "", joined, manifest.home, certain=False)


def _chart(values: Map, raw: bytes) -> str:
    library = get(values, ("immich", "persistence"))
    if isinstance(library, Map) and any(isinstance(values.items.get(key), Map) for key in _COMPONENTS):
        return "immich"
    controllers = values.items.get("controllers")
    named = controllers.items.values() if isinstance(controllers, Map) else ()
    with_containers = any(isinstance(get(item, ("containers",)), Map) for item in named)
    return "app-template" if with_containers and _IMAGES in raw else ""
