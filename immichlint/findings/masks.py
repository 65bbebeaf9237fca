"""Secrets in texts that are shown: which spans of a file never appear in any output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, TypeVar, cast

from immichlint.facts import load
from immichlint.repo.reading import Reading
from immichlint.text import SourceText, Span
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import entries, find
from immichlint.yamltree.nodes import AliasNode, MappingNode, Node, ScalarNode, SequenceNode, resolve

T = TypeVar("T")

MASK: Final = "*"
_DERIVED: Final = "secret spans"
# What follows an opening is taken as a whole and once, whether it turns out to be a secret or not (then no group has
# matched): else a text of nothing but openings takes quadratic time.
_IN_URL: Final = re.compile(r"://[^/\s:@'\"]*+:(?:([^@\s'\"]++(?:@[^@\s'\"/?#,]++(?=@))*+)@|[^@\s'\"]++)")
"""A password may have an `@` itself."""
_IN_HOST: Final = re.compile(r"(?<![\w./:-])[\w.-]++:([^@\s'\"/:{}]++)@(?!sha\d)(?=\w)")
"""As in a URL, without its scheme; a tag before a digest is none."""
_IN_HEADER: Final = re.compile(r"\b(?:Bearer|Basic)[ \t]+([\w.~+/=-]{8,})")
_IN_IOREDIS: Final = re.compile(r"ioredis://([\w+/=-]+)")
"""A whole configuration in base64."""
_IN_SQL: Final = re.compile(
    r"\bpassword[ \t]+(?:'{1,2}([^'\n]+)'|\$\$([^$\n]+)\$\$|\\?\"([^\"\\\n]+)\\?\")", re.IGNORECASE
)
_IN_LINE: Final = re.compile(r"^[ \t-]*+([\w.-]++):[ \t]+([^\n]+)$", re.MULTILINE)
_NO_KEY: Final = re.compile(r"^(?!---)[ \t]*+([^:\n]++)$", re.MULTILINE)
_IN_PGPASS: Final = re.compile(r":\d{4,5}:[^:\s\"']+:[^:\s\"']+:([^:\s\"']+)")
_DEFAULT: Final = re.compile(r"\$\{SECRET_\w*+:[-=](?:([^}\s]++)\}|[^}\s]++)")
"""What a variable is where nothing sets it; those that hold secrets are called so where Flux substitutes."""
_COMMENT: Final = re.compile(r"[ \t]#[^\r\n]*")
_SEEN: Final = re.compile(r"[^\r\n]")
_SECRET: Final = re.compile(r"\bkind:[ \t]*[\"']?Secret\b")
_SWITCHES: Final = ("true", "false")
_SECRET_FIELDS: Final = ("data", "stringData")
_SECRETS: Final = ("secret", "secrets")
_DEPTH: Final = 3
"""How many texts within texts are looked into."""
_LONGEST_POINTER: Final = 300
"""No pointer to a key of a Secret is longer: its name has 253 characters at the most."""
_LEAST: Final = 8
"""Shorter texts may be words: where they stand in a message, they need not be the secret."""


def secret_spans(reading: Reading) -> tuple[Span, ...]:
    """The spans of a file that hold secrets: data of Secrets, variables, keys and options with a secret's name,
    passwords in URLs and in SQL, and the comments beside them."""
    if reading.derived is None:
        return _secret_spans(reading)
    if _DERIVED not in reading.derived:
        reading.derived[_DERIVED] = _secret_spans(reading)
    found: tuple[Span, ...] = reading.derived[_DERIVED]
    return found


def _secret_spans(reading: Reading) -> tuple[Span, ...]:
    source = reading.source
    if source is None:
        return ()
    text = source.text
    found = [span for pattern in _patterns() for span in _matches(pattern, text)]
    if not reading.documents and _SECRET.search(text):
        # What is no YAML may be a Secret all the same.
        unsaid = load("secret_names")["unsaid"]
        found += [Span(*match.span(2)) for match in _IN_LINE.finditer(text) if match[1] not in unsaid]
        found += _matches(_NO_KEY, text)
    for document in reading.documents:
        if document.root is not None:
            found += _generated(document.root, text)
            found += _named(document.root)
            found += _embedded(document.root, source, _DEPTH)
    return tuple(sorted({*found, *_comments(text, found)}))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """What is secret in any text, in comments, in embedded texts and in command lines too."""
    facts = load("secret_names")
    names = "|".join(map(re.escape, facts["suffixes"]))
    options = "|".join(map(re.escape, facts["options"]))
    ends = "".join(f"(?<!{re.escape(name)})" for name in facts["exceptions"])
    value = rf"(?!(?:{'|'.join(_SWITCHES)})(?!\S))[\"']?"
    head = rf"(?:{names}){ends}[\"']?[ \t]*[:=][ \t]*"
    quoted = rf"{head}(?:\"([^\"\n]*[ \t][^\"\n]*)\"|'([^'\n]*[ \t][^'\n]*)')"
    assigned = rf"{head}{value}([^\s\"'{{}}\[\],$|>&*!#][^\s\"'{{}}\[\],]*)"
    asked = rf"(?:{options}|redis-cli(?:[\"', ]|\n[ \t]*-[ \t])+-a)"
    option = rf"{asked}[\"']?(?:[ =,\"']|\n[ \t]*-[ \t])+([^\s\"',\]:=#|>{{$][^\s\"',\]]*)"
    user = r"(?<![\w-])(?:-u|--user)(?:[ =,\"']|\n[ \t]*-[ \t])+[^\s:\"',]++:([^\s\"',]++)"
    pointer = rf"/(?:stringData|data)/[^\s,]{{1,{_LONGEST_POINTER}}}+"
    said = rf"(?:\bname[\"']?:[ \t]*[\"']?[\w.-]*(?:{names}){ends}|\bpath[\"']?:[ \t]*[\"']?{pointer})"
    remark = rf"{said}[\"']?[ \t]+(#[^\r\n]*)"
    beside = rf"{said}[\"']?,?[ \t]*(?:\n[ \t]*)?[\"']?value[\"']?:[ \t]*[\"']?([^\s\"'{{}}]+)"
    known = (_IN_URL, _IN_HOST, _IN_IOREDIS, _IN_HEADER, _IN_SQL, _IN_PGPASS, _DEFAULT)
    return *known, *map(re.compile, (quoted, assigned, option, user, beside, remark))


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if match.lastindex is not None:
            yield Span(*match.span(match.lastindex))


def _comments(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The comments that stand beside secrets: what was there before, as a rule."""
    line_end = -1
    for secret_end in sorted({span.end for span in spans}):
        if secret_end <= line_end:
            # The comment behind the first secret of a line is behind all of them.
            continue
        found = text.find("\n", secret_end)
        line_end = found if found >= 0 else len(text)
        match = _COMMENT.search(text, secret_end, line_end)
        if match is not None:
            yield Span(*match.span())


