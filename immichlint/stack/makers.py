"""What controllers make of custom resources and releases, told by names (`facts/makers.json`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.environment import ARGO, FLUX
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.gitops.stand_in import VALUES, is_stand_in
from immichlint.named_tuple import NamedTuple
from immichlint.text.whole import whole
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get

_HELM: Final = frozenset({"helm.toolkit.fluxcd.io", "helm.cattle.io", "helm.crossplane.io"})
COPIED: Final = ("ConfigMap", "Secret")
"""What controllers copy from namespace to namespace."""
_APPLIERS: Final = frozenset({FLUX, ARGO})
_WORD: Final = re.compile(r"[^-.]+")
_PLACEHOLDER: Final = re.compile(r"\{([^}]+)\}")
_NAMING: Final = "(?i)override|rename|(full|release|service|cluster|resource)name$"


class Makes(IntEnum):
    """Whether a manifest's controller makes an object of a name."""

    NO = 0
    PERHAPS = 1
    YES = 2


class Wanted(NamedTuple):
    """An object that is sought. `stems`: the parts of its name under which something may be that makes it."""

    kind: str
    group: str
    name: str
    stems: frozenset[str]


def wanted(kind: str, group: str, name: str) -> Wanted:
    """What is sought, with the stems of its name: runs of its words that say more than `rw` or `app`."""
    generic = frozenset(load("makers")["generic_words"]["words"])
    words = list(_WORD.finditer(name))
    stems = {
        name[first.start() : last.end()]
        for index, first in enumerate(words)
        for last in words[index:]
        if any(word.group() not in generic for word in words[index : words.index(last) + 1])
    }
    return Wanted(kind, group, name, frozenset({*stems, name}))


def makes(manifest: Manifest, sought: Wanted) -> Makes:
    """Whether what a manifest stands for makes an object, going by its name and what is written in it."""
    if is_stand_in(manifest) or manifest.group in _HELM:
        return Makes.PERHAPS if _release_may_make(manifest, sought) else Makes.NO
    if manifest.group in _APPLIERS:
        return Makes.PERHAPS if _leads(manifest, sought) else Makes.NO
    row = _row(manifest)
    if row is None:
        named = manifest.name in sought.stems or holds(manifest.tree, sought.name)
        return Makes.PERHAPS if named else Makes.NO
    found = _made(manifest, row, sought)
    if found is Makes.NO and row.get("partly") and manifest.name in sought.stems:
        return Makes.PERHAPS
    return found


def inert_groups() -> frozenset[str]:
    """The API groups of which no kind makes an object, the core group left out: a chart's file seems to be of that."""
    facts = load("makers")
    making = {kind.partition("/")[0] for kind in facts["kinds"]}
    return frozenset(facts["makes_nothing"]["groups"]) - making - {""}


def kinds_made(manifest: Manifest) -> Collection[str]:
    """The kinds of the core group of which a manifest's controller certainly makes objects."""
    if is_stand_in(manifest) or manifest.group in _HELM or manifest.group in _APPLIERS:
        return ()
    row = _row(manifest)
    return row["makes"] if row is not None else ()


def made_names(manifest: Manifest, kind: str) -> Iterator[str]:
    """The names of the objects of a kind of the core group that a custom resource certainly makes."""
    row = _row(manifest)
    for pattern in row["makes"].get(kind, ()) if row is not None else ():
        if row is not None and not _is_replaced(manifest, pattern, row):
            yield from (name for name in _filled(manifest, pattern) if "*" not in name)


def _is_replaced(manifest: Manifest, pattern: str, row: Mapping[str, Any]) -> bool:
    """Whether the user has said to use another object instead of the one that is made."""
    route = row.get("unless", {}).get(pattern)
    return route is not None and any(_texts(manifest.tree, route.split("/")))


def _row(manifest: Manifest) -> Mapping[str, Any] | None:
    """What is known of a kind; None where it may make anything."""
    facts, group = load("makers"), manifest.group
    found: Mapping[str, Any] | None = facts["kinds"].get(f"{group}/{manifest.kind}") or facts["kinds"].get(f"{group}/*")
    return {"makes": {}} if found is None and group in facts["makes_nothing"]["groups"] else found


def _made(manifest: Manifest, row: Mapping[str, Any], sought: Wanted) -> Makes:
    """Whether one of the names that a kind's objects are known to get is the one that is sought."""
    patterns = (pattern for pattern in _patterns(row, sought) if not _is_replaced(manifest, pattern, row))
    return max((_matches(manifest, pattern, sought) for pattern in patterns), default=Makes.NO)


def _patterns(row: Mapping[str, Any], sought: Wanted) -> Sequence[str]:
    patterns: Sequence[str] = row["makes"].get(sought.kind, ()) if not sought.group else ()
    return patterns


def _matches(manifest: Manifest, pattern: str, sought: Wanted) -> Makes:
    for name in _filled(manifest, pattern):
        if name == sought.name:
            return Makes.YES
        if "*" in name and fnmatchcase(sought.name, name):
            return Makes.PERHAPS
    return Makes.NO


def _filled(manifest: Manifest, pattern: str) -> list[str]:
    """The names that a pattern means for a manifest; what is not known in them is `*`."""
    found = [pattern]
    for placeholder in _PLACEHOLDER.finditer(pattern):
        values = _values(manifest.tree, placeholder.group(1).split("|"))
        found = [name.replace(placeholder.group(), value) for name in found for value in values]
    return found


