"""What Argo CD is told not to look at (IML813)."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import look
from immichlint.trees.tree import Leaf, Map, Seq, Tree, texts
from immichlint.yamltree.place import Place

_WHOLE: Final = ("spec", "spec/template", "spec/template/spec", "spec/template/spec/containers")
"""The fields that hold so much that nearly every change is in one of them."""
_RESPECT: Final = "RespectIgnoreDifferences=true"


def ignored_differences(stack: Stack, context: Context) -> Iterator[Claim]:
    """IML813: `ignoreDifferences` over all of what Git says of Immich's Cluster or of a workload of its."""
    applier = stack.environment.applier
    if applier is None or stack.engine != "argocd":
        return
    entries = look(applier.tree, ("spec", "ignoreDifferences")).tree
    for entry in entries.items if isinstance(entries, Seq) else ():
        found = [view for view in _ours(stack) if _selects(entry, view)]
        for place, said in (path for path in _paths(entry) if _route(path[1]) in _WHOLE) if found else ():
            names = " and ".join(dict.fromkeys(f"the {view.object.manifest.kind} {view.name}" for view in found))
            yield Claim(
                f"The Application {applier.name} ignores differences in all of `{said}` of {names}. "
                f"{_then(applier.tree)} Name the fields that really differ, such as the defaults that an "
                "operator fills in (`.spec.affinity`), or compare on the server instead: the annotation "
                "`argocd.argoproj.io/compare-options: ServerSideDiff=true`.",
                place,
                related=tuple(Related(view.object.name_place, "never compared") for view in found),
                no_fix="name the fields that really differ",
            )


def is_ignored(application: Map, view: View, field: str) -> bool:
    """Whether Argo CD does not compare a field of an object, such as `metadata/annotations`: a change of nothing else
    starts no sync."""
    entries = look(application, ("spec", "ignoreDifferences")).tree
    mine = (item for item in (entries.items if isinstance(entries, Seq) else ()) if _selects(item, view))
    return any(f"{field}/".startswith(f"{_route(said)}/") for entry in mine for _, said in _paths(entry))


def respects_ignored(application: Map) -> bool:
    """Whether a sync leaves out what is not compared."""
    return _RESPECT in texts(look(application, ("spec", "syncPolicy", "syncOptions")).tree)


def _then(application: Map) -> str:
    if respects_ignored(application):
        return f"With `{_RESPECT}` a sync leaves them out, too: what Git says of it has no effect once it is there."
    return (
        "A new image, a longer retention or another size in Git is never shown as OutOfSync and starts no sync: it "
        "waits, without a word, until something else of the Application is synced."
    )


def _ours(stack: Stack) -> Iterator[View]:
    """The Clusters and the workloads of Immich's."""
    yield from (cluster for cluster in stack.clusters if cluster.use)
    own = {container.object.key for container in stack.parts}
    yield from (workload for workload in stack.workloads if workload.object.key in own)


def _selects(entry: Tree, view: View) -> bool:
    manifest = view.object.manifest
    wanted = {"group": manifest.group, "kind": manifest.kind, "name": manifest.name, "namespace": manifest.namespace}
    for key, value in wanted.items():
        field = look(entry, (key,)) if isinstance(entry, Map) else None
        if field is None or field.unknown:
            return False
        said = field.text or ""
        if key in ("group", "kind"):
            if not fnmatchcase(value, said):
                return False
        elif said and said != value:
            return False
    return True


def _paths(entry: Tree) -> Iterator[tuple[Place, str]]:
    """The pointers and jq paths of an entry, each with its place."""
    for key in ("jsonPointers", "jqPathExpressions"):
        listed = entry.items.get(key) if isinstance(entry, Map) else None
        for item in listed.items if isinstance(listed, Seq) else ():
            if isinstance(item, Leaf) and isinstance(item.value, str) and item.writes:
                place = item.writes[-1].place
                if place is not None:
                    yield place, item.value.strip()


def _route(path: str) -> str:
    """A JSON pointer, or a plain jq path, as keys with `/` between them."""
    return path.replace("[]", "").strip("/.").replace(".", "/")
