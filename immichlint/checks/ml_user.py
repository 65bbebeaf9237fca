"""Checks of the user that machine learning runs as, and of its HOME."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.checks.ml_hardening import (
    USER,
    as_user,
    needs_home,
    scratch_mount,
    set_variables,
    together,
)
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.ml_home import MlHome
from immichlint.stack.policies import may_set_security
from immichlint.trees.field import Field
from immichlint.yamltree.place import Place


def runs_as_root(container: Container, context: Context) -> Iterator[Claim]:
    """IML204: the effective user is root, or the manifests leave it to the image, whose user is root (I§4.1)."""
    user, forbidden = container.security("runAsUser"), container.security("runAsNonRoot")
    if user.unknown or (user.absent and forbidden.unknown) or (user.known and user.value != 0):
        return
    change, no_fix = as_user(container, MlHome(container), context.stack)
    message, place = _root(container, user, forbidden)
    yield Claim(
        message,
        place,
        confidence=Confidence.MEDIUM if user.absent and may_set_security(context.stack) else None,
        change=change,
        no_fix=no_fix,
        together=together(container),
    )


def _root(container: Container, user: Field, forbidden: Field) -> tuple[str, Place]:
    """What the message says, and where it points."""
    if user.known:
        refused = ", and `runAsNonRoot: true` makes the kubelet refuse to start it" if forbidden.value is True else ""
        return (
            f"`runAsUser: 0` runs {container.label} as root{refused}. Machine learning needs no root: give it a user "
            f"id above 0, such as {USER}.",
            user.place or container.name_place,
        )
    if forbidden.value is True:
        return (
            f"`runAsNonRoot: true` stands without `runAsUser` for {container.label}: the image's own user is root, so "
            f"the kubelet refuses to start it (`container has runAsNonRoot and image will run as root`). Add "
            f"`runAsUser: {USER}`.",
            forbidden.place or container.name_place,
        )
    return (
        f"Nothing sets a user for {container.label}, so it runs as root, which is the image's own user. It decodes "
        f"what anyone uploads and needs no root: set `runAsNonRoot: true` and `runAsUser: {USER}`.",
        _security_place(container),
    )


def _security_place(container: Container) -> Place:
    """The key of the securityContext that is there, else the container's name."""
    for owner in (container.pod, container):
        if owner.field("securityContext").known:
            return owner.nearest("securityContext", "runAsUser")
    return container.name_place


def home_unwritable(container: Container, context: Context) -> Iterator[Claim]:
    """IML205: HOME is `/` for a user that the image does not know (I§4.3); silent where IML201 speaks."""
    home = MlHome(container)
    known = home.uid is not None and home.non_root and container.variable("HOME").absent
    if not known or not needs_home(container, home) or home.missing:
        return
    mount = home.cache_mount or scratch_mount(container)
    folders = " or ".join(f"`/{name}`" for name in home.lacking)
    change = None
    if mount is not None:
        effects = set_variables(container, iter([("HOME", mount.path)]))
        change = Change(f"set `HOME` to `{mount.path}`", Safety.SAFE, effects)
    yield Claim(
        f"{container.label[:1].upper()}{container.label[1:]} runs as user {home.uid}, which the image does not know, "
        f"and `HOME` is not set: it is `/`, where that user cannot write, so whatever falls back to {folders} "
        f"fails. Set `HOME` to {f'`{mount.path}`' if mount is not None else 'a folder that is mounted'}.",
        container.name_place,
        change=change,
        no_fix="" if change else "mount a writable volume first, and set `HOME` to it",
        together=together(container),
    )
