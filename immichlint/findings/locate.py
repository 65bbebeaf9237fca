"""From a place to a region of a file: the one spot where routes become lines and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from immichlint.findings.report import Region
from immichlint.lenses.keyed import KEYS, step
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.text import SourceText, Span
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import Found, Route, find, key_text
from immichlint.yamltree.nodes import Document, MappingNode, Node, ScalarNode, SequenceNode, resolve
from immichlint.yamltree.place import FILE, DocumentId, Place

if TYPE_CHECKING:
    from immichlint.yamltree.embedded import Embedded


class Spot(NamedTuple):
    """A document with the hosts that it is embedded in, outermost first."""

    source: SourceText
    document: Document
    hosts: tuple[Embedded, ...]

    def outwards(self, span: Span) -> Span:
        """A span of this document's text, in the coordinates of the file."""
        for host in reversed(self.hosts):
            span = host.outer_span(span)
        return span


def locate(repository: Repository, place: Place) -> Region | None:
    """Where a place is: of a scalar its text, of a collection its key; None where its file has no such document.

    What is not there is at its nearest ancestor; a text of several lines is at its first.
    """
    file = repository.read(place.document.path).source
    spot = spot_of(repository, place.document)
    if place.document.index == FILE and place.part is not None and file is not None:
        span = _first_line(file, Span(*place.part))
    elif spot is not None and file is not None:
        span = _first_line(file, spot.outwards(_span(spot, place)))
    else:
        return None
    return Region(place.document.path, span, file.position(span.start), file.position(span.end))


def spot_of(repository: Repository, identity: DocumentId) -> Spot | None:
    """The document of this name and where its text stands; None where it is not there."""
    if identity.hosts:
        # Many findings may be in one text: a release's values, say.
        return repository.remember(("spot", identity), lambda: _inner_spot(repository, identity))
    reading = repository.read(identity.path)
    if reading.source is None or not 0 <= identity.index < len(reading.documents):
        return None
    return Spot(reading.source, reading.documents[identity.index], ())


def _inner_spot(repository: Repository, identity: DocumentId) -> Spot | None:
    *outer, route = identity.hosts
    spot = spot_of(repository, identity._replace(hosts=tuple(outer)))
    return _embedded(spot, route) if spot is not None else None


def _embedded(spot: Spot, route: Route) -> Spot | None:
    found = find(spot.document.root, route)
    if found is None or not isinstance(found.node, ScalarNode):
        return None
    from immichlint.yamltree.embedded import Embedded

    embedded = Embedded(spot.source, found.node)
    try:
        documents = compose(embedded.inner)
    except YamlError:
        return None
    return Spot(embedded.inner, documents[0], (*spot.hosts, embedded)) if documents else None


def _span(spot: Spot, place: Place) -> Span:
    found, missing = _nearest(spot.document, place.route)
    if found is None:
        return Span(spot.document.span.start, spot.document.span.start)
    node = found.node
    if found.key is not None and (place.key or missing or not isinstance(node, ScalarNode)):
        return found.key.span
    if not isinstance(node, ScalarNode):
        return _head(node)
    if place.part is None:
        return node.span
    from immichlint.yamltree.embedded import Embedded

    return Embedded(spot.source, node).outer_span(Span(*place.part))


def _nearest(document: Document, route: Route) -> tuple[Found | None, bool]:
    """What stands at a route, or at its nearest ancestor, and whether it is only an ancestor."""
    for length in range(len(route), -1, -1):
        found = find(document.root, route[:length])
        if found is not None:
            return found, length < len(route)
    return None, True


def _head(node: Node) -> Span:
    """What to point at for a collection that has no key: its name, else its first key or item."""
    node = resolve(node)
    if isinstance(node, MappingNode) and node.entries:
        for key, value in node.entries:
            if key_text(key) == "name" and isinstance(resolve(value), ScalarNode):
                return value.span
        return node.entries[0][0].span
    if isinstance(node, SequenceNode) and node.items:
        return _head(node.items[0])
    return node.span


def _first_line(source: SourceText, span: Span) -> Span:
    end = source.text.find("\n", span.start, span.end)
    if end < 0:
        return span
    return Span(span.start, end - 1 if source.text[end - 1] == "\r" else end)


def route_text(repository: Repository, place: Place) -> str:
    """A place's route for people and fingerprints: `/spec/containers/[name=main]/env`.

    List items are named by their merge key; `!` enters YAML that is embedded in a scalar.
    """
    parts: list[str] = []
    identity = DocumentId(place.document.path, place.document.index)
    for route in (*place.document.hosts, place.route):
        spot = spot_of(repository, identity)
        parts.append("".join(f"/{step}" for step in _named(spot.document if spot is not None else None, route)))
        identity = identity.inside(route)
    return "!".join(parts) or "/"


def _named(document: Document | None, route: Route) -> list[str]:
    steps: list[str] = []
    for length, part in enumerate(route, start=1):
        found = find(document.root, route[:length]) if isinstance(part, int) and document is not None else None
        steps.append(_item_name(found.node, part) if found is not None else str(part))
    return steps


def _item_name(node: Node, position: str | int) -> str:
    for key, value in node.entries if isinstance(node, MappingNode) else ():
        target = resolve(value)
        name = key_text(key)
        if name is not None and name in KEYS and isinstance(target, ScalarNode):
            return step(name, target.text)
    return str(position)
