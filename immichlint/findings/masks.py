"""Secrets in texts that are shown: which spans of a file never appear in any output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.repo.repository import Reading
from immichlint.text import SourceText, Span
from immichlint.yamltree.compose import compose
from immichlint.yamltree.embedded import Embedded
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import entries, find
from immichlint.yamltree.nodes import AliasNode, MappingNode, Node, ScalarNode, SequenceNode, resolve

MASK: Final = "*"
_IN_URL: Final = re.compile(r"(?:://[^/\s:@'\"]*:([^@\s'\"]+)@|ioredis://([\w+/=-]+))")
"""A password in a URL; after `ioredis://` stands a whole configuration in base64."""
_SECRET_FIELDS: Final = ("data", "stringData")
_DEPTH: Final = 3
"""How many texts within texts are looked into."""


def secret_spans(reading: Reading) -> tuple[Span, ...]:
    """The spans of a file that hold secrets: data of Secrets, literals of which kustomize generates them, variables
    and keys with a secret's name, and passwords in URLs."""
    if reading.source is None:
        return ()
    found = [Span(*match.span(match.lastindex or 0)) for match in _IN_URL.finditer(reading.source.text)]
    for document in reading.documents:
        if document.root is None:
            continue
        kind = find(document.root, ("kind",))
        is_secret = kind is not None and isinstance(kind.node, ScalarNode) and kind.node.text == "Secret"
        for field in _SECRET_FIELDS if is_secret else ():
            data = find(document.root, (field,))
            found += _scalars(data.node) if data is not None else []
        found += _generated(document.root, reading.source.text)
        found += _named(document.root)
        found += _embedded(document.root, reading.source, _DEPTH)
    return tuple(sorted(set(found)))


def _embedded(root: Node, source: SourceText, depth: int) -> Iterator[Span]:
    """The secrets in texts that are YAML or JSON themselves: a file in a ConfigMap, values of a chart."""
    for node in _texts(root):
        if not any(name in node.text for name in load("secret_names")["suffixes"]):
            continue
        text = Embedded(source, node)
        try:
            documents = compose(text.inner)
        except YamlError:
            continue
        for document in documents:
            if not isinstance(document.root, (MappingNode, SequenceNode)):
                continue
            yield from (text.outer_span(span) for span in _named(document.root))
            if depth > 1:
                yield from (text.outer_span(span) for span in _embedded(document.root, text.inner, depth - 1))


def _texts(root: Node) -> Iterator[ScalarNode]:
    """The scalars that may be documents: texts of several lines, and those that begin as JSON does."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, SequenceNode):
            pending += node.items
        elif isinstance(node, MappingNode):
            pending += (value for _, value in node.entries)
        elif isinstance(node, ScalarNode) and ":" in node.text and ("\n" in node.text or node.text[:1] in "{["):
            yield node


def masked(text: str, start: int, spans: tuple[Span, ...]) -> str:
    """A stretch of a file's text, which begins at an offset, with what is secret masked."""
    for span in spans:
        first, last = max(span.start - start, 0), min(span.end - start, len(text))
        if first < last:
            hidden = "".join(MASK if character not in "\r\n" else character for character in text[first:last])
            text = text[:first] + hidden + text[last:]
    return text


def _scalars(node: Node) -> list[Span]:
    node = resolve(node)
    if isinstance(node, ScalarNode):
        return [node.span] if node.end > node.start else []
    if isinstance(node, MappingNode):
        return [span for _, value in node.entries for span in _scalars(value)]
    return [span for item in node.items for span in _scalars(item)] if isinstance(node, SequenceNode) else []


def _generated(root: Node, text: str) -> Iterator[Span]:
    """The values of the literals of a `secretGenerator`, or of a generator of that kind."""
    generators = find(root, ("secretGenerator",))
    kind = find(root, ("kind",))
    found: list[Node] = []
    if generators is not None and isinstance(generators.node, SequenceNode):
        found += generators.node.items
    if kind is not None and isinstance(kind.node, ScalarNode) and kind.node.text == "SecretGenerator":
        found.append(root)
    for generator in found:
        literals = find(generator, ("literals",))
        for span in _scalars(literals.node) if literals is not None else ():
            start = text.find("=", span.start, span.end) + 1
            yield Span(start or span.start, span.end)


def _named(root: Node) -> Iterator[Span]:
    """Values whose key, or whose `name` beside them, is a secret's."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, SequenceNode):
            pending += node.items
        if not isinstance(node, MappingNode):
            continue
        named = entries(node).get("name")
        label = resolve(named.value) if named is not None else None
        for pair in load("secret_names")["pairs"]:
            # `secretKey` alone is the name of a key, as ExternalSecrets have it.
            if all(name in entries(node) for name in pair):
                yield from (span for name in pair for span in _scalars(entries(node)[name].value))
        for key, value in node.entries:
            if isinstance(value, AliasNode):
                continue
            if isinstance(key, ScalarNode) and _is_secret(key.text) and isinstance(value, ScalarNode):
                yield value.span
            elif _key(key) == "stringData":
                # Also in a chart's values, which describe a Secret.
                yield from _scalars(value)
            elif isinstance(label, ScalarNode) and _is_secret(label.text) and _key(key) == "value":
                yield from _scalars(value)
            pending.append(value)


def _key(node: Node) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _is_secret(name: str) -> bool:
    facts = load("secret_names")
    return name.endswith(tuple(facts["suffixes"])) and not name.endswith(tuple(facts["exceptions"]))
