"""One unified diff of what a fix changes, as `git apply` takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from immichlint.findings.masks import secret_spans
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.text import SourceText

CONTEXT: Final = 3
_NO_NEWLINE: Final = "\\ No newline at end of file\n"

_Opcodes: TypeAlias = list[tuple[str, int, int, int, int]]


class Diff(NamedTuple):
    """A unified diff. `hidden`: the files of which a hunk is left out because it would show a secret."""

    text: str
    hidden: tuple[str, ...]


def unified(before: Repository, after: Repository, paths: Mapping[str, SourceText], context: int = CONTEXT) -> Diff:
    """The diff of the files at `paths`, in order; a file that `before` does not have is a new one."""
    parts: list[str] = []
    hidden: list[str] = []
    for path in sorted(paths):
        hunks = list(_hunks(before, after, path, context))
        shown = [hunk for hunk in hunks if hunk]
        if len(shown) < len(hunks):
            hidden.append(path)
        if shown:
            parts += [_header(path, new=path not in before), *shown]
    return Diff("".join(parts), tuple(hidden))


def _header(path: str, *, new: bool) -> str:
    old, now = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    mode = "new file mode 100644\n" if new else ""
    return f"diff --git {old} {now}\n{mode}--- {'/dev/null' if new else old}\n+++ {now}\n"


def _quoted(name: str) -> str:
    """A file name as git writes it: quoted where it has quotes, backslashes or control characters."""
    if name.isprintable() and '"' not in name and "\\" not in name:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _hunks(before: Repository, after: Repository, path: str, context: int) -> Iterator[str]:
    """The hunks of a file; one that would show a secret is empty."""
    from difflib import SequenceMatcher

    old, new = _lines(before, path), _lines(after, path)
    old_secrets, new_secrets = _secret_lines(before, path), _secret_lines(after, path)
    unsaid = 0
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        first, last = group[0], group[-1]
        touches = old_secrets.intersection(range(first[1], last[2])) or new_secrets.intersection(
            range(first[3], last[4])
        )
        if touches:
            unsaid += last[4] - first[3] - (last[2] - first[1])
        yield "" if touches else _hunk(old, new, group, unsaid)


def _hunk(old: list[str], new: list[str], group: _Opcodes, unsaid: int) -> str:
    """A hunk. `unsaid`: how many lines those before it that are left out would have added."""
    first, last = group[0], group[-1]
    lines = [f"@@ -{_range(first[1], last[2])} +{_range(first[3] - unsaid, last[4] - unsaid)} @@\n"]
    for tag, start, end, new_start, new_end in group:
        if tag == "equal":
            lines += [_line(" ", line) for line in old[start:end]]
            continue
        lines += [_line("-", line) for line in old[start:end]]
        lines += [_line("+", line) for line in new[new_start:new_end]]
    return "".join(lines)


def _range(start: int, end: int) -> str:
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + 1 if length else start},{length}"


def _line(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n{_NO_NEWLINE}"


def _lines(repository: Repository, path: str) -> list[str]:
    """The lines with their ends, as they are on disk."""
    source = repository.read(path).source if path in repository else None
    lines = source.encode().decode("utf-8").split("\n") if source is not None else [""]
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _secret_lines(repository: Repository, path: str) -> set[int]:
    """The lines, counted from 0, that hold a part of a secret."""
    reading = repository.read(path)
    source = reading.source
    if source is None:
        return set()
    return {
        line - 1
        for span in secret_spans(reading)
        for line in range(source.position(span.start).line, source.position(max(span.end - 1, span.start)).line + 1)
    }
