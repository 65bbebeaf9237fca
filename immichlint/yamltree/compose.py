"""From the C parser's events to positioned nodes.

The events are composed here, iteratively, because the C composer crashes the process on deep nesting,
refuses an anchor that is defined a second time, and loses the places of aliases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from _ruamel_yaml import CParser
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText, Span
from immichlint.yamltree.errors import TooDeepError, TooLargeError, YamlError
from immichlint.yamltree.nodes import (
    FOLDED,
    LITERAL,
    MERGE_KEY,
    PLAIN,
    AliasNode,
    Document,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)

if TYPE_CHECKING:
    from immichlint.yamltree.colons import Veiled

MAX_DEPTH: Final = 200
"""How many levels of collections a document may have once its aliases are expanded."""

MAX_NODES: Final = 200_000
"""How many nodes a text may have once its aliases are expanded."""

_REFUSED: Final = "found unexpected ':'"
"""What libyaml says of a colon inside of a plain text of a flow collection."""

_WEIGHT_OF_TEXT: Final = 64
"""How many characters of a scalar weigh as much as a node, each time that an alias stands for it."""
_BLANK: Final = " \t\r\n"
_BLOCK: Final = (LITERAL, FOLDED)


def compose(source: SourceText) -> list[Document]:
    """The documents of a text, empty ones included where a marker makes them.

    Raises YamlError (TooDeepError beyond 200 levels, TooLargeError beyond 200,000 nodes, aliases expanded)
    with the offset where it stopped.
    """
    try:
        return _Composer(source).documents()
    except YamlError as error:
        if _REFUSED not in error.message:
            raise
        from immichlint.yamltree.colons import veiled

        other = veiled(source.text)
        if other is None:
            raise
        try:
            return _Composer(source, other).documents()
        except YamlError as further:
            # What is said of the text as it is written; of a limit, both say the same.
            raise (further if isinstance(further, (TooDeepError, TooLargeError)) else error) from None


class _Extent(NamedTuple):
    """What an alias of a node stands for: how many nodes, and how many levels of collections."""

    nodes: int
    levels: int


class _Composer:
    __slots__ = (
        "_anchors",
        "_begun",
        "_document",
        "_documents",
        "_extents",
        "_keys",
        "_levels",
        "_nodes",
        "_open",
        "_source",
        "_text",
        "_veil",
    )

    def __init__(self, source: SourceText, parsed: Veiled | None = None) -> None:
        self._source = source
        self._text = source.text
        self._veil = parsed
        self._documents: list[Document] = []
        self._document = Document(source, 0, False)
        self._anchors: dict[str, Node] = {}
        self._open: list[MappingNode | SequenceNode] = []
        self._keys: list[Node | None] = []
        self._nodes = 0
        # Per open collection: how many levels it holds so far; per anchored one: the nodes before it.
        self._levels: list[int] = []
        self._begun: dict[Node, int] = {}
        self._extents: dict[Node, _Extent] = {}

    def documents(self) -> list[Document]:
        try:
            parser = CParser(self._source.utf_8 if self._veil is None else self._veil.text)
            next_event = parser.get_event
            handle: dict[type, Callable[[Any], None]] = {
                ScalarEvent: self._scalar if self._veil is None else self._veiled_scalar,
                MappingStartEvent: self._start,
                SequenceStartEvent: self._start,
                MappingEndEvent: self._end,
                SequenceEndEvent: self._end,
                AliasEvent: self._alias,
                DocumentStartEvent: self._start_document,
                DocumentEndEvent: self._end_document,
            }
            while True:
                event = next_event()
                kind = type(event)
                if kind is StreamEndEvent:
                    return self._documents
                handler = handle.get(kind)
                if handler is not None:
                    handler(event)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            if error.context_mark is not None and "quoted scalar" in (error.context or ""):
                # A quote that nothing closes: where it was opened says more than the end of the file.
                mark = error.context_mark
            raise YamlError(_sentence(error), min(mark.index, len(self._text)) if mark else 0) from error
        except YAMLError as error:
            raise YamlError(str(error).splitlines()[0], getattr(error, "position", 0) or 0) from error

    def _start_document(self, event: DocumentStartEvent) -> None:
        self._document = Document(self._source, len(self._documents), bool(event.explicit))
        self._document.span = Span(event.start_mark.index, event.end_mark.index)
        self._anchors = {}
        self._count(1, event.start_mark.index)

    def _end_document(self, event: DocumentEndEvent) -> None:
        document = self._document
        end = event.end_mark.index if event.explicit else event.start_mark.index
        document.span = Span(document.span.start, self._trimmed(document.span.start, end))
        self._documents.append(document)

    def _trimmed(self, start: int, end: int) -> int:
        text = self._text
        while end > start and text[end - 1] in _BLANK:
            end -= 1
        return end

    def _veiled_scalar(self, event: ScalarEvent) -> None:
        if self._veil is not None:
            event.value = self._veil.unveiled(event.value)
        self._scalar(event)

    def _scalar(self, event: ScalarEvent) -> None:
        outer, end = event.start_mark.index, event.end_mark.index
        anchor, tag, style = event.anchor, event.tag, event.style or PLAIN
        start = outer if anchor is None and tag is None else self._after_properties(outer, end)
        if style in _BLOCK:
            end = self._trimmed(start, end)
        node = ScalarNode(outer, start, end, anchor, tag, event.value, style)
        if anchor is not None:
            self._extents[node] = _Extent(1 + len(node.text) // _WEIGHT_OF_TEXT, 0)
        self._add(node)

    def _after_properties(self, at: int, end: int) -> int:
        text = self._text
        while at < end and text[at] in "&!":
            while at < end and text[at] not in _BLANK:
                at += 1
            at = self._after_space(at, end)
        return at

    def _after_space(self, at: int, end: int) -> int:
        text = self._text
        while at < end:
            if text[at] == "#":
                line_end = text.find("\n", at, end)
                at = end if line_end < 0 else line_end
            elif text[at] not in _BLANK:
                return at
            else:
                at += 1
        return at

    def _alias(self, event: AliasEvent) -> None:
        name, start = event.anchor, event.start_mark.index
        target = self._anchors.get(name)
        if target is None:
            # Its name is not said: a password that begins with an asterisk is one too.
            raise YamlError("this alias has no anchor before it; a text that begins with * needs quotes", start)
        if any(target is open_node for open_node in self._open):
            raise YamlError(f"the anchor &{name} contains itself", start)
        extent = self._extents[target]
        if len(self._open) + extent.levels > MAX_DEPTH:
            raise TooDeepError(f"its aliases are nested deeper than {MAX_DEPTH} levels", start)
        self._count(extent.nodes, start, "its aliases stand for")
        self._hold(extent.levels)
        self._add(AliasNode(start, event.end_mark.index, name, target))

    def _count(self, nodes: int, at: int, what: str = "it has") -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise TooLargeError(f"{what} more than {MAX_NODES:,} nodes", at)

    def _hold(self, levels: int) -> None:
        if self._levels and self._levels[-1] < levels:
            self._levels[-1] = levels

    def _start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        outer, end = event.start_mark.index, event.end_mark.index
        if len(self._open) >= MAX_DEPTH:
            raise TooDeepError(f"nested deeper than {MAX_DEPTH} levels", outer)
        flow, anchor, tag = bool(event.flow_style), event.anchor, event.tag
        start = end - 1 if flow else end
        if anchor is None and tag is None:
            start = outer
        kind = MappingNode if isinstance(event, MappingStartEvent) else SequenceNode
        node = kind(outer, start, anchor, tag, flow)
        self._add(node)
        if anchor is not None:
            self._begun[node] = self._nodes - 1
        self._open.append(node)
        self._keys.append(None)
        self._levels.append(0)

    def _end(self, event: MappingEndEvent | SequenceEndEvent) -> None:
        node = self._open.pop()
        self._keys.pop()
        levels = self._levels.pop() + 1
        self._hold(levels)
        if node.anchor is not None:
            self._extents[node] = _Extent(self._nodes - self._begun[node], levels)
        if isinstance(node, MappingNode):
            self._note_duplicates(node)
        if node.flow:
            node.end = event.end_mark.index
            return
        # A block collection "ends" at the next token: its last child says where it really does.
        if isinstance(node, MappingNode) and node.entries:
            first, last = node.entries[0][0], node.entries[-1][1]
        elif isinstance(node, SequenceNode) and node.items:
            first, last = node.items[0], node.items[-1]
        else:
            node.end = node.start
            return
        if isinstance(node, MappingNode):
            node.start = first.outer
        elif node.anchor is not None or node.tag is not None:
            node.start = self._after_properties(node.outer, first.outer)
        node.end = max(last.end, self._key_end(node))

    def _key_end(self, node: MappingNode | SequenceNode) -> int:
        """The end of a last entry whose value is empty: after the colon or the dash."""
        if isinstance(node, SequenceNode):
            return node.items[-1].end
        key, value = node.entries[-1]
        if value.end > value.outer:
            return value.end
        colon = self._text.find(":", key.end, value.end + 1)
        return colon + 1 if colon >= 0 else key.end

    def _note_duplicates(self, node: MappingNode) -> None:
        keys = [key for key, _ in node.entries if isinstance(key, ScalarNode)]
        if len({key.text for key in keys}) == len(keys):
            return
        seen: set[str] = set()
        for key in keys:
            if key.text in seen and key.text != MERGE_KEY:
                self._document.duplicates.append(key)
            seen.add(key.text)

    def _add(self, node: Node) -> None:
        self._count(1, node.outer)
        if node.anchor is not None and not isinstance(node, AliasNode):
            self._anchors[node.anchor] = node
        if not self._open:
            self._document.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node
        else:
            parent.entries.append((key, node))
            self._keys[-1] = None


def _sentence(error: MarkedYAMLError) -> str:
    problem = error.problem or "not valid YAML"
    return f"{error.context}: {problem}" if error.context else str(problem)
