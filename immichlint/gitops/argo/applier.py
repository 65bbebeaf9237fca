"""An Application of Argo CD as the applier of an environment."""

from __future__ import annotations

from collections.abc import Iterable

from immichlint.gitops.argo.application import Application
from immichlint.gitops.environment import Applier, Pruning
from immichlint.gitops.manifest import text_at
from immichlint.trees.field import Field, look
from immichlint.trees.tree import decided_at
from immichlint.yamltree.place import Place


def argo_applier(application: Application, folders: Iterable[str]) -> Applier:
    """The applier that an Application is; `folders`: what it applies of this repository."""
    name = application.name
    place = decided_at(name)
    return Applier(
        application.manifest,
        application.tree,
        application.text,
        text_at(application.tree, "metadata", "namespace") or application.manifest.namespace,
        place or application.manifest.home,
        tuple(dict.fromkeys(folders)),
        _pruning(application),
        look(application.tree, ("spec", "deletionPolicy")),
    )


def _pruning(application: Application) -> Pruning:
    """Argo CD prunes by itself where automated sync is on and says so: `automated.prune`, absent is false."""
    automated = ("spec", "syncPolicy", "automated")
    fields = [look(application.tree, automated[:length]) for length in (1, 2, 3)]
    enabled, prune = look(application.tree, (*automated, "enabled")), look(application.tree, (*automated, "prune"))
    place = _nearest([*fields, prune], application)
    for field in (prune, enabled):
        if field.unknown:
            return Pruning(None, place, field.why)
    if enabled.value is False:
        return Pruning(False, enabled.place or place)
    return Pruning(prune.value is True, place)


def _nearest(fields: list[Field], application: Application) -> Place:
    for field in reversed(fields):
        if field.place is not None:
            return field.place if field.value is not None else field.place.key_of()
    return application.manifest.home
