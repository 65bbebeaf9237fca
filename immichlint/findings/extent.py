"""Which lines belong to a place."""

from __future__ import annotations

from immichlint.findings.locate import locate, spot_of
from immichlint.repo.repository import Repository
from immichlint.text import Span
from immichlint.yamltree.lookup import find
from immichlint.yamltree.nodes import ScalarNode
from immichlint.yamltree.place import Place


def lines_of(repository: Repository, place: Place) -> tuple[int, int] | None:
    """The first and the last line of what a place points at: a scalar with its key, or a collection's key alone.

    Lines count from 1. What an alias stands for is where its anchor is. None where there is no such place.
    """
    region = locate(repository, place)
    if region is None:
        return None
    span = _with_key(repository, place)
    source = repository.read(place.document.path).source
    if span is None or source is None:
        return region.start.line, region.end.line
    first, last = source.position(span.start).line, source.position(span.end).line
    return min(first, region.start.line), max(last, region.end.line)


def _with_key(repository: Repository, place: Place) -> Span | None:
    """A scalar with its key, in the coordinates of the file; None for anything else."""
    spot = spot_of(repository, place.document)
    found = find(spot.document.root, place.route) if spot is not None else None
    if spot is None or found is None or not isinstance(found.node, ScalarNode):
        return None
    node = found.node
    start = found.key.start if found.key is not None and found.written is node else node.start
    first, last = spot.outwards(Span(start, start)), spot.outwards(Span(node.end, node.end))
    return Span(first.start, max(first.start, last.end))
