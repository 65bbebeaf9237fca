"""Environments: what is applied together, by what, and what nothing applies."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from immichlint.gitops.kustomize.kustomization import Missing
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.substitution import NO_VARIABLES, Variables
from immichlint.named_tuple import NamedTuple
from immichlint.trees.field import Field
from immichlint.trees.tree import Map
from immichlint.yamltree.place import Place

ARGO: Final = "argoproj.io"
"""The API group of Argo CD."""
FLUX: Final = "kustomize.toolkit.fluxcd.io"
"""The API group of Flux's Kustomizations."""
SOURCES: Final = "source.toolkit.fluxcd.io"
"""The API group of Flux's sources."""


class Pruning(NamedTuple):
    """Whether what vanishes from Git is deleted from the cluster. `on`: None where the repository does not tell,
    and `why`. `place`: what decides, else the nearest that is written."""

    on: bool | None
    place: Place
    why: str = ""


class Dependency(NamedTuple):
    """An entry of a Flux Kustomization's `dependsOn`. `namespace`: the Kustomization's own where none is written."""

    name: str
    namespace: str
    place: Place


class Applier(NamedTuple):
    """The object that applies an environment: a Flux Kustomization, or an Application of Argo CD.

    `manifest`: as it is in the cluster, an ApplicationSet where that makes the Application. `tree`: the
    Kustomization or Application itself, as its parents' patches and the set's element made it. `place`: its name.
    `folders`: the folders of this repository that it applies, relative to the root.
    `deletion_policy`: what becomes of the objects when the applier itself is deleted: Flux's `spec.deletionPolicy`
    (absent is `MirrorPrune`, C§9). `depends_on`: empty for Argo CD.
    """

    manifest: Manifest
    tree: Map
    name: str
    namespace: str
    place: Place
    folders: tuple[str, ...]
    pruning: Pruning
    deletion_policy: Field
    depends_on: tuple[Dependency, ...] = ()


class Undefined(NamedTuple):
    """A reference to a variable that nothing defines and that has no default, in an object. `place`: the
    reference. Flux refuses to build since kustomize-controller 1.9 (Flux 2.9), before that it becomes an empty
    text (C§9)."""

    name: str
    place: Place
    manifest: Manifest


class Environment(NamedTuple):
    """What is applied together from one start: a kustomization, a Flux Kustomization, an Argo CD Application, a
    chart's folder, or loose manifests.

    `name`: the folder, Kustomization or Application, empty for loose manifests. `engine`: `flux`, `argocd`,
    `kustomize`, `helm` or `none`. `files`: those that took part. `missing`: what kustomizations list and is not
    there. `variables`: what was substituted. `undefined`:
    the references to variables that nothing defines, where all that can define them is known. `cluster`: the
    destination of an Application, else the folder of the cluster, empty where nothing tells clusters apart.
    `applier`: what applies it, None for engines other than Flux and Argo CD.
    """

    name: str
    engine: str
    manifests: tuple[Manifest, ...]
    files: frozenset[str]
    missing: tuple[Missing, ...] = ()
    variables: Variables = NO_VARIABLES
    undefined: tuple[Undefined, ...] = ()
    cluster: str = ""
    applier: Applier | None = None


class Lack(StrEnum):
    """Why it cannot be told what something applies."""

    MISSING = "its folder is not in this repository"
    """The source is this repository, and it has no such folder: the sync fails."""
    FOREIGN = "its source is another repository"
    UNKNOWN = "its path is not known"


class Gap(NamedTuple):
    """A Flux Kustomization or an Application of which it cannot be told what it applies. `place`: its path.
    `path`: what it names."""

    manifest: Manifest
    place: Place
    why: Lack
    path: str


class Claims(NamedTuple):
    """What Applications apply. `folders`: those of kustomizations and charts."""

    environments: tuple[Environment, ...] = ()
    folders: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()


NOTHING: Final = Environment("", "", (), frozenset())
"""An environment of nothing."""


class Idle(StrEnum):
    """Why a file of ours is not applied."""

    COMMENTED = "commented out"
    """Its entry stands in a comment of the kustomization."""
    UNLISTED = "not listed"
    """A kustomization beside it or above it is applied and does not list it."""
    UNREACHED = "listed by what is not applied"
    """Only a kustomization lists it that nothing applies: a component that nobody uses."""
    COPY = "a copy of what is applied"
    """An engine applies all that it holds, from elsewhere: rendered manifests beside their source."""
    PUT_AWAY = "put away"
    """The name of a folder says that it is not in use."""


class Draft(NamedTuple):
    """A file of ours that nothing applies. `kustomization`: the file that could list it, or that lists it without
    being applied; empty where there is none."""

    path: str
    why: Idle
    kustomization: str = ""
