"""Which environments run beside each other, and which are alternatives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

from immichlint.gitops.cluster import may_be_one
from immichlint.gitops.environment import ARGO, FLUX, Environment
from immichlint.yamltree.place import Place

_Identity: TypeAlias = tuple[Place, str, str, str]


def neighbours(environments: Sequence[Environment]) -> list[list[int]]:
    """For each environment the indices of those that may run beside it.

    Different clusters do not. In one cluster, what an engine applies is there together; otherwise two environments
    that make the same object of one base are alternatives (overlays for production and for tests).
    """
    made = cache(lambda index: _identities(environments[index]))
    return [
        [
            index
            for index, other in enumerate(environments)
            if other is not one
            and may_be_one(one.cluster, other.cluster)
            and (_together(one, other) or made(own).isdisjoint(made(index)))
        ]
        for own, one in enumerate(environments)
    ]


def _together(one: Environment, other: Environment) -> bool:
    """Whether it is certain that two environments of the same cluster are applied at once."""
    if one.applier is None or other.applier is None or one.engine != other.engine:
        return False
    # Flux roots that cannot be in one cluster have been told apart; of an Application that may go anywhere, not.
    return one.engine == "flux" or bool(one.cluster and other.cluster)


def _identities(environment: Environment) -> frozenset[_Identity]:
    """The objects of an environment, with the base of each. What applies others makes no alternatives: one
    environment has it and it makes another."""
    return frozenset(
        (manifest.home, manifest.kind, manifest.namespace, manifest.name)
        for manifest in environment.manifests
        if manifest.group not in (ARGO, FLUX)
    )
