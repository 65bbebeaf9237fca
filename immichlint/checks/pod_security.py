"""Checks of what Immich's containers may do without any need: gain privileges, ask the Kubernetes API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from immichlint.checks.ml_identity import above_root
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Confidence
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import CACHE, DATABASE, MACHINE_LEARNING, SERVER
from immichlint.stack.policies import may_set_security
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.stack.workload import Workload
from immichlint.trees.tree import Leaf, Seq

_OWN: Final = (SERVER, MACHINE_LEARNING, CACHE)
_PARTS: Final = (*_OWN, DATABASE)
_RBAC: Final = "rbac.authorization.k8s.io"


def escalation(container: Container, context: Context) -> Iterator[Claim]:
    """IML702: what a container without root still may gain, though it needs none of it."""
    if container.component not in _OWN or not _is_non_root(container):
        return
    if container.field("securityContext", "privileged").value is not False and not _absent(container, "privileged"):
        return
    missing = list(_missing(container))
    if not missing:
        return
    said = ", ".join(f"`{says}`" for says, _ in missing)
    own = container.field("securityContext")
    yield Claim(
        f"{container.subject} runs without root, but may gain privileges that it never "
        f"needs. Set {said}: Pod Security's level `restricted` asks for it.",
        container.nearest("securityContext", "allowPrivilegeEscalation") if own.known else container.name_place,
        confidence=Confidence.MEDIUM if may_set_security(context.stack) else None,
        change=Change("give up the privileges", Safety.SAFE, tuple(effect for _, effect in missing)),
    )


def _is_non_root(container: Container) -> bool:
    user = container.security("runAsUser")
    return above_root(user) is not None or (user.absent and container.security("runAsNonRoot").value is True)


def _absent(container: Container, option: str) -> bool:
    return container.field("securityContext", option).absent


def _missing(container: Container) -> Iterator[tuple[str, Effect]]:
    """What the restricted level asks for and is not there, with the effect that brings it."""
    option = container.field("securityContext", "allowPrivilegeEscalation")
    if option.absent or option.value is True:
        effect = container.effect("securityContext", "allowPrivilegeEscalation", value=False)
        yield "allowPrivilegeEscalation: false", effect
    if _absent(container, "capabilities") or _keeps_capabilities(container):
        yield "capabilities: {drop: [ALL]}", container.effect("securityContext", "capabilities", "drop", value=["ALL"])
    if container.security("seccompProfile").absent:
        yield (
            "seccompProfile: {type: RuntimeDefault}",
            container.effect("securityContext", "seccompProfile", value={"type": "RuntimeDefault"}),
        )


def _keeps_capabilities(container: Container) -> bool:
    """Whether it is certain that some are kept, and none added."""
    drop = container.field("securityContext", "capabilities", "drop")
    if not container.field("securityContext", "capabilities", "add").absent or drop.unknown:
        return False
    names = [item.value if isinstance(item, Leaf) else None for item in _items(drop.tree)]
    return all(isinstance(name, str) and name.upper() != "ALL" for name in names)


def _items(tree: object) -> Sequence[object]:
    return tree.items if isinstance(tree, Seq) else ()


def token(workload: Workload, context: Context) -> Iterator[Claim]:
    """IML705: a token of the Kubernetes API in a pod that never asks the API."""
    stack = context.stack
    if not any(item.object is workload.object for item in stack.parts):
        return
    field = workload.pod.field("automountServiceAccountToken")
    others = any(item.component not in _PARTS for item in workload.containers)
    if others or field.unknown or field.value is False or _may_need_token(workload, stack):
        return
    yield Claim(
        f"The pods of the {workload.object.manifest.kind} {workload.name} get a token of the Kubernetes API, which "
        "Immich never asks. Who breaks in can use it. Set `automountServiceAccountToken: false`.",
        field.place or workload.pod.nearest("automountServiceAccountToken"),
        change=Change(
            "leave the token out",
            Safety.SAFE,
            (workload.pod.effect("automountServiceAccountToken", value=False),),
        ),
    )


def _may_need_token(workload: Workload, stack: Stack) -> bool:
    """Whether its service account leaves the token out, has rights, or is not in the repository."""
    account = workload.pod.field("serviceAccountName")
    if account.absent:
        account = workload.pod.field("serviceAccount")
    if account.unknown:
        return True
    name = account.text or "default"
    found = stack.find("ServiceAccount", "", workload.namespace, name)
    if found is None:
        return name != "default"
    if not View(found).field("automountServiceAccountToken").absent:
        return View(found).field("automountServiceAccountToken").value is not True
    return any(
        View(item).field("subjects", index, "name").text in (name, None)
        for kind in ("RoleBinding", "ClusterRoleBinding")
        for item in stack.everywhere(kind, _RBAC)
        for index in range(len(_items(View(item).field("subjects").tree)))
    )
