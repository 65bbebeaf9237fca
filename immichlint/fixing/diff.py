"""One unified diff of what a fix changes, as `git apply` takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from immichlint.text import SourceText

_CONTEXT: Final = 3
_NO_NEWLINE: Final = "\\ No newline at end of file"


def unified(before: Mapping[str, SourceText | None], after: Mapping[str, SourceText], context: int = _CONTEXT) -> str:
    """The diff of all files that differ, in the order of their paths; `before` is None for a new file."""
    return "".join(_file(path, before.get(path), after[path], context) for path in sorted(after))


def _file(path: str, old: SourceText | None, new: SourceText, context: int) -> str:
    from difflib import unified_diff

    was = _lines(old) if old is not None else []
    now = _lines(new)
    if was == now:
        return ""
    name = "/dev/null" if old is None else f"a/{path}"
    header = f"diff --git a/{path} b/{path}\n" + ("new file mode 100644\n" if old is None else "")
    body = unified_diff(was, now, name, f"b/{path}", n=context, lineterm="\n")
    return header + "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}\n" for line in body)


def _lines(source: SourceText) -> list[str]:
    """The lines with their ends, as they are on disk."""
    text = source.encode().decode("utf-8")
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