def _values(tree: Tree, routes: list[str]) -> list[str]:
    for route in routes:
        values = list(_texts(tree, route.split("/")))
        if values:
            return values
    return []


def _texts(tree: Tree | None, steps: list[str]) -> Iterator[str]:
    if not steps:
        if isinstance(tree, Leaf) and tree.value is not None:
            yield "*" if isinstance(tree.value, Hole) else str(tree.value)
    elif isinstance(tree, Map) and steps[0] != "*":
        yield from _texts(tree.items.get(steps[0]), steps[1:])
    elif isinstance(tree, (Map, Seq)):
        for item in tree.items.values() if isinstance(tree, Map) else tree.items:
            yield from _texts(item, steps[1:])


def made_namespace(manifest: Manifest) -> str:
    """Where what a manifest makes ends up, empty where nothing says: a release's and an Application's own target, and
    the namespace that a custom resource names or selects."""
    group = manifest.group
    if group in _HELM:
        return text_at(manifest.tree, "spec", "targetNamespace") or manifest.namespace
    if group == ARGO:
        return text_at(manifest.tree, "spec", "destination", "namespace")
    if group == FLUX:
        return text_at(manifest.tree, "spec", "targetNamespace")
    route = (_row(manifest) or {}).get("into")
    if route is None:
        return manifest.namespace
    return next(iter(_texts(manifest.tree, route.split("/"))), manifest.namespace) if route != "*" else ""


def chart_of(manifest: Manifest) -> str:
    """The chart of a HelmRelease or of what stands for another release, as it is written; empty where none is."""
    tree = manifest.tree
    if is_stand_in(manifest):
        return text_at(tree, "spec", "chart") or text_at(tree, "spec", "name")
    return (
        text_at(tree, "spec", "chart", "spec", "chart")
        or text_at(tree, "spec", "chartRef", "name")
        or text_at(tree, "spec", "chart")
    )


def is_local_chart(manifest: Manifest) -> bool:
    """Whether a release's chart is a folder of this repository, whose objects need not be named after the release."""
    if manifest.kind == VALUES or (not is_stand_in(manifest) and manifest.group not in _HELM):
        return False
    return chart_of(manifest).startswith((".", "/")) or (
        is_stand_in(manifest) and not chart_of(manifest) and bool(text_at(manifest.tree, "spec", "path"))
    )


def computes(chart: str, release: Manifest, kind: str) -> bool:
    """Whether a lens computes every object of a kind that a release makes. `chart`: with its version."""
    name, _, version = chart.partition(" ")
    row: Mapping[str, Any] = load("makers")["charts"].get(name, {})
    numbers = _numbers(version)
    if numbers is None or kind not in row.get("computed", ()):
        return False
    return numbers >= (_numbers(row["since"]) or ()) and not _has_key(release.tree, row["anything"])


def _numbers(version: str) -> tuple[int, ...] | None:
    """The numbers of an exact version; None where it is none."""
    numbers = [whole(part) for part in version.removeprefix("v").split(".")]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) else None


def _release_may_make(manifest: Manifest, sought: Wanted) -> bool:
    row = load("makers")["charts"].get(chart_of(manifest).rpartition("/")[2])
    if sought.group and row and not _has_key(manifest.tree, row["anything"]):
        return False
    names = {manifest.name, text_at(manifest.tree, "spec", "releaseName")} if manifest.kind != VALUES else set()
    if names & sought.stems or is_local_chart(manifest):
        return True
    return _names_it(manifest.tree, sought, anywhere=not row)


def _has_key(tree: Tree, name: str) -> bool:
    """Whether a mapping anywhere in a tree has a key."""
    if isinstance(tree, Map):
        return name in tree.items or any(_has_key(item, name) for item in tree.items.values())
    return isinstance(tree, Seq) and any(_has_key(item, name) for item in tree.items)


def _names_it(tree: Tree, sought: Wanted, *, anywhere: bool, key: str = "") -> bool:
    """Whether a release's values name an object: any text where `anywhere`, else only what overrides a name."""
    if isinstance(tree, Map):
        return any(_names_it(item, sought, anywhere=anywhere, key=name) for name, item in tree.items.items())
    if isinstance(tree, Seq):
        return any(_names_it(item, sought, anywhere=anywhere) for item in tree.items)
    if not isinstance(tree.value, str):
        return False
    if anywhere:
        stem = tree.value in sought.stems and not sought.group
        return tree.value == sought.name or (stem and re.search(_NAMING, key) is not None)
    return key.endswith(("Override", "Rename")) and tree.value in sought.stems


def _leads(manifest: Manifest, sought: Wanted) -> bool:
    """Whether an applier's name, or a variable that it gives, leads to a name."""
    given = get(manifest.tree, ("spec", "postBuild", "substitute"))
    values = given.items.values() if isinstance(given, Map) else ()
    return manifest.name in sought.stems or any(
        isinstance(item, Leaf) and isinstance(item.value, str) and item.value in sought.stems for item in values
    )


def holds(tree: Tree, text: str) -> bool:
    """Whether any text of a tree is this one."""
    if isinstance(tree, Map):
        return any(holds(item, text) for item in tree.items.values())
    if isinstance(tree, Seq):
        return any(holds(item, text) for item in tree.items)
    return tree.value == text
