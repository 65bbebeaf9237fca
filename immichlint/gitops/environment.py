"""Environments: what is applied together."""

from __future__ import annotations

from typing import Final, NamedTuple

from immichlint.gitops.kustomize.build import Missing
from immichlint.gitops.kustomize.generators import Generated
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.substitution import NO_VARIABLES, Variables

ARGO: Final = "argoproj.io"
"""The API group of Argo CD."""


class Environment(NamedTuple):
    """What is applied together from one start: a kustomization, a Flux Kustomization, an Argo CD Application, a
    chart's folder, or loose manifests.

    `name`: the folder, Kustomization or Application, empty for loose manifests. `files`: those that took part.
    `generated`: what kustomizations generate from files. `variables`: what was substituted. `cluster`: the
    destination of an Application, empty where it is not known. `application`: the Application itself.
    """

    name: str
    engine: str
    manifests: tuple[Manifest, ...]
    files: frozenset[str]
    missing: tuple[Missing, ...] = ()
    generated: tuple[Generated, ...] = ()
    variables: Variables = NO_VARIABLES
    cluster: str = ""
    application: Manifest | None = None
