"""What `immichlint stack` prints: a tree for each stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from immichlint.report.branches import Branch, drawn, group
from immichlint.report.segments import EMPTY, NAME, STRONG, Line, painted
from immichlint.schedules.words import moment

if TYPE_CHECKING:
    from immichlint.findings.overview.model import (
        Applied,
        Archive,
        Component,
        Connection,
        Database,
        Idle,
        Open,
        Overview,
        Reference,
        Schedule,
        StackView,
        Volume,
        Way,
        Where,
    )

_MOST_OBJECTS: Final = 12
"""How many objects of a draft are named."""


def render_stack(overview: Overview, width: int, *, color: bool) -> str:
    """A tree for each stack, then what nothing applies and what is not analysed."""
    trees = [_stack(item) for item in overview.stacks]
    if not trees:
        trees.append(Branch(_nothing(overview)))
    for title, branches in (
        ("Drafts: files that nothing applies", map(_draft, overview.drafts)),
        ("What names Immich and makes no component, as far as is known", map(_open, overview.named)),
        ("Not analysed", map(_open, overview.unread)),
    ):
        trees += group(title, branches, STRONG)
    lines: list[Line] = []
    for tree in trees:
        lines += [*([EMPTY] if lines else []), *drawn(tree, width)]
    return painted(lines, width, color=color)


def _nothing(overview: Overview) -> str:
    if overview.drafts or overview.named or overview.unread:
        return "No Immich that is applied was found here. This is what names it:"
    return "No Immich was found here: no manifest names it."


def _stack(stack: StackView) -> Branch:
    title = stack.name or "manifests that no kustomization lists"
    cluster = f", cluster {stack.cluster}" if stack.cluster else ""
    space = f", namespace {' and '.join(stack.namespaces)}" if stack.namespaces else ""
    references = stack.references
    counts = f"{references.found} found, {references.count('missing')} missing, {references.count('unknown')} unknown"
    below = (
        *group("applied by", map(_applied, stack.applied), NAME),
        *group("components", map(_component, stack.components), NAME),
        *group("connects to", map(_connection, stack.connections), NAME),
        *group("database", map(_database, stack.databases), NAME),
        *group("storage", map(_volume, stack.volumes), NAME),
        *group("routes", map(_way, stack.ways), NAME),
        Branch(f"references: {counts}", below=tuple(map(_reference, references.open)), style=NAME),
        *group("unknown", map(_open, stack.unknown), NAME),
    )
    return Branch(f"{title} ({stack.engine}{cluster}{space})", below=below, style=STRONG)


def _applied(item: Applied) -> Branch:
    folders = " and ".join(item.folders)
    if not item.applier:
        by = {"kustomize": "kubectl apply -k", "helm": "helm"}.get(item.engine, "kubectl apply")
        text = f"no engine that is in the repository; `{by}`{f' of {folders}' if folders else ''}"
        return Branch(text, _at(item.where))
    prunes = {True: "; it prunes", False: "; it does not prune", None: "; whether it prunes is not known"}[item.prunes]
    return Branch(f"{item.applier}{f' from {folders}' if folders else ''}{prunes}", _at(item.where))


def _component(item: Component) -> Branch:
    image = f"{item.image}:{item.tag}" if item.tag and item.image else item.image
    image = image.replace(":sha256:", "@sha256:")
    is_known = not any(why.startswith("its tag") for why in item.unknown)
    tag = "" if item.tag else ", without a tag" if is_known else ", tag unknown"
    text = f"{item.component}: {image or 'an image that is not known'}{tag}"
    through = f" through {item.chart}" if item.chart else ""
    perhaps = (Branch(f"perhaps: {item.perhaps}"),) if item.perhaps else ()
    unknown = tuple(Branch(f"unknown: {why}") for why in item.unknown)
    return Branch(
        f"{text}, in {item.workload} {item.name or '(its name is not known)'}{through}",
        _at(item.where),
        (*perhaps, *unknown),
    )


def _connection(item: Connection) -> Branch:
    host = f"{item.host}: " if item.host else ""
    return Branch(f"{item.to}: {host}{item.why}", _at(item.where))


def _database(item: Database) -> Branch:
    name = f"{item.namespace}/{item.name}" if item.namespace else item.name
    about = [
        f"PostgreSQL {item.postgresql}" if item.postgresql else "",
        f"VectorChord {item.vectorchord}" if item.vectorchord else "",
        f"{item.instances} instance{'' if item.instances == '1' else 's'}" if item.instances else "",
        " ".join(part for part in (item.size, item.storage_class) if part),
    ]
    copies = (Branch(f"besides its own backups: {item.copies}"),) if item.copies else ()
    guard = (Branch(item.guard),) if item.guard else ()
    image = (Branch(f"image: {item.image}"),) if item.image else ()
    below = (
        Branch(f"taken for Immich's: {item.why} ({item.confidence} confidence)"),
        *image,
        *(map(_archive, item.archives) if item.archives else (Branch("destination: none"),)),
        *(map(_schedule, item.schedules) if item.schedules else (Branch("backup: no ScheduledBackup"),)),
        Branch(f"recovery: {item.window.words}"),
        *copies,
        *guard,
    )
    return Branch(", ".join([f"Cluster {name}", *filter(None, about)]), _at(item.where), below)


def _archive(item: Archive) -> Branch:
    path = item.destination or "path unknown"
    kept = f", kept {item.retention}" if item.retention else "" if item.unknown else ", kept for ever"
    unknown = f" (unknown: {item.unknown})" if item.unknown else ""
    return Branch(f"destination: {path} ({item.method}){kept}{unknown}", _at(item.where))


def _schedule(item: Schedule) -> Branch:
    text = f"`{item.expression}`" if item.expression else "schedule unknown"
    words = f", {item.words}" if item.words else ""
    coming = f"; next {moment(item.next)}" if item.next is not None else ""
    state = {
        "active": "",
        "suspended": "; suspended: it does not run",
        "rejected": f"; it takes none: {item.why}",
        "unknown": f"; unknown: {item.why}",
    }[item.state]
    method = f" by {item.method}" if item.method else ""
    return Branch(f"backup {item.name}: {text}{words}{method}{coming}{state}", _at(item.where))


def _volume(item: Volume) -> Branch:
    media = "photos" if item.media else ""
    about = ", ".join(filter(None, (item.size, item.storage_class, " and ".join(item.modes))))
    used = " and ".join(item.used_by)
    text = f"{media + ': ' if media else ''}{item.kind} {item.name}{f' ({about})' if about else ''} of {used}"
    below = (Branch(item.protection or "nothing here backs it up"), *((Branch(item.guard),) if item.guard else ()))
    return Branch(text, _at(item.where), below if item.media or item.protection or item.guard else ())


def _way(item: Way) -> Branch:
    hosts = f" {' and '.join(item.hosts)}" if item.hosts else ""
    port = f":{item.port}" if item.port else ""
    text = f"{item.kind} {item.name}{hosts} -> Service {item.service}{port} -> {' and '.join(item.reaches)}"
    return Branch(text, _at(item.where))


def _reference(item: Reference) -> Branch:
    return Branch(f"{item.state}: {item.kind} {item.name} of {item.of}: {item.why}", _at(item.where))


def _open(item: Open) -> Branch:
    return Branch(f"{item.what}: {item.why}" if item.why else item.what, _at(item.where))


def _draft(item: Idle) -> Branch:
    by = f" in {item.kustomization}" if item.kustomization else ""
    below = [*map(_component, item.components), *_objects(item.objects)]
    return Branch(f"{item.why}{by}: {_files(item.files)}", below=tuple(below))


def _files(files: Iterable[str]) -> str:
    listed = tuple(files)
    more = f" and {len(listed) - _MOST_OBJECTS} more" if listed[_MOST_OBJECTS:] else ""
    return ", ".join(listed[:_MOST_OBJECTS]) + more


def _objects(objects: tuple[str, ...]) -> Iterator[Branch]:
    if objects:
        yield Branch(f"objects: {_files(objects)}")


def _at(where: Where | None) -> str:
    return str(where) if where is not None else ""
