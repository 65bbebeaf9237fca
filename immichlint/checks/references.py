"""Checks of what is named: keys of the Secret that CNPG makes, and claims, ConfigMaps and Secrets of workloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.app_secret import APP, is_cnpgs_own
from immichlint.stack.backups import CNPG
from immichlint.stack.container import Container
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.makers import made_names, made_namespace
from immichlint.stack.needs import Need, needs_of
from immichlint.stack.release import has
from immichlint.stack.sought import Absent, Elsewhere, Found
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.stack.workload import Workload
from immichlint.trees.tree import Map, Seq
from immichlint.yamltree.place import Place

_GIVEN: Final = frozenset({"kube-root-ca.crt", "openshift-service-ca.crt"})
"""ConfigMaps that every namespace has."""


def secret_key(server: Container, context: Context) -> Iterator[Claim]:
    """IML402: a variable comes from the Secret that CNPG makes for applications, which has no such key, is in another
    namespace, or is not made at all (C§6)."""
    env = server.field("env").tree
    for index in range(len(env.items)) if isinstance(env, Seq) else ():
        entry = View(server.object, (*server.route, "env", index, "valueFrom", "secretKeyRef"))
        secret, variable = entry.field("name"), server.field("env", index, "name").text
        if variable and secret.text and secret.text.endswith(APP) and secret.place is not None:
            cluster = secret.text.removesuffix(APP)
            found = context.stack.seek("Secret", "", server.namespace, secret.text)
            if isinstance(found, Found) and (found.view.object.manifest.kind, found.view.name) == ("Cluster", cluster):
                if is_cnpgs_own(found.view, server.namespace, context.stack):
                    yield from _unknown_key(server, entry, variable, cluster, context)
            elif isinstance(found, Elsewhere) and found.view.object.manifest.kind == "Cluster":
                yield Claim(
                    f"`{variable}` comes from the Secret {secret.text}, which CloudNativePG makes in the Cluster's "
                    f"namespace {found.view.namespace}; this pod runs in {server.namespace} and cannot read it, so "
                    "that its container does not start. Run Immich there, or copy the Secret (External Secrets, "
                    "Reflector) and name a host with its namespace.",
                    secret.place,
                    related=(Related(found.view.object.name_place, f"the Cluster, in {found.view.namespace}"),),
                    no_fix="decide whether Immich or the Secret changes its namespace",
                )
            elif isinstance(found, Absent):
                yield from _replaced(server, secret.text, variable, secret.place, context.stack)


def _unknown_key(server: Container, entry: View, variable: str, cluster: str, context: Context) -> Iterator[Claim]:
    key, optional = entry.field("key"), entry.field("optional")
    if not key.text or key.place is None or key.text in _keys(context) or optional.value is True:
        return
    near = load("cnpg_secret_keys")["meant"]["keys"].get(key.text.lower().replace("_", "").replace("-", ""))
    from immichlint.text.nearest import is_slip, nearest

    meant = near or nearest(key.text, _keys(context))
    effect = server.effect("env", f"[name={variable}]", "valueFrom", "secretKeyRef", "key", value=meant)
    sure = meant is not None and (near is not None or is_slip(key.text, meant))
    yield Claim(
        f"`{variable}` is the key `{key.text}` of the Secret {cluster}{APP}, which CloudNativePG makes without such "
        f"a key: the container does not start (`CreateContainerConfigError`). "
        + (f"Write `{meant}`." if sure else f"It has {', '.join(f'`{name}`' for name in _keys(context))}."),
        key.place,
        change=Change(f"take the key `{meant}`", Safety.SAFE, (effect,)) if sure else None,
        no_fix="" if sure else "take one of the keys that the Secret has",
    )


def _keys(context: Context) -> list[str]:
    """The keys that the Secret has with the operator in use, or with any that is supported."""
    facts = load("cnpg_secret_keys")
    running = context.running("cnpg")
    release = running.release
    later = [key for key, since in facts["later"].items() if release is None or has(release, since)]
    return [*facts["always"], *later]


def _replaced(server: Container, secret: str, variable: str, place: Place, stack: Stack) -> Iterator[Claim]:
    found = stack.find("Cluster", CNPG, server.namespace, secret.removesuffix(APP))
    if found is None:
        return
    cluster = View(found)
    bootstrap = cluster.field("spec", "bootstrap").tree
    for method in bootstrap.items if isinstance(bootstrap, Map) else ():
        own = cluster.field("spec", "bootstrap", method, "secret", "name")
        if own.text and own.text != secret and own.place is not None:
            yield Claim(
                f"`{variable}` comes from the Secret {secret}, which CloudNativePG does not make because the Cluster "
                f"{cluster.name} is given its own: `bootstrap.{method}.secret` names {own.text}. The container does "
                f"not start; take the variable from {own.text}, which has the keys that you wrote into it.",
                place,
                related=(Related(own.place, "this Secret is used instead"),),
                no_fix=f"take the variable from the Secret {own.text}, or write its value",
            )
            return


def unresolved(workload: Workload, context: Context) -> Iterator[Claim]:
    """IML506: a pod of Immich's names a claim, a ConfigMap or a Secret that nothing makes."""
    if not any(container.component in (SERVER, MACHINE_LEARNING) for container in workload.containers):
        return
    for need in needs_of(workload):
        if need.name in _GIVEN or _is_cnpg_secret(need, workload, context.stack):
            continue
        found = context.stack.seek(need.kind, "", workload.namespace, need.name)
        if isinstance(found, Absent):
            yield from _missing(need, workload, found.names, context.stack)


def _is_cnpg_secret(need: Need, workload: Workload, stack: Stack) -> bool:
    """Whether IML402 speaks about it."""
    name = need.name.removesuffix(APP)
    is_app = need.kind == "Secret" and need.name.endswith(APP)
    return is_app and stack.find("Cluster", CNPG, workload.namespace, name) is not None


def _shows_others(need: Need, workload: Workload, stack: Stack) -> bool:
    """Whether others of a kind are written for the workload's namespace, and not only made by its own release."""
    source = workload.object.source if workload.object.chart else None
    return any(
        item.source is not source
        and made_namespace(item.manifest) == workload.namespace
        and ((item.manifest.kind, item.manifest.group) == (need.kind, "") or any(made_names(item.manifest, need.kind)))
        for other in (stack, *stack.others)
        for item in other.objects
    )


def _missing(need: Need, workload: Workload, names: tuple[str, ...], stack: Stack) -> Iterator[Claim]:
    """The claim, where the repository evidently is where such objects come from: claims and ConfigMaps where it shows
    others of their kind, Secrets, which many make by hand, only where one of nearly the same name is."""
    from immichlint.text.nearest import is_slip, nearest

    slip = next((name for name in names if is_slip(need.name, name)), None)
    if slip is None and (need.kind == "Secret" or not _shows_others(need, workload, stack)):
        return
    near = slip or nearest(need.name, names)
    advice = f"Did you mean `{near}`?" if near else "Add it, or name one that is there."
    yield Claim(
        f"The {workload.object.manifest.kind} {workload.name} needs the {need.kind} {need.name}, and nothing that is "
        f"applied in its namespace makes it: its pods do not start. {advice}",
        need.place,
        no_fix=f"name the {need.kind} that is meant" + (f", perhaps `{near}`" if near else ""),
    )
