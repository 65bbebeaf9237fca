"""Holds the building of kustomizations to `kubectl kustomize`, for every kustomization of whole folders.

    python tools/kustomize_oracle.py [--each] FOLDER...

Each folder is taken as a repository. What is not the same is listed with the first difference; what immichlint
says it does not know (a hole, an object that is not settled) is counted and not compared. With `--each`,
every folder in them is a repository. Needs `kubectl` with kustomize 5.5; the network is not used.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from immichlint.gitops.kustomize.build import build
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.stand_in import is_stand_in
from immichlint.repo.repository import Repository
from immichlint.repo.walk import reader, walk
from immichlint.text import SourceText
from immichlint.trees.tree import Hole, plain
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import data

_SECONDS: Final = 20
_OFFLINE: Final = {
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "GIT_ALLOW_PROTOCOL": "none",
}
_BUILD_METADATA: Final = ("config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations")
_HASH: Final = 11
_ENCRYPTED: Final = "ENC["
_BLANK_LINES: Final = re.compile(r"\n+")


def kustomized(folder: Path) -> list[Any] | str:
    """The objects that kustomize makes of a folder, or why it refuses."""
    command = ["kubectl", "kustomize", "--load-restrictor=LoadRestrictionsNone", str(folder)]
    try:
        made = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS, env={**os.environ, **_OFFLINE}
        )
    except subprocess.TimeoutExpired:
        return "it takes too long"
    if made.returncode != 0:
        return made.stderr.strip().splitlines()[-1] if made.stderr.strip() else "it fails"
    return [data(document.root) for document in compose(SourceText(made.stdout)) if document.root is not None]


def identity(item: Any) -> tuple[str, ...]:
    """Kind, namespace and name of an object."""
    about = item["metadata"]
    return str(item["apiVersion"]), str(item["kind"]), str(about.get("namespace", "")), str(about["name"])


def _is_own_annotation(key: str, value: Any) -> bool:
    return key in _BUILD_METADATA


def _is_own_label(key: str, value: Any) -> bool:
    return str(value).startswith("kustomize-v")


def without_build_metadata(item: Any) -> Any:
    """An object without what `buildMetadata` adds."""
    about = dict(item["metadata"])
    for field, is_own in (("annotations", _is_own_annotation), ("labels", _is_own_label)):
        values = about.get(field)
        if isinstance(values, dict) and any(is_own(*entry) for entry in values.items()):
            about[field] = {key: value for key, value in values.items() if not is_own(key, value)}
            if not about[field]:
                del about[field]
    return {**item, "metadata": about}


def first_difference(ours: Any, theirs: Any, route: str = "") -> str:
    """Where two values differ, empty where they do not; a hole is equal to its text, one without to anything."""
    if isinstance(ours, Hole):
        return "" if ours.text in ("", theirs) else f"{route}: {ours.text[:80]!r} and {str(theirs)[:80]!r}"
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in {**ours, **theirs}:
            if key not in theirs or key not in ours:
                value = ours[key] if key in ours else theirs[key]
                return f"{route}/{key}: only {'ours' if key in ours else 'theirs'}: {str(value)[:80]!r}"
            found = first_difference(ours[key], theirs[key], f"{route}/{key}")
            if found:
                return found
        return ""
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return f"{route}: {len(ours)} items and {len(theirs)}"
        differences = (
            first_difference(*pair, f"{route}/{at}") for at, pair in enumerate(zip(ours, theirs, strict=True))
        )
        return next(filter(None, differences), "")
    types = {type(ours), type(theirs)}
    if ours == theirs and (len(types) == 1 or types == {int, float}):
        return ""
    return f"{route}: {str(ours)[:80]!r} and {str(theirs)[:80]!r}"


def differences(made: list[Manifest], expected: list[Any], counts: Counter[str]) -> Iterator[str]:
    """What is not the same in what a kustomization makes."""
    theirs = {identity(item): without_build_metadata(item) for item in expected}
    for manifest in made:
        if is_stand_in(manifest):
            counts["charts"] += 1
            continue
        item = plain(manifest.tree)
        key = identity(item)
        found = theirs.pop(key, None)
        if found is None and (unhashed := _unhashed(key, theirs)) is not None:
            counts["names whose hash is not known"] += 1
            found = theirs.pop(unhashed)
            item["metadata"]["name"] = unhashed[-1]  # type: ignore[index,call-overload]
        if manifest.unsettled:
            counts["objects that are not settled"] += 1
            print(f"      {'/'.join(key)}: not settled: {manifest.unsettled}")
        elif found is None:
            yield f"{'/'.join(key)}: only ours"
        else:
            counts["objects"] += 1
            counts["values that are not known"] += _holes(item)
            difference = first_difference(item, found)
            if difference and not first_difference(_refolded(item), _refolded(found)):
                counts["objects with a text that kustomize folds anew"] += 1
                difference = ""
            if difference:
                yield f"{'/'.join(key)}{difference}"
    encrypted = [key for key in theirs if key[1].startswith(_ENCRYPTED)]
    counts["objects encrypted as a whole"] += len(encrypted)
    yield from (f"{'/'.join(key)}: only theirs" for key in theirs if key not in encrypted)


def _refolded(item: Any) -> Any:
    """Data without blank lines in texts: kustomize 5.5 puts one more before lines that are indented more than the
    rest of a folded text (`>`)."""
    if isinstance(item, dict):
        return {key: _refolded(value) for key, value in item.items()}
    if isinstance(item, list):
        return [_refolded(value) for value in item]
    return _BLANK_LINES.sub("\n", item) if isinstance(item, str) else item


def _unhashed(key: tuple[str, ...], theirs: dict[tuple[str, ...], Any]) -> tuple[str, ...] | None:
    if key[1] not in ("ConfigMap", "Secret"):
        return None
    near = [
        other
        for other in theirs
        if other[:-1] == key[:-1] and other[-1][:-_HASH] == key[-1] and other[-1][-_HASH] == "-"
    ]
    return near[0] if len(near) == 1 else None


def _holes(item: Any) -> int:
    if isinstance(item, Hole):
        return not item.text
    below = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return sum(map(_holes, below))


def compare(root: Path, counts: Counter[str]) -> None:
    """Compares every kustomization below a root."""
    repository = Repository(walk(root), others=reader(root))
    for path in repository.kustomizations:
        folder = path.rpartition("/")[0]
        theirs = kustomized(root / folder)
        if isinstance(theirs, str):
            counts["refused by kustomize"] += 1
            continue
        counts["built"] += 1
        found = list(differences(list(build(repository, folder).manifests), theirs, counts))
        counts["built alike"] += not found
        for difference in found:
            print(f"  {root.name}/{path}: {difference}")


def main(arguments: list[str]) -> None:
    """Compares, and prints the counts."""
    roots = [Path(item).resolve() for item in arguments if item != "--each"]
    if "--each" in arguments:
        roots = [item for root in roots for item in sorted(root.iterdir()) if item.is_dir()]
    total: Counter[str] = Counter()
    for root in roots:
        counts: Counter[str] = Counter()
        compare(root, counts)
        print(f"{root.name}: {', '.join(f'{count} {what}' for what, count in counts.items() if count)}", flush=True)
        total += counts
    print(f"all: {', '.join(f'{count} {what}' for what, count in total.items())}")


if __name__ == "__main__":
    main(sys.argv[1:])
