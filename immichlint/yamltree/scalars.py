"""Scalars as Kubernetes types them.

`sigs.k8s.io/yaml` reads YAML 1.1 with go-yaml v2: `on` and `yes` are booleans, `0o17`, `017` and `1_000`
are integers, a timestamp stays a string, and base 60 is not known (go-yaml v2 `resolve.go`).
"""

from __future__ import annotations

from math import isinf
from typing import Final, TypeAlias

from immichlint.yamltree.nodes import PLAIN, ScalarNode

Value: TypeAlias = str | int | float | bool | None

_STR_TAG: Final = "tag:yaml.org,2002:str"
_MOST_BITS: Final = 64
_MOST: Final = 2**_MOST_BITS - 1
_LEAST: Final = -(2 ** (_MOST_BITS - 1))
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS: Final = {
    word: value
    for value, words in ((True, ("true", "yes", "on", "y")), (False, ("false", "no", "off", "n")))
    for plain in words
    for word in ((plain, plain.upper()) if len(plain) == 1 else (plain, plain.capitalize(), plain.upper()))
}
_FLOATS: Final = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMERIC: Final = frozenset("0123456789+-._eExXoObBaAcCdDfF")
_TYPED_TAGS: Final = frozenset(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null"))


def typed(node: ScalarNode) -> Value:
    """The value that Kubernetes reads from a scalar."""
    if node.tag is not None and node.tag not in _TYPED_TAGS:
        return node.text
    if node.style != PLAIN and node.tag is None:
        return node.text
    return typed_text(node.text)


def typed_text(text: str) -> Value:
    """The value that a plain scalar of this text has."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if text[0] not in "0123456789+-.":
        return text
    if text in _FLOATS:
        return _FLOATS[text]
    if not _NUMERIC.issuperset(text):
        return text
    number = _integer(text.replace("_", ""))
    return number if number is not None else _float(text)


def _integer(text: str) -> int | None:
    digits = text.lstrip("+-")
    if len(text) - len(digits) > 1 or not digits:
        return None
    sign = -1 if text[0] == "-" else 1
    base, body = 10, digits
    prefix = digits[:2].lower()
    if prefix in ("0x", "0o", "0b"):
        base, body = {"0x": 16, "0o": 8, "0b": 2}[prefix], digits[2:]
    elif len(digits) > 1 and digits[0] == "0":
        base, body = 8, digits[1:]
    allowed = "0123456789abcdef"[:base]
    if not body or any(character not in allowed for character in body.lower()):
        return None
    if len(body.lstrip("0")) > _MOST_BITS:
        return None
    value = sign * int(body, base)
    return value if _LEAST <= value <= _MOST else None


def _float(text: str) -> Value:
    body = text[1:] if text[0] in "+-" else text
    mantissa, _, exponent = body.replace("E", "e").partition("e")
    if "e" in body.lower() and not exponent.lstrip("+-").isdigit():
        return text
    if len(exponent) - len(exponent.lstrip("+-")) > 1:
        return text
    whole, _, fraction = mantissa.partition(".")
    if (whole and not whole.isdigit()) or (fraction and not fraction.isdigit()) or not (whole or fraction):
        return text
    # Digits alone come here when they are more than ParseUint takes, or follow a leading zero with an 8 or 9.
    value = float(text)
    return text if isinf(value) else value


def needs_quotes(text: str) -> bool:
    """Whether a plain scalar of this text would not be read back as this string."""
    return not isinstance(typed_text(text), str)
