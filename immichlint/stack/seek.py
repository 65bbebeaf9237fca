"""Whether an object that another one names is there, in what is applied together and around it.

`Absent` and `Elsewhere` are certain; where anything that is not known might make the object, the answer is `Unknown`
with the first reason.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from immichlint.facts import load
from immichlint.gitops.environment import ARGO
from immichlint.gitops.stand_in import is_release
from immichlint.lenses.effective import Effective
from immichlint.stack.makers import (
    COPIED,
    Makes,
    Wanted,
    computes,
    is_local_chart,
    made_names,
    made_namespace,
    makes,
    wanted,
)
from immichlint.stack.sought import Absent, Elsewhere, Found, Sought, Unknown
from immichlint.stack.stack import Stack, may_share
from immichlint.stack.surroundings import Surroundings
from immichlint.stack.view import View
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get


def seek(stack: Stack, kind: str, group: str, namespace: str, name: str) -> Sought:
    """The object of a kind, API group, namespace (empty where it is not known) and name, as an object of the stack
    would reach it."""
    if not name:
        return Unknown("its name is not known")
    sought = wanted(kind, group, name)
    here = _here(stack, sought, namespace)
    if here is not None:
        return here
    if stack.around is None:
        return Unknown("nothing is known of what surrounds it")
    why = _why_unknown(stack, stack.around(), sought, namespace)
    if why is not None:
        return why
    everywhere = _matching(stack, sought, "")
    if everywhere:
        found, made = everywhere[0]
        copied = kind in COPIED and _is_copied(found.manifest.tree)
        return Unknown("a controller may copy it between namespaces") if copied else Elsewhere(View(found), made)
    return Absent(tuple(_names(stack, sought, namespace)))


def _here(stack: Stack, sought: Wanted, namespace: str) -> Sought | None:
    """The object where it is applied: by the stack itself, else by exactly one other environment."""
    own = _in(stack, sought, namespace)
    if own:
        return Found(View(own[0][0]), own[0][1])
    others = [found for other in stack.others for found in _in(other, sought, namespace)[:1]]
    if len(others) > 1:
        return Unknown("several environments have one of this name")
    return Found(View(others[0][0]), others[0][1]) if others else None


def _matching(stack: Stack, sought: Wanted, namespace: str) -> list[tuple[Effective, bool]]:
    return [found for other in (stack, *stack.others) for found in _in(other, sought, namespace)]


def _in(stack: Stack, sought: Wanted, namespace: str) -> list[tuple[Effective, bool]]:
    """The objects of one environment, and those that make it, which is said beside each."""
    own = stack.applied.named(sought.kind, sought.group, sought.name)
    made = stack.applied.makers(sought.kind, sought.name) if not sought.group else ()
    found = [(item, False) for item in own if may_share(item.manifest.namespace, namespace)]
    return found + [(item, True) for item in made if may_share(made_namespace(item.manifest), namespace)]


def _names(stack: Stack, sought: Wanted, namespace: str) -> Iterator[str]:
    """The names of all objects of a kind in a namespace."""
    found: dict[str, None] = {}
    for item in (item for other in (stack, *stack.others) for item in other.objects):
        if may_share(item.manifest.namespace, namespace):
            if item.manifest.kind == sought.kind and item.manifest.group == sought.group:
                found[item.manifest.name] = None
            elif not sought.group:
                found.update(dict.fromkeys(made_names(item.manifest, sought.kind)))
    yield from (name for name in found if name)


def _why_unknown(stack: Stack, around: Surroundings, sought: Wanted, namespace: str) -> Unknown | None:
    for other in (stack, *stack.others):
        if other.environment.missing:
            path = other.environment.missing[0].path
            return Unknown(f"{other.environment.missing[0].kustomization} lists {path[:200]}, which is not there")
        for item in other.objects:
            why = _may_be(other, item, sought, namespace)
            if why:
                return Unknown(why)
    traces = around.traces.of(sought, namespace)
    if traces:
        return Unknown(traces[0].why, tuple(trace.manifest for trace in traces if trace.manifest is not None))
    folders = _folders(stack, namespace)
    why = around.traces.remote_near(folders, namespace) or around.traces.unread_near(folders)
    return Unknown(why) if why else None


def _may_be(stack: Stack, item: Effective, sought: Wanted, namespace: str) -> str:
    """Why an applied object may be what is sought, or may make it; empty where it does not."""
    manifest = item.manifest
    if not may_share(made_namespace(manifest), namespace):
        return ""
    if (manifest.kind, manifest.group) == (sought.kind, sought.group) and not manifest.name:
        name = get(manifest.tree, ("metadata", "name"))
        if isinstance(name, Leaf) and isinstance(name.value, Hole):
            return f"the name of a {sought.kind} is not known"
    if manifest.kind == "Kustomization" or manifest.group == ARGO:
        return ""  # What these apply is in the picture or around it.
    if is_release(manifest):
        made = next((made for made in stack.objects if made.chart and made.source is item.source), None)
        if made is not None and not made.open and computes(made.chart, manifest, sought.kind):
            return ""
        if made is None and is_local_chart(manifest):
            return f"the chart of {manifest.name} is not computed"
    return f"the {manifest.kind} {manifest.name} may make it" if makes(manifest, sought) is Makes.PERHAPS else ""


def _folders(stack: Stack, namespace: str) -> frozenset[str]:
    """The folders of the files that have objects of the stack in a namespace."""
    return frozenset(
        posixpath.dirname(item.source.home.document.path)
        for item in stack.objects
        if may_share(item.manifest.namespace, namespace)
    )


def _is_copied(tree: Tree) -> bool:
    """Whether an object, or what makes it, asks a controller to copy it."""
    marks: list[str] = load("makers")["copies"]["marks"]
    if isinstance(tree, Map):
        return any(key.startswith(tuple(marks)) or _is_copied(item) for key, item in tree.items.items())
    return isinstance(tree, Seq) and any(map(_is_copied, tree.items))
