"""One unified diff of what a fix changes, as `git apply` takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, takewhile
from typing import Final

from immichlint.findings.masks import secret_spans, secret_texts
from immichlint.named_tuple import NamedTuple
from immichlint.repo.repository import Repository
from immichlint.text import SourceText

CONTEXT: Final = 3
_NO_NEWLINE: Final = "\\ No newline at end of file\n"


class Diff(NamedTuple):
    """A unified diff. `hidden`: the files of which a hunk is left out because it would show a secret."""

    text: str
    hidden: tuple[str, ...]


def unified(
    before: Repository,
    after: Repository,
    paths: Mapping[str, SourceText],
    context: int = CONTEXT,
    *,
    to_apply: bool = True,
) -> Diff:
    """The diff of the files at `paths`, in order; a file that `before` does not have is a new one.

    No line of it holds a secret: the context ends before one, and a change of one is left out. `to_apply`: so is a
    change right above one, which git could not place; else it is shown without what follows it.
    """
    known = frozenset(secret for path in paths if path in before for secret in secret_texts(before.read(path)))
    parts: list[str] = []
    hidden: list[str] = []
    for path in sorted(paths):
        hunks = list(_hunks(before, after, path, known, context, to_apply=to_apply))
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
    return f'"{"".join(map(_escaped, name))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else "".join(f"\\{byte:03o}" for byte in character.encode())


class _Change(NamedTuple):
    """Lines that others replace, counted from 0, with the ends exclusive."""

    start: int
    end: int
    new_start: int
    new_end: int


def _hunks(
    before: Repository, after: Repository, path: str, known: frozenset[str], context: int, *, to_apply: bool
) -> Iterator[str]:
    """The hunks of a file, their context up to the first line that holds a secret; one that would show a secret all the
    same is empty."""
    old, new = _lines(before, path), _lines(after, path)
    old_secrets, new_secrets = _secret_lines(before, path, known), _secret_lines(after, path, known)
    changes = list(_changes(old, new))
    unseen = old_secrets | set(_counterparts(changes, new_secrets))
    secretive = {change for change in changes if _shows(change, old_secrets, new_secrets)}
    borders = [0, *(change.end for change in changes)], [*(change.start for change in changes), len(old)]
    unsaid = index = 0
    for group in _groups(changes, unseen, secretive, context):
        first, last = group[0], group[-1]
        lead = takewhile(lambda line: line not in unseen, range(first.start - 1, borders[0][index] - 1, -1))
        index += len(group)
        trail = takewhile(lambda line: line not in unseen, range(last.end, borders[1][index]))
        start = first.start - len(list(islice(lead, context)))
        end = last.end + len(list(islice(trail, context)))
        if (to_apply and _is_afloat(range(start, end), last, len(old))) or first in secretive:
            unsaid += sum(change.new_end - change.new_start - (change.end - change.start) for change in group)
            yield ""
        else:
            yield _hunk(old, new, group, range(start, end), unsaid)


def _changes(old: list[str], new: list[str]) -> Iterator[_Change]:
    from difflib import SequenceMatcher

    for tag, *lines in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _Change(*lines)


def _counterparts(changes: list[_Change], lines: Iterable[int]) -> Iterator[int]:
    """What lines of the new text that do not change are in the old one."""
    for line in lines:
        if not any(change.new_start <= line < change.new_end for change in changes):
            yield line + next(
                (change.end - change.new_end for change in reversed(changes) if change.new_end <= line), 0
            )


def _shows(change: _Change, old_secrets: set[int], new_secrets: set[int]) -> bool:
    return not (
        old_secrets.isdisjoint(range(change.start, change.end))
        and new_secrets.isdisjoint(range(change.new_start, change.new_end))
    )


def _is_afloat(shown: range, last: _Change, length: int) -> bool:
    """Whether git would look for a hunk in the wrong place: it takes one after which no line follows for one at the end
    of the file, and one at `-1,0` for one at the beginning."""
    return shown.stop == last.end < length or (shown.start == shown.stop == 1)


def _groups(changes: list[_Change], unseen: set[int], secretive: set[_Change], context: int) -> Iterator[list[_Change]]:
    """The changes that are one hunk each: not too far apart, and without a secret between them. One that shows a secret
    itself is alone."""
    group: list[_Change] = []
    for change in changes:
        between = range(group[-1].end, change.start) if group else range(0)
        apart = len(between) > 2 * context or not unseen.isdisjoint(between)
        if group and (apart or not secretive.isdisjoint((group[-1], change))):
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(old: list[str], new: list[str], group: list[_Change], shown: range, unsaid: int) -> str:
    """A hunk. `shown`: the lines of the old text in it. `unsaid`: how many lines those before it that are left out
    would have added."""
    first, last = group[0], group[-1]
    new_start = first.new_start - (first.start - shown.start) - unsaid
    new_end = last.new_end + (shown.stop - last.end) - unsaid
    lines = [f"@@ -{_range(shown.start, shown.stop)} +{_range(new_start, new_end)} @@\n"]
    at = shown.start
    for change in group:
        lines += [_line(" ", line) for line in old[at : change.start]]
        lines += [_line("-", line) for line in old[change.start : change.end]]
        lines += [_line("+", line) for line in new[change.new_start : change.new_end]]
        at = change.end
    return "".join([*lines, *(_line(" ", line) for line in old[at : shown.stop])])


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


def _secret_lines(repository: Repository, path: str, known: frozenset[str]) -> set[int]:
    """The lines, counted from 0, that hold a part of a secret, or one that is `known`."""
    reading = repository.read(path)
    source = reading.source
    if source is None:
        return set()
    found = {index for index, line in enumerate(_lines(repository, path)) if any(secret in line for secret in known)}
    return found | {
        line - 1
        for span in secret_spans(reading)
        for line in range(source.position(span.start).line, source.position(max(span.end - 1, span.start)).line + 1)
    }
