"""From the name of a document to the document, embedded ones included."""

from __future__ import annotations

from typing import Final

from immichlint.repo.repository import Repository
from immichlint.text import SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import find
from immichlint.yamltree.nodes import Document, ScalarNode
from immichlint.yamltree.place import DocumentId

_SOURCE: Final = "# Source: "
_TEMPLATES: Final = "/templates/"


def document(repository: Repository, identity: DocumentId) -> Document | None:
    """The document of this name; None where it is not there or not YAML."""
    reading = repository.read(identity.path)
    if not 0 <= identity.index < len(reading.documents):
        return None
    found: Document | None = reading.documents[identity.index]
    for host in identity.hosts:
        found = embedded(found, host) if found is not None else None
    return found


def embedded(outer: Document, host: tuple[str | int, ...]) -> Document | None:
    """The first document in the text of the scalar at a route; None where it is not YAML."""
    if host not in outer.embedded:
        outer.embedded[host] = _composed(outer, host)
    return outer.embedded[host]


def _composed(outer: Document, host: tuple[str | int, ...]) -> Document | None:
    scalar = find(outer.root, host)
    if scalar is None or not isinstance(scalar.node, ScalarNode):
        return None
    try:
        documents = compose(SourceText(scalar.node.text))
    except YamlError:
        return None
    return documents[0] if documents else None


def rendered_from(repository: Repository, identity: DocumentId) -> str:
    """The template that Helm says, in a comment above a document, to have rendered it from; empty where it says
    nothing."""
    reading = repository.read(identity.path)
    if reading.source is None or not 0 <= identity.index < len(reading.documents):
        return ""
    root = reading.documents[identity.index].root
    line = reading.source.position(root.start).line if root is not None else 0
    while line > 1:
        line -= 1
        span = reading.source.line_span(line)
        text = reading.source.text[span.start : span.end].strip()
        template = text.removeprefix(_SOURCE)
        if template != text and _TEMPLATES in template:
            return template
        if text and not text.startswith("#"):
            break
    return ""
