"""Random edits of files: of their bytes, their lines, their values and their names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache

from fuzz_seeds import Files, examples, repositories
from fuzz_stacks import stacks
from hypothesis import strategies as st

from immichlint.text import NotTextError, SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import Data, data

ODD_VALUES = (
    "", "null", "~", "0", "-1", "1e400", ".nan", "-.inf", "0x1F", "0o17", "1_000", "on", "2001-01-01", "12:30:45",
    "!!binary aGk=", "!custom x", "!!str", "!!set {a}", "&a x", "*a", "'", '"\\U0001F600"', "'${X}'", "'${X:=y}'",
    "'${'", "'${A:-${B:-c}}'", "'{{ .Values.x }}'", "'{{'", "<<", "[]", "{}", "[1, 2]", "[[]]", "{a: b}", "{name: x}",
    "[{}]", "[null]", "[{name: x, value: {a: b}}]", "|\n  x", "../../..", "/", "./", "..", "a/b", "http://[::1",
    "'http://a:b'", "postgres://u:p@[", "'postgresql://u:p@h:99999/db?x'", "'redis://:p@h:port'", "ioredis://e30=", "ioredis://xx",
    "@daily", "'@every 1s'", "'* * * * *'", "'0 0 31 2 *'", "'CRON_TZ=x * * * * *'", "'* * * * * * *'", "1w", "v1.2",
    "v999999.0.0", "a:b@sha256:c", "'@'", "':'", "9" * 40, "9" * 5000, "'²'", "'١٢'", "10Gi", "1e", "Ki", "-5Gi",
    "999999999Ei", "NaN", "'\u2028'", "'\x85'", "'\ufeff'", "'a\\0b'", '"a\\0b"', '"\\n"', "x" * 300, "0.1", "1.0",
    "true", "yes", "1000:1000", "Secret", "immich", "Cluster", "postgresql.cnpg.io/v1", "v1", "*", "'%'", "%zz",
    "'a=b'", "'='", "'#'",
)  # fmt: skip
ODD_DATA: tuple[Data, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", "x", "a/b", [], {}, [None], [[]], [{}], [1, "x"], {"": ""}, {"name": None},
    {"a": {"b": ["c"]}}, [{"name": "x", "value": []}], {"$patch": "delete"}, {"<<": {}}, "${X}", "{{ x }}", {"0": 1},
)  # fmt: skip
ODD_BYTES = (
    b"\x00", b"\xff", b"\xc3\x28", b"\r", b"\r\n", b"\t", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"---\n", b"...\n", b"[",
    b"{", b"'",
    b'"', b"|\n", b">-\n", b"&a ", b"*a", b"<<: *a\n", b"#", b": ", b"- ", b"? ", b"%YAML 1.1\n", b"!",
)  # fmt: skip
COMMENTS = ("# immichlint: ignore", "# immichlint: ignore[IML101] why", "# immichlint: ignore-file", "# {{ if x }}")
_VALUE = re.compile(r"(?<=: )[^\n]+|(?<=- )[^\n]+")

Edit = Callable[[st.DrawFn, Files], Files]


@st.composite
def broken_stacks(draw: st.DrawFn, *, real: bool = True) -> Files:
    """The files of a stack or of two, after a few edits. `real`: whether repositories are among them."""
    files = draw(seeds(real=real))
    if draw(st.integers(0, 4)) == 0:
        files = {**files, **{f"other/{path}": raw for path, raw in draw(seeds(real=False)).items()}}
    for _ in range(draw(st.integers(0, 6))):
        files = draw(st.sampled_from(EDITS))(draw, files)
    return files


def seeds(*, real: bool) -> st.SearchStrategy[Files]:
    """Files that nobody has broken yet."""
    found: list[st.SearchStrategy[Files]] = [stacks(), st.sampled_from(examples()), st.sampled_from(examples())]
    return st.one_of(*found, *[st.sampled_from(repositories())] * real)


def _bytes(draw: st.DrawFn, files: Files) -> Files:
    """Bytes of one file, replaced, put in or cut."""
    path, raw = _one(draw, files)
    start = draw(st.integers(0, len(raw)))
    end = start + draw(st.sampled_from((0, 0, 1, 2, 30, 5_000)))
    return {**files, path: raw[:start] + draw(st.sampled_from((b"", *ODD_BYTES))) + raw[end:]}


def _line(draw: st.DrawFn, files: Files) -> Files:
    """A line dropped, doubled, moved, indented, or commented."""
    path, raw = _one(draw, files)
    lines = raw.split(b"\n")
    at = draw(st.integers(0, len(lines) - 1))
    line, new = lines[at], draw(st.sampled_from(("", "twice", "in", "out", "#", "comment", "swap")))
    made = {
        "": [],
        "twice": [line, line],
        "in": [b"  " + line],
        "out": [line.removeprefix(b"  ")],
        "#": [b"# " + line],
        "comment": [draw(st.sampled_from(COMMENTS)).encode(), line],
        "swap": [*lines[at + 1 : at + 2], line],
    }[new]
    return {**files, path: b"\n".join([*lines[:at], *made, *lines[at + 1 + (new == "swap") :]])}


def _value(draw: st.DrawFn, files: Files) -> Files:
    """A scalar's text replaced by an odd one."""
    path, raw = _one(draw, files)
    text = raw.decode("utf-8", "replace")
    places = [match.span() for match in _VALUE.finditer(text)]
    if not places:
        return files
    start, end = draw(st.sampled_from(places))
    value = draw(st.one_of(st.sampled_from(ODD_VALUES), st.text(max_size=8)))
    return {**files, path: (text[:start] + value + text[end:]).encode("utf-8", "replace")}


