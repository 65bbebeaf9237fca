"""Files that are written to do harm, or by mistake. They name Immich and, where something is said of them, a kind, so
that they are looked at."""

from __future__ import annotations

from typing import NamedTuple

BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
spec:
  schedule: "0 0 * * *"
  cluster:
    name: immich-postgres
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: immich\n"
MANY = 100_000


class Case(NamedTuple):
    """A file's content, and what is said of it: a finding with its place and words of its message, and whether the
    file is listed as not analysed, for the same reason. A file of which nothing is to be said has no rule."""

    content: bytes
    rule: str = ""
    line: int = 0
    column: int = 0
    why: str = ""
    listed: bool = False


def _invalid(content: str | bytes, line: int, column: int, why: str) -> Case:
    return Case(_bytes(content), "IML901", line, column, why, listed=True)


def _beyond(content: str, line: int, column: int, why: str) -> Case:
    return Case(content.encode(), "IML904", line, column, why, listed=True)


def _silent(content: str | bytes) -> Case:
    return Case(_bytes(content))


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def _laughs(level: str) -> str:
    """A mapping whose last value is ten to the twelfth times the first, by aliases of aliases."""
    ten = [", ".join([f"*a{n}"] * 10) for n in range(11)]
    bombs = [f"  a{n + 1}: &a{n + 1} {level.replace('@', aliases)}" for n, aliases in enumerate(ten)]
    return "\n".join([f"{CONFIG_MAP}data:", "  a0: &a0 {immich: x}", *bombs, ""])


def _keys(count: int, value: str = "v") -> str:
    return f"{CONFIG_MAP}data:\n" + "".join(f"  k{n}: {value.replace('@', str(n))}\n" for n in range(count))


_ECHO = "\n".join(["data:", f"  a: &a {'immich ' * 20_000}", "  b:", *["    - *a"] * 5_000, ""])

WRONG = {
    "quote.yaml": _invalid(f'{CONFIG_MAP}data:\n  a: "open\n', 6, 6, "found unexpected end of stream"),
    "tab.yaml": _invalid(f"{CONFIG_MAP}data:\n\ta: b\n", 6, 1, "found character that cannot start any token"),
    "bracket.yaml": _invalid(f"{CONFIG_MAP}data: [1, 2\n", 6, 1, "did not find expected ',' or ']'"),
    "alias.yaml": _invalid(f"{CONFIG_MAP}data: *nobody\n", 5, 7, "this alias has no anchor before it; a text"),
    "itself.yaml": _invalid(f"{CONFIG_MAP}data: &a {{b: *a}}\n", 5, 14, "the anchor &a contains itself"),
    "latin-1.yaml": _invalid(CONFIG_MAP.encode() + b"data:\n  a: caf\xe9\n", 6, 9, "not UTF-8: byte "),
    "utf-16.yaml": _invalid(CONFIG_MAP.encode("utf-16"), 1, 1, "not UTF-8: it is UTF-16"),
    "nul.yaml": _invalid(f"{CONFIG_MAP}data:\n  a: b\0c\n", 6, 7, "control characters are not allowed"),
    "binary.yaml": _invalid(b"kind: immich\n" + bytes(range(256)) * 64, 3, 118, "not UTF-8: byte 141 is 0x80"),
    "surrogate.yaml": _invalid(CONFIG_MAP.encode() + b"data: \xed\xa0\x80\n", 5, 7, "not UTF-8: byte "),
    "twice.yaml": Case(
        f"{CONFIG_MAP}data:\n  a: 1st\n  b: c\n  a: 2nd\n".encode(), "IML902", 8, 3, "key `a` stands twice"
    ),
    "empty.yaml": _silent(""),
    "blank.yaml": _silent("\n \n\n"),
    "comments.yaml": _silent("# immich\n# nothing else\n"),
    "marker.yaml": _silent("---\n# immich\n---\n...\n"),
    "scalar.yaml": _silent("immich\n"),
    "list.yaml": _silent("- immich\n- [apiVersion, kind]\n"),
    "bom.yaml": _silent("\ufeff# immich\n"),
    "odd-keys.yaml": _silent("? [immich]\n: {? {a: b} : c}\n? \n: d\n"),
    "odd-types.yaml": _silent("apiVersion: [immich]\nkind: {a: b}\nmetadata: 3\nspec: null\n"),
    "odd-backup.yaml": _silent(
        "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: [immich]\nspec: [1]\n"
    ),
}
"""What is wrong in a few lines."""

_DEEP = "nested deeper than 200 levels"
_ALIASES = "its aliases stand for more than 200,000 nodes"
_NODES = "it has more than 200,000 nodes"
BEYOND = {
    "laughs.yaml": _beyond(_laughs("[@]"), 11, 27, _ALIASES),
    "merges.yaml": _beyond(_laughs("{<<: [@]}"), 11, 32, _ALIASES),
    "echo.yaml": _beyond(CONFIG_MAP + _ECHO, 99, 7, _ALIASES),
    "flow-list.yaml": _beyond(f"# kind: immich\na: {'[' * MANY}{']' * MANY}\n", 2, 203, _DEEP),
    "flow-map.yaml": _beyond(f"# kind: immich\na: {'{a: ' * MANY}{'}' * MANY}\n", 2, 800, _DEEP),
    "open-list.yaml": _beyond(f"# kind: immich\na: {'[' * MANY}\n", 2, 203, _DEEP),
    "block-list.yaml": _beyond(f"# kind: immich\n{'- ' * MANY}a\n", 2, 401, _DEEP),
    "block-map.yaml": _beyond("# kind: immich\n" + "".join(f"{' ' * n}a:\n" for n in range(2_500)), 202, 201, _DEEP),
    "keys.yaml": _beyond(_keys(MANY), 100_000, 3, _NODES),
    "documents.yaml": _beyond("---\n# kind: immich\n" * 250_000, 200_001, 1, _NODES),
}
"""What is refused while it is read."""

LARGE = {
    "keys.yaml": _silent(_keys(40_000)),
    "anchors.yaml": _silent(_keys(10_000, "&a@ v")),
    "lines.yaml": _silent(CONFIG_MAP + "#\n" * 1_000_000),
    "spaces.yaml": _silent(CONFIG_MAP + " " * 4_000_000 + "\n"),
    "long-line.yaml": _silent(CONFIG_MAP + f"data: {{a: {'x' * 4_000_000}}}\n"),
    "long-key.yaml": Case(
        f"{CONFIG_MAP}data:\n  ? {'x' * 4_000_000}\n  : on\n".encode(), "IML906", 7, 5, "`on` is a boolean"
    ),
    "brackets.yaml": _silent(CONFIG_MAP + f"data:\n  a: |\n    {'[' * MANY}\n"),
    "placeholders.yaml": _silent(CONFIG_MAP + f"data:\n  a: {'${a:-' * MANY}\n"),
    "braces.yaml": _silent(CONFIG_MAP + f"data:\n  a: '{'{{' * MANY}'\n"),
    "fields.yaml": Case(
        BACKUP.replace("0 0 * * *", "0 " * 200_000).encode(), "IML102", 6, 13, "Expected 5 to 6 fields, found 200000"
    ),
    "commas.yaml": Case(BACKUP.replace("0 0 *", "0 " + "0," * 500_000 + "0 *").encode(), "IML101", 6, 13, "1 time"),
    "range.yaml": Case(BACKUP.replace("0 0 *", "0 0-" + "9" * MANY + " *").encode(), "IML101", 6, 13, "out of range"),
}
"""What is large, and no error for its size."""
