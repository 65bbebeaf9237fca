"""Make `immichlint/facts/field_releases.json`: which release brought a field of CloudNativePG's kinds, or a value.

    python tools/crd_history.py cnpg=CLONE plugin-barman-cloud=CLONE

Each argument is a project's name and a clone of its Git repository with all tags. The CRDs of every release are read,
from the one that `OLDEST` names; what all of them have stands in no row, and neither does what came together with
the field above it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from immichlint.facts.compact import whole
from immichlint.facts.crd import KINDS, Compact
from immichlint.stack.release import Release, has, parse_release
from immichlint.text import SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import data

FACTS: Final = Path(__file__).parent.parent / "immichlint" / "facts" / "field_releases.json"
OLDEST: Final = {"cnpg": (1, 20, 0), "plugin-barman-cloud": (0, 1, 0)}
FOLDER: Final = "config/crd/bases"
POD: Final = "spec.template.spec."
SOURCE: Final = (
    f"{FOLDER} of github.com/cloudnative-pg/cloudnative-pg and plugin-barman-cloud at the tag of every release, read by"
    " tools/crd_history.py. A route is written `spec.list[].key`, `*` being any key of a free mapping. `since`: the"
    " first release of each branch that has it, later branches having it all along; `until`: the first that has it no"
    " more, likewise. `pods`: fields that Kubernetes' own Pods have too, in templates of them"
)
GROUPS: Final = ("kinds", "fields", "values", "pods", "gone")

Known = frozenset[str]
"""A kind in a release: the routes of its fields, the empty one being the kind, and `route=value` for each value of an
enumeration."""


class Span(NamedTuple):
    """The releases that have something: the first of each branch, and the first of each that has it no more."""

    since: tuple[Release, ...]
    until: tuple[Release, ...]

    def holds(self, release: Release) -> bool:
        """Whether a release has it."""
        return has(release, texts(self.since)) and not (self.until and has(release, texts(self.until)))


def main(arguments: list[str]) -> None:
    """Read the releases of each project and write the file."""
    made: dict[str, Any] = {"source": SOURCE, "read": {}, **{name: [] for name in GROUPS}}
    for argument in arguments:
        project, _, clone = argument.partition("=")
        releases = dict(read(clone, OLDEST[project]))
        first, *_, last = releases
        made["read"][project] = {"oldest": text(first), "newest": text(last), "releases": len(releases)}
        for kind in sorted({kind for kinds in releases.values() for kind in kinds}):
            spans = dict(spans_of({release: kinds.get(kind, frozenset()) for release, kinds in releases.items()}))
            for name, rows in grouped(kind, spans).items():
                made[name] += rows
    FACTS.write_text(shown(made), "utf-8")
    print({name: len(made[name]) for name in GROUPS}, FACTS.stat().st_size, "bytes")


def read(clone: str, oldest: Release) -> Iterator[tuple[Release, Mapping[str, Known]]]:
    """The releases of a clone in order, each with its kinds."""
    tags = {release: tag for tag in git(clone, "tag").split() if (release := parse_release(tag)) is not None}
    blobs: dict[str, tuple[str, Known] | None] = {}
    for release in sorted(release for release in tags if release >= oldest and tags[release].startswith("v")):
        listed = [line.split()[2] for line in git(clone, "ls-tree", tags[release], f"{FOLDER}/").splitlines()]
        for blob in listed:
            if blob not in blobs:
                blobs[blob] = known(git(clone, "cat-file", "-p", blob))
        yield release, dict(item for blob in listed if (item := blobs[blob]) is not None)


def known(definition: str) -> tuple[str, Known] | None:
    """The kind that a file defines; None where it is none that people write."""
    for document in compose(SourceText(definition)):
        crd: Any = data(document.root)
        kind = crd["spec"]["names"]["kind"] if isinstance(crd, dict) else ""
        if kind in KINDS:
            (version,) = crd["spec"]["versions"]
            return kind, frozenset(("", *routes(whole(version["schema"]["openAPIV3Schema"]))))
    return None


def routes(schema: Compact, route: str = "") -> Iterator[str]:
    """The fields of a schema, and the values of its enumerations."""
    if isinstance(schema, dict):
        yield from (f"{route}={value}" for value in schema.get("enum", ()))
        for name, item in schema.get("fields", {}).items():
            below = f"{route}.{name}" if route else name
            yield below
            yield from routes(item, below)
        for key, mark in (("items", "[]"), ("values", ".*")):
            if key in schema:
                yield from routes(schema[key], f"{route}{mark}")


def spans_of(releases: Mapping[Release, Known]) -> Iterator[tuple[str, Span]]:
    """What not all releases of a kind have. Raises ValueError where a span does not say which."""
    for item in sorted({item for known in releases.values() for item in known}):
        having = [release for release, known in releases.items() if item in known]
        lacking = [release for release in releases if release not in having]
        if not lacking or (is_value(item) and not _was_refused(item, having[0], releases)):
            continue
        gone = [release for release in lacking if release > having[0] and not _later_in(release, having)]
        span = Span(borders(having) if lacking[0] < having[0] else (), borders(gone))
        if any(span.holds(release) is not (release in having) for release in releases):
            raise ValueError(f"{item} came and went otherwise than {span} says")
        yield item, span


def _later_in(release: Release, having: Iterable[Release]) -> bool:
    """Whether a later release of the same branch has it, or it had not yet come to that branch."""
    return any(other[:2] == release[:2] and other > release for other in having)


def is_value(item: str) -> bool:
    """Whether this is a value of an enumeration."""
    return "=" in item


def _was_refused(item: str, first: Release, releases: Mapping[Release, Known]) -> bool:
    """Whether an earlier release enumerates other values of the field, and not this one."""
    start = item.partition("=")[0] + "="
    return any(other.startswith(start) for release in releases if release < first for other in releases[release])


def borders(releases: list[Release]) -> tuple[Release, ...]:
    """The first release of each branch, up to the first branch that begins with one."""
    found: list[Release] = []
    for release in releases:
        if not any(release[:2] == other[:2] for other in found):
            found.append(release)
            if release[2] == 0:
                break
    return tuple(found)


def grouped(kind: str, spans: Mapping[str, Span]) -> dict[str, list[dict[str, Any]]]:
    """The rows of a kind: routes that came together are one."""
    rows: dict[str, dict[Span, list[str]]] = {name: {} for name in GROUPS}
    for item, span in spans.items():
        if not any(spans.get(above) == span for above in above_of(item)):
            rows[group_of(item, span)].setdefault(span, []).append(item)
    return {name: [row(kind, items, span) for span, items in sorted(found.items())] for name, found in rows.items()}


def group_of(item: str, span: Span) -> str:
    """Which rows something is among."""
    if not item or is_value(item):
        return "values" if item else "kinds"
    return "gone" if span.until else "pods" if item.startswith(POD) else "fields"


def above_of(item: str) -> Iterator[str]:
    """The routes above a field or a value."""
    route = item.partition("=")[0] if is_value(item) else item.rpartition(".")[0]
    while route:
        yield route
        yield route.removesuffix("[]")
        route = route.rpartition(".")[0]
    if item:
        yield ""


def row(kind: str, items: list[str], span: Span) -> dict[str, Any]:
    """A row as data."""
    made: dict[str, Any] = {"kind": kind}
    if items[0]:
        made["fields"] = items
    made["since"] = list(texts(span.since))
    return {**made, "until": list(texts(span.until))} if span.until else made


def shown(made: Mapping[str, Any]) -> str:
    """The file: a line for each row."""
    lines = [f'  "source": {json.dumps(made["source"])}', f'  "read": {json.dumps(made["read"])}']
    for name in GROUPS:
        rows = ",\n".join(f"    {json.dumps(item)}" for item in made[name])
        lines.append(f'  "{name}": [\n{rows}\n  ]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def text(release: Release) -> str:
    """A release as people write it."""
    return ".".join(map(str, release))


def texts(releases: Iterable[Release]) -> tuple[str, ...]:
    """Releases as people write them."""
    return tuple(map(text, releases))


def git(clone: str, *arguments: str) -> str:
    """What Git says of a clone."""
    return subprocess.run(["git", "-C", clone, *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main(sys.argv[1:])