def _node(draw: st.DrawFn, files: Files) -> Files:
    """A node of any kind replaced, added or taken away; the document becomes JSON."""
    path, raw = _one(draw, files)
    try:
        roots = [data(document.root) for document in compose(SourceText.decode(raw))]
        index = draw(st.integers(0, max(len(roots) - 1, 0)))
        written = [json.dumps(root) for root in roots]
    except (YamlError, NotTextError, TypeError, ValueError):
        return files
    if not roots:
        return files
    keys = draw(st.sampled_from(_keys()))
    made = _changed(draw, json.loads(written[index]), keys)
    written[index] = json.dumps(made)
    return {**files, path: ("---\n".join(f"{text}\n" for text in written)).encode()}


def _changed(draw: st.DrawFn, root: Data, key: str) -> Data:
    """The value with something odd at a random place, reached from the top."""
    if not isinstance(root, (dict, list)) or not root or draw(st.integers(0, 7)) == 0:
        return draw(st.sampled_from(ODD_DATA))
    if isinstance(root, list):
        index = draw(st.integers(0, len(root) - 1))
        return [_changed(draw, item, key) if at == index else item for at, item in enumerate(root)]
    if draw(st.integers(0, 9)) == 0:
        return {**root, key: draw(st.sampled_from(ODD_DATA))}
    name = draw(st.sampled_from(sorted(root)))
    if draw(st.integers(0, 14)) == 0:
        return {other: value for other, value in root.items() if other != name}
    return {**root, name: _changed(draw, root[name], key)}


def _file(draw: st.DrawFn, files: Files) -> Files:
    """A file taken away, renamed, copied, or exchanged with another."""
    path, raw = _one(draw, files)
    other, text = _one(draw, files)
    match draw(st.sampled_from(("gone", "moved", "copied", "swapped", "joined"))):
        case "gone":
            return {name: held for name, held in files.items() if name != path}
        case "moved":
            return {**{name: held for name, held in files.items() if name != path}, f"x-{path.replace('/', '-')}": raw}
        case "copied":
            return {**files, f"copy/{path}": raw}
        case "swapped":
            return {**files, path: text, other: raw}
    return {**files, path: raw + b"\n---\n" + text}


def _word(draw: st.DrawFn, files: Files) -> Files:
    """Every occurrence of a word exchanged for another one of the same files."""
    path, raw = _one(draw, files)
    words = sorted(set(re.findall(rb"[\w./${}-]{3,}", raw)))
    if len(words) < 2:
        return files
    return {**files, path: raw.replace(draw(st.sampled_from(words)), draw(st.sampled_from(words)))}


def _ends(draw: st.DrawFn, files: Files) -> Files:
    """Other line ends, a byte order mark, no end of the last line."""
    path, raw = _one(draw, files)
    made = (raw.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + raw, raw.rstrip(b"\n"), raw.replace(b"  ", b"\t", 1))
    return {**files, path: draw(st.sampled_from(made))}


EDITS: tuple[Edit, ...] = (_bytes, _line, _line, _value, _value, _value, _node, _node, _file, _word, _ends)


def _one(draw: st.DrawFn, files: Files) -> tuple[str, bytes]:
    """A file, or an empty one where there is none."""
    path = draw(st.sampled_from(sorted(files) or ["new.yaml"]))
    return path, files.get(path, b"")


@cache
def _keys() -> tuple[str, ...]:
    """Every key of the rules' examples."""
    found = {key.decode() for files in examples() for raw in files.values() for key in re.findall(rb"([\w./-]+):", raw)}
    return tuple(sorted(found))
