"""What is secret in a document by the fields that it stands in, and in the documents that lie in its texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.secret_patterns import SWITCHES
from immichlint.text import SourceText, Span
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import entries, find
from immichlint.yamltree.nodes import AliasNode, MappingNode, Node, ScalarNode, SequenceNode, resolve

_SECRET_FIELDS: Final = ("data", "stringData")
_VARIABLES: Final = "/env/"
_SECRETS: Final = ("secret", "secrets")
_DEPTH: Final = 3
"""How many texts within texts are looked into."""


def secret_fields(root: Node, source: SourceText) -> Iterator[Span]:
    """The spans of secrets in a document: data of Secrets and of what generates them, values whose key or name is a
    secret's."""
    yield from _generated(root, source.text)
    yield from _named(root)
    yield from _embedded(root, source, _DEPTH)


def _embedded(root: Node, source: SourceText, depth: int) -> Iterator[Span]:
    """The secrets in texts that are YAML or JSON themselves: a file in a ConfigMap, values of a chart."""
    from immichlint.yamltree.embedded import Embedded

    for node in _texts(root):
        facts = load("secret_names")
        if not any(name in node.text for name in (*facts["suffixes"], *facts["words"], *_SECRET_FIELDS, _VARIABLES)):
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
        kind = entries(node).get("kind")
        if kind is not None and _text(kind.value) == "Secret":
            for field in _SECRET_FIELDS:
                data = entries(node).get(field)
                yield from _scalars(data.value) if data is not None else ()
        named = entries(node).get("name")
        path = entries(node).get("path")
        patched = _text(path.value) if path is not None and "op" in entries(node) else ""
        label = resolve(named.value) if named is not None else None
        for pair in load("secret_names")["pairs"]:
            # `secretKey` alone is the name of a key, as ExternalSecrets have it.
            if all(name in entries(node) for name in pair):
                yield from (span for name in pair for span in _scalars(entries(node)[name].value))
        for key, value in node.entries:
            if isinstance(value, AliasNode):
                continue
            name = _text(key)
            if _is_secret(name) and isinstance(value, ScalarNode):
                # `disablePassword: true` says nothing of the password.
                if value.style or value.text not in SWITCHES:
                    yield value.span
            elif _is_secret(name) and isinstance(value, MappingNode) and "value" in entries(value):
                yield from _scalars(entries(value)["value"].value)
            elif name == "stringData":
                # Also in a chart's values, which describe a Secret.
                yield from _scalars(value)
            elif name in _SECRETS:
                yield from (span for data in _data_within(value) for span in _scalars(data))
            elif name == "value" and (_may_be_of_secret(patched) or _is_secret(_text(label))):
                yield from _scalars(value)
            elif name == "template":
                # Of an ExternalSecret: what is no template in it is a value.
                filled = (field for field in _under(value, "data") for field in _filled(field))
                yield from (span for field in filled for span in _scalars(field))
            pending.append(value)


def _under(node: Node, name: str) -> Iterator[Node]:
    """The fields of this name of a mapping, or of each item of a list."""
    node = resolve(node)
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if isinstance(item, MappingNode) and name in entries(item):
            yield entries(item)[name].value


def _data_within(secrets: Node) -> Iterator[Node]:
    """The `data` of what a chart's values describe as one Secret or, by name, as several."""
    yield from _under(secrets, "data")
    if isinstance(secrets, MappingNode):
        yield from (data for _, value in secrets.entries for data in _under(value, "data"))


def _filled(data: Node) -> Iterator[Node]:
    """The values of a template's data that are no templates."""
    if isinstance(data, MappingNode):
        yield from (value for _, value in data.entries if "{{" not in _text(value))


def _may_be_of_secret(pointer: str) -> bool:
    """Whether a JSON patch at this pointer sets what may be secret: of a variable it says the number, not the name."""
    of_variable = _VARIABLES in pointer and pointer.endswith("/value")
    return of_variable or pointer.startswith(("/stringData/", "/data/")) or _is_secret(pointer)


def _text(node: Node | None) -> str:
    """The text of a scalar; empty for anything else."""
    found = resolve(node) if node is not None else None
    return found.text if isinstance(found, ScalarNode) else ""


def _is_secret(name: str) -> bool:
    facts = load("secret_names")
    if name.endswith(tuple(facts["exceptions"])):
        return False
    word = name.rpartition("/")[2].rpartition(".")[2]
    return (
        word in facts["words"] or name.startswith(tuple(facts["beginnings"])) or name.endswith(tuple(facts["suffixes"]))
    )
