"""What a ConfigMap or Secret is generated from: literals, files and env files, each value with its place."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_encrypted
from immichlint.repo.repository import Repository
from immichlint.text import NotTextError, SourceText
from immichlint.trees.pieces import within
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write
from immichlint.yamltree.place import Place, in_text

_ENV_NAME: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_ENCRYPTED: Final = "ENC["
_SOPS: Final = "sops_"
_BASE64_LINE: Final = 70
ENCRYPTED: Final = "it is encrypted"


class SourceError(ValueError):
    """A source that kustomize refuses; the message says why."""


class Absent(NamedTuple):
    """A file that a generator lists and whose keys are not known: its route in the generator. `unread`: why,
    empty where the file is not there."""

    route: tuple[str | int, ...]
    path: str
    unread: str = ""


class Pair(NamedTuple):
    """A key with its value: a text, the bytes of a file that is no text, or a hole. `place`: where it is written."""

    key: str
    value: str | bytes | Hole
    place: Place

    def leaf(self, *, as_base64: bool) -> Leaf:
        """The value as it stands in an object."""
        value = self.value
        if not isinstance(value, Hole) and (as_base64 or isinstance(value, bytes)):
            value = _base64(value if isinstance(value, bytes) else value.encode("utf-8"))
        assert not isinstance(value, bytes)
        return Leaf(value, (Write(Layer.GENERATOR, self.place),))


Source: TypeAlias = Pair | Absent


def sources(repository: Repository, folder: str, entry: Map) -> Iterator[Source]:
    """The keys of a generator's entry in kustomize's order; files lie relative to a folder. Raises SourceError."""
    for route, leaf in (*_strings(entry, "envs"), *_strings(entry, "env")):
        yield from _env_file(repository, folder, route, _text(leaf))
    for _, leaf in _strings(entry, "literals"):
        yield _literal(leaf)
    for route, leaf in _strings(entry, "files"):
        yield _file(repository, folder, route, _text(leaf))


def listed_files(folder: str, entry: Map) -> Iterator[tuple[str, str]]:
    """The files that a generator's entry lists, relative to the root, each with its key; env files have none."""
    for _, leaf in (*_strings(entry, "envs"), *_strings(entry, "env")):
        yield "", _joined(folder, _text(leaf))
    for _, leaf in _strings(entry, "files"):
        key, _, path = _text(leaf).rpartition("=")
        yield key or posixpath.basename(path), _joined(folder, path)


def _strings(entry: Map, key: str) -> Iterator[tuple[tuple[str | int, ...], Leaf]]:
    field = entry.items.get(key)
    if isinstance(field, Leaf) and _text(field):
        yield (key,), field
    for index, item in enumerate(field.items if isinstance(field, Seq) else ()):
        if isinstance(item, Leaf):
            yield (key, index), item


def _text(leaf: Tree) -> str:
    if not isinstance(leaf, Leaf):
        return ""
    value = leaf.value.text if isinstance(leaf.value, Hole) else leaf.value
    return value if isinstance(value, str) else leaf.raw


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _literal(leaf: Leaf) -> Pair:
    text = _text(leaf)
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise SourceError("a literal is not `key=value`")
    start, end = len(key) + 1, len(text)
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value, start, end = value[1:-1], start + 1, end - 1
    place = within(leaf.writes[-1].place, start, end, len(text))
    assert place is not None
    return Pair(key, Hole(value, leaf.value.why) if isinstance(leaf.value, Hole) else value, place)


def _file(repository: Repository, folder: str, route: tuple[str | int, ...], text: str) -> Source:
    key, equals, given = text.partition("=")
    if not equals:
        key, given = posixpath.basename(text), text
    if not key or not given or "=" in given:
        raise SourceError(f"`{text}` is neither a file nor `key=file`")
    path = repository.resolved(_joined(folder, given))
    file = repository.file(path)
    if file is None:
        return Absent(route, path)
    raw = file.raw
    if raw is None:
        return Pair(key, Hole("", file.unread), in_text(path, 0, 0))
    if is_encrypted(raw) or (b"ENC[AES256" in raw and b"sops" in raw):
        return Pair(key, Hole("", ENCRYPTED), in_text(path, 0, 0))
    try:
        value = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Pair(key, raw, in_text(path, 0, 0))
    return Pair(key, value, in_text(path, 0, len(value.removeprefix("\ufeff"))))


def _env_file(repository: Repository, folder: str, route: tuple[str | int, ...], text: str) -> Iterator[Source]:
    path = repository.resolved(_joined(folder, text))
    file = repository.file(path)
    if file is None or file.raw is None or is_encrypted(file.raw):
        yield Absent(route, path, "" if file is None else file.unread or ENCRYPTED)
        return
    try:
        lines = SourceText.decode(file.raw).text
    except NotTextError as error:
        raise SourceError(f"{path} is no text: {error}") from error
    encrypted = f"={_ENCRYPTED}" in lines
    at = 0
    for line in lines.split("\n"):
        pair = _env_line(line.removesuffix("\r"), path, at)
        at += len(line) + 1
        if pair is not None and not (encrypted and pair.key.startswith(_SOPS)):
            yield pair


def _env_line(line: str, path: str, at: int) -> Pair | None:
    stripped = line.lstrip()
    if not stripped or stripped.startswith("#"):
        return None
    key, _, value = stripped.partition("=")
    if not _ENV_NAME.fullmatch(key):
        raise SourceError(f"{path} has a line that is not `key=value`")
    start = at + len(line) - len(value)
    place = in_text(path, start, start + len(value))
    return Pair(key, Hole("", ENCRYPTED) if value.startswith(_ENCRYPTED) else value, place)


def _base64(value: bytes) -> str:
    """Base64 in lines of 70 characters where it is longer (kyaml/yaml/datamap.go)."""
    text = base64.b64encode(value).decode("ascii")
    if len(text) < _BASE64_LINE:
        return text
    return "".join(f"{text[at : at + _BASE64_LINE]}\n" for at in range(0, len(text), _BASE64_LINE))
