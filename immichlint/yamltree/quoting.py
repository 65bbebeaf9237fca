"""Strings and other scalars as YAML text that Kubernetes, and stricter readers, read back as they are."""

from __future__ import annotations

from typing import Final

from immichlint.yamltree.nodes import MERGE_KEY
from immichlint.yamltree.scalars import Value, needs_quotes

DOUBLE: Final = '"'
SINGLE: Final = "'"

_INDICATORS: Final = frozenset(",[]{}#&*!|>'\"%@`")
_AMBIGUOUS_START: Final = frozenset("-?:")
_FLOW: Final = frozenset(",[]{}:?")
_CLOCK: Final = frozenset("0123456789:.-+TZtz ")
_ESCAPES: Final = {
    "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\u0085": "\\N",
    "\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\ufeff",
}  # fmt: skip


def printable(text: str) -> bool:
    """Whether every character may stand in YAML unescaped and is no line break."""
    return (text.isascii() and text.isprintable()) or all(map(_is_plain_character, text))


def _is_plain_character(character: str) -> bool:
    code = ord(character)
    if code < 0xA0:
        return 0x20 <= code < 0x7F or character == "\t"
    return code not in (0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF) and not 0xD800 <= code < 0xE000


def plain_is_safe(text: str, *, flow: bool) -> bool:
    """Whether a plain scalar of this text is read back as this string, in a flow collection or outside."""
    if not text or needs_quotes(text) or text.strip() != text or "\t" in text or not printable(text):
        return False
    first = text[0]
    if first in _INDICATORS or text in (MERGE_KEY, "=") or text.startswith(("---", "...")):
        return False
    if first in _AMBIGUOUS_START and (len(text) == 1 or text[1] in " \t" or flow):
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    if first.isdigit() and (":" in text or "-" in text) and _CLOCK.issuperset(text):
        return False  # a date or a time of day to readers other than Kubernetes'
    return not (flow and not _FLOW.isdisjoint(text))


def double_quoted(text: str) -> str:
    """The text in double quotes, escaped."""
    return DOUBLE + escaped(text) + DOUBLE


def escaped(text: str) -> str:
    """The text as it stands inside double quotes."""
    return "".join([_ESCAPES.get(character) or _escape(character) for character in text])


def _escape(character: str) -> str:
    if _is_plain_character(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted(text: str, quote: str) -> str:
    """The text in the given quotes, or in double ones where the given cannot hold it."""
    if quote == SINGLE and printable(text):
        return SINGLE + text.replace(SINGLE, "''") + SINGLE
    return double_quoted(text)


def literal_body(text: str) -> tuple[str, list[str]] | None:
    """A literal block's header and lines, without indentation; None where a literal cannot hold the text."""
    body = text.rstrip("\n")
    lines = body.split("\n")
    if not body or not lines[0] or lines[0][0] in " \t" or not all(map(printable, lines)):
        return None
    ends = len(text) - len(body)
    if ends > 1:
        return "|+", [*lines, *[""] * (ends - 1)]
    return ("|", "|-")[ends == 0], lines


def scalar_text(value: Value, quote: str, *, flow: bool, always: bool = False) -> str:
    """A scalar on one line. `always`: whether strings are quoted that would not need it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float_text(value)
    if not always and plain_is_safe(value, flow=flow):
        return value
    return quoted(value, quote)


def _float_text(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)
