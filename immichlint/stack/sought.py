"""The answers to "this applied object names another one: is it there?"."""

from __future__ import annotations

from typing import TypeAlias

from immichlint.gitops.manifest import Manifest
from immichlint.named_tuple import NamedTuple
from immichlint.stack.view import View


class Found(NamedTuple):
    """It is applied. `view`: the object, or the one whose controller makes it (`made`): a Cluster for its Service,
    an ExternalSecret for its Secret."""

    view: View
    made: bool = False


class Elsewhere(NamedTuple):
    """It is certain that the namespace has none, and another one does. `view`, `made`: as of `Found`."""

    view: View
    made: bool = False


class Absent(NamedTuple):
    """It is certain that nothing in the repository makes it there. `names`: those of its kind that are there, for
    a suggestion. What people make by hand (Secrets above all) no repository shows."""

    names: tuple[str, ...] = ()


class Unknown(NamedTuple):
    """Nobody can tell. `why`: a clause such as `the chart of the HelmRelease redis may make it`. `manifests`: files
    of the repository define it, and it is not known whether and where they are applied."""

    why: str
    manifests: tuple[Manifest, ...] = ()


Sought: TypeAlias = Found | Elsewhere | Absent | Unknown
