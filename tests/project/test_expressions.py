"""Expressions hold on every Python that is supported."""

from __future__ import annotations

import re
from pathlib import Path

import immichlint

_REPEATED_GROUP = re.compile(r"\)(?:[*+?]|\{[\d,]+\})\+")


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5 finds nothing then (python/cpython#106052): Debian 12 has 3.11.2, and secrets were shown."""
    top = Path(immichlint.__file__).parent
    found = {path.name for path in top.rglob("*.py") if _REPEATED_GROUP.search(path.read_text("utf-8"))}
    assert found == set()
