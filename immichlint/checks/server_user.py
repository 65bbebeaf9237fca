"""The check of the user that the server runs as."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Severity
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.yamltree.place import Place


def runs_as_root(container: Container, context: Context) -> Iterator[Claim]:
    """IML701: the server's user is root, or the manifests leave it to the image, whose user is root (I§2.6)."""
    user, forbidden = container.security("runAsUser"), container.security("runAsNonRoot")
    if user.unknown or (user.absent and forbidden.unknown) or (user.known and user.value != 0):
        return
    from immichlint.stack.policies import assigns_users, may_set_security

    if user.absent and assigns_users(context.stack):
        return
    refused = forbidden.value is True
    from immichlint.checks.ml_identity import above_root, decided
    from immichlint.checks.ml_obstacles import has_device, obstacles

    who = decided(context)
    group = above_root(container.security("runAsGroup")) or who.gid
    effects = [container.effect("securityContext", "runAsUser", value=who.uid)]
    effects += [] if refused else [container.effect("securityContext", "runAsNonRoot", value=True)]
    effects += [container.effect("securityContext", "runAsGroup", value=group)]
    todo = [f"Before this is applied, chown the library as root (`chown -R {who.uid}:{group} …`): the server cannot."]
    todo += [item for item in obstacles(container, None, who.uid) if "else is mounted" not in item]
    if refused:
        message = (
            f"`runAsNonRoot: true` stands without `runAsUser` for {container.label}: where the image's user is root, "
            f"as it has been, the kubelet refuses to start it. Add `runAsUser: {who.uid}`."
        )
    else:
        why = "`runAsUser: 0` runs" if user.known else "Nothing sets a user for"
        rest = " as root" if user.known else ": it runs as root, which is the image's own user"
        device = " and the device lets it in" if has_device(container) else ""
        message = (
            f"{why} {container.label}{rest}. It decodes what anyone uploads, and needs root for nothing: "
            f"`runAsNonRoot: true` and `runAsUser: {who.uid}` do, once the library belongs to that user{device}."
        )
    yield Claim(
        message,
        (forbidden.place if refused else user.place) or _security_place(container),
        severity=Severity.WARNING if refused else None,
        confidence=Confidence.MEDIUM if user.absent and may_set_security(context.stack) else None,
        change=Change(f"run as user {who.uid}", Safety.UNSAFE, tuple(effects), after=" ".join(todo)),
    )


def _security_place(container: Container) -> Place:
    """The key of the securityContext that is there, else the container's name."""
    for owner in (container.pod, container):
        if owner.field("securityContext").known:
            return owner.nearest("securityContext", "runAsUser")
    return container.name_place
