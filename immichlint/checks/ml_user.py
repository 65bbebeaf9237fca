"""Checks of the user that machine learning runs as, and of its HOME."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Related, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.ml_home import MlHome
from immichlint.trees.field import Field
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.checks.ml_identity import Identity


def runs_as_root(container: Container, context: Context) -> Iterator[Claim]:
    """IML204: the effective user is root, or the manifests leave it to the image, whose user is root (I§4.1)."""
    user, forbidden = container.security("runAsUser"), container.security("runAsNonRoot")
    if user.unknown or (user.absent and forbidden.unknown) or (user.known and user.value != 0):
        return
    from immichlint.stack.policies import assigns_users, may_set_security

    if user.absent and assigns_users(context.stack):
        return
    from immichlint.checks.ml_hardening import as_user, together
    from immichlint.checks.ml_identity import identity

    who = identity(container, context)
    change, no_fix = as_user(container, who, context.stack)
    message, place = _root(container, user, forbidden, who)
    replaced = _replaced(user)
    yield Claim(
        message,
        place,
        related=(Related(replaced, "this user is replaced with its mapping"),) if replaced is not None else (),
        confidence=Confidence.MEDIUM if user.absent and may_set_security(context.stack) else None,
        change=change,
        no_fix=no_fix,
        together=together(container),
    )


def _replaced(user: Field) -> Place | None:
    """Where a user is written that a later mapping takes away."""
    return user.writes[-2].place if user.absent and len(user.writes) > 1 and user.writes[-1].deleted else None


def _root(container: Container, user: Field, forbidden: Field, who: Identity) -> tuple[str, Place]:
    """What the message says, and where it points."""
    given = f"`runAsUser: {who.uid}`{who.origin}"
    if user.known:
        refused = ", and `runAsNonRoot: true` makes the kubelet refuse to start it" if forbidden.value is True else ""
        return (
            f"`runAsUser: 0` runs {container.label} as root{refused}. Machine learning needs no root: give it a user "
            f"id above 0, such as {who.uid}{who.origin}.",
            user.place or container.name_place,
        )
    if forbidden.value is True:
        return (
            f"`runAsNonRoot: true` stands without `runAsUser` for {container.label}: the image's own user is root, so "
            f"the kubelet refuses to start it (`container has runAsNonRoot and image will run as root`). Add {given}.",
            forbidden.place or container.name_place,
        )
    lost = ""
    if _replaced(user) is not None:
        lost = " A `runAsUser` is written, but this `securityContext` replaces the whole mapping that it stands in."
    return (
        f"Nothing sets a user for {container.label}, so it runs as root, which is the image's own user.{lost} It "
        f"decodes what anyone uploads and needs no root: set `runAsNonRoot: true` and {given}.",
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
    if home.uid is None or not home.non_root or not container.variable("HOME").absent:
        return
    if not home.is_needed or home.missing:
        return
    from immichlint.checks.ml_hardening import scratch_mount, set_variables, together

    harmless = _leaves_gunicorn(container)
    if harmless and not home.has_control_socket:
        return
    mount = home.cache_mount or scratch_mount(container)
    change = None
    if mount is not None:
        effects = set_variables(container, iter([("HOME", mount.path)]))
        change = Change(f"set `HOME` to `{mount.path}`", Safety.SAFE, effects)
    yield Claim(
        f"{container.label[:1].upper()}{container.label[1:]} runs as user {home.uid}, which the image does not know, "
        f"and `HOME` is not set: it is `/`, where that user cannot write. {_fails(container, home)} "
        f"Set `HOME` to {f'`{mount.path}`' if mount is not None else 'a folder that is mounted'}.",
        container.name_place,
        severity=Severity.INFO if harmless else None,
        change=change,
        no_fix="" if change else "mount a writable volume first, and set `HOME` to it",
        together=together(container),
    )


def _leaves_gunicorn(container: Container) -> bool:
    """Whether all caches have variables of their own: Matplotlib's, and Hugging Face's with its hub (I§4.2)."""
    hub = container.variable("HF_HOME").is_set or (
        container.variable("HF_XET_CACHE").is_set and container.variable("TRANSFORMERS_CACHE").is_set
    )
    return hub and container.variable("MPLCONFIGDIR").is_set


def _fails(container: Container, home: MlHome) -> str:
    """What falls back to HOME."""
    if _leaves_gunicorn(container):
        return "Its caches lie elsewhere: only gunicorn cannot write `/.gunicorn`, which is usually harmless."
    falling = " and ".join(f"`/{name}`" for name in home.lacking)
    hub = "" if container.variable("HF_HOME").is_set else ", Hugging Face's hub cache and token among it,"
    socket = ", and gunicorn cannot write `/.gunicorn`" if home.has_control_socket else ""
    return f"What falls back to {falling}{hub} fails{socket}."
