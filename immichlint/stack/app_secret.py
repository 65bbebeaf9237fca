"""The Secret that CNPG makes for the application that uses a Cluster (C§6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from immichlint.gitops.manifest import Manifest, manifests
from immichlint.stack.makers import Makes, Wanted, holds, makes, wanted
from immichlint.stack.sought import Found
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.view import View

if TYPE_CHECKING:
    from immichlint.stack.surroundings import Surroundings

APP: Final = "-app"
_POLICIES: Final = "kyverno.io"


def is_cnpgs_own(cluster: View, namespace: str, stack: Stack) -> bool:
    """Whether the Secret `<cluster>-app` of a namespace is as CNPG makes it, and nothing else in the repository may
    make one of that name, or write to it: an ExternalSecret, an encrypted file, a policy."""
    secret = wanted("Secret", "", f"{cluster.name}{APP}")
    found = stack.seek(secret.kind, secret.group, namespace, secret.name)
    if not isinstance(found, Found) or not found.made or found.view.object.key != cluster.object.key:
        return False
    applied = (item.manifest for other in (stack, *stack.others) for item in other.objects)
    others = (item for item in applied if item.home != cluster.object.manifest.home)
    if any(_writes(item, secret, namespace) for item in others):
        return False
    return stack.around is None or not any(
        _writes(item, secret, namespace) for item in _beside(stack.around(), secret.name)
    )


def _writes(manifest: Manifest, secret: Wanted, namespace: str) -> bool:
    if manifest.group == _POLICIES:
        return holds(manifest.tree, secret.name)
    named = manifest.name == secret.name or makes(manifest, secret) is Makes.YES
    return named and may_share(manifest.namespace, namespace)


def _beside(around: Surroundings, name: str) -> Iterator[Manifest]:
    """The manifests that hold a name and that no environment has."""
    for path in around.repository.containing(name.encode()):
        for manifest in manifests(around.repository.read(path)):
            if manifest.home not in around.homes:
                yield manifest