def unsaid(message: str, reading: Reading | None = None) -> str:
    """A sentence without passwords in URLs and in SQL, and without the secrets of the file that it is about."""
    for pattern in (_IN_URL, _IN_HOST, _IN_IOREDIS, _IN_SQL):
        message = masked(message, 0, tuple(_matches(pattern, message)))
    if reading is None:
        return message
    # A secret may begin with another one: the longer it is, the earlier it is masked.
    for secret in sorted(secret_texts(reading), key=len, reverse=True):
        message = message.replace(secret, MASK * len(secret))
    return message


def secret_texts(reading: Reading) -> frozenset[str]:
    """The secrets of a file that are secrets wherever else they stand: no short texts, and no words."""
    text = reading.source.text if reading.source is not None else ""
    found = {text[span.start : span.end].strip("\"'") for span in secret_spans(reading)}
    return frozenset(item for item in found if len(item) >= _LEAST and not item.replace("-", "").isalpha())


def nowhere_said(value: T) -> T:
    """A value made of tuples whose texts have no passwords in URLs and in SQL."""
    if isinstance(value, str):
        return cast("T", unsaid(value))
    if not isinstance(value, tuple):
        return value
    held = map(nowhere_said, value)
    return cast("T", type(value)(*held) if hasattr(value, "_fields") else tuple(held))


def _embedded(root: Node, source: SourceText, depth: int) -> Iterator[Span]:
    """The secrets in texts that are YAML or JSON themselves: a file in a ConfigMap, values of a chart."""
    from immichlint.yamltree.embedded import Embedded

    for node in _texts(root):
        facts = load("secret_names")
        if not any(name in node.text for name in (*facts["suffixes"], *facts["words"], *_SECRET_FIELDS)):
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
    """A stretch of a file's text, which begins at an offset, with what is secret masked. `spans`: in order."""
    pieces: list[str] = []
    at = 0
    for span in spans:
        first, last = max(span.start - start, at), min(span.end - start, len(text))
        if first < last:
            pieces += (text[at:first], _SEEN.sub(MASK, text[first:last]))
            at = last
    return "".join((*pieces, text[at:])) if pieces else text


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
                if value.style or value.text not in _SWITCHES:
                    yield value.span
            elif _is_secret(name) and isinstance(value, MappingNode) and "value" in entries(value):
                yield from _scalars(entries(value)["value"].value)
            elif name == "stringData":
                # Also in a chart's values, which describe a Secret.
                yield from _scalars(value)
            elif name in _SECRETS:
                yield from (span for data in _data_within(value) for span in _scalars(data))
            elif name == "value" and (_is_of_secret(patched) or _is_secret(_text(label))):
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


def _is_of_secret(pointer: str) -> bool:
    """Whether a JSON patch at this pointer sets what is secret."""
    return pointer.startswith(("/stringData/", "/data/")) or _is_secret(pointer)


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
