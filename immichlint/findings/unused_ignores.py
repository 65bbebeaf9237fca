"""IML905: ignores that ignore nothing, as findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Finding, Severity
from immichlint.findings.ignore_comments import Ignore
from immichlint.findings.ignores import UNUSED_IGNORE, StandingIgnore, Unused
from immichlint.findings.selectors import Named, meant, no_such_rule, suggestion
from immichlint.repo.repository import Repository
from immichlint.text import SourceText, Span
from immichlint.text.edit import Edit, splice
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.lookup import data
from immichlint.yamltree.ops import Cut
from immichlint.yamltree.place import in_text

NAME: Final = "unused-ignore"
_HOW: Final = "Write `# immichlint: ignore[IML101] why`, or `ignore-file[IML101]` for a whole file."


def unused_findings(
    unused: Iterable[Unused], repository: Repository, known: Collection[Named], severity: Severity
) -> Iterator[Finding]:
    """A finding for each ignore that ignores nothing, with the change that takes it away.

    An ignore whose rule was probably misspelt is not taken away, because somebody meant something by it.
    """
    for item in unused:
        ignore = item.ignore
        if isinstance(ignore, StandingIgnore):
            if ignore.region is not None:
                message = f"This ignore has nothing to ignore: {_rules(item.selectors)} {_where(ignore)}."
                yield _finding(ignore, severity, message, None, "Take it out of the configuration.")
        else:
            change = _change(ignore, item.selectors, repository, known)
            message = _message(ignore, item.selectors, known)
            yield _finding(ignore, severity, message, change, _advice(ignore, item.selectors, known))


def _finding(
    ignore: Ignore | StandingIgnore, severity: Severity, message: str, change: Change | None, advice: str
) -> Finding:
    assert ignore.region is not None
    place = in_text(ignore.region.file, *ignore.region.span)
    no_fix = "" if change is not None else advice
    return Finding(UNUSED_IGNORE, NAME, severity, Confidence.HIGH, message, place, change=change, no_fix=no_fix)


def _message(ignore: Ignore, selectors: tuple[str, ...], known: Collection[Named]) -> str:
    if not ignore.understood:
        if ignore.verb in ("ignore", "ignore-file"):
            return "This comment names no rule, so it ignores nothing."
        return f"`{ignore.verb}` is no word for immichlint, so this comment ignores nothing."
    strange = [no_such_rule(selector, known) for selector in selectors if not meant(selector, known)]
    idle = tuple(selector for selector in selectors if meant(selector, known))
    if not idle:
        return " ".join(strange)
    if ignore.whole_file:
        there = "in this file"
    elif ignore.line:
        there = "on this line" if ignore.line == ignore.region.start.line else "on the line below it"
    else:
        there = "here, where nothing follows"
    return " ".join([*strange, f"This comment has nothing to ignore: {_rules(idle)} {there}."])


def _rules(selectors: tuple[str, ...]) -> str:
    names = " and ".join(f"`{selector}`" for selector in selectors)
    return f"{names} {'finds' if len(selectors) == 1 else 'find'} nothing"


def _where(ignore: StandingIgnore) -> str:
    files = f"in `{ignore.path}`" if ignore.path else ""
    objects = f"on `{ignore.object}`" if ignore.object else ""
    return " ".join(filter(None, (files, objects))) or "in this repository"


def _advice(ignore: Ignore, selectors: tuple[str, ...], known: Collection[Named]) -> str:
    if not ignore.understood or _misspelt(selectors, known):
        return _HOW
    return "Take it out."


def _misspelt(selectors: tuple[str, ...], known: Collection[Named]) -> bool:
    return any(not meant(selector, known) and suggestion(selector, known) for selector in selectors)


def _change(
    ignore: Ignore, selectors: tuple[str, ...], repository: Repository, known: Collection[Named]
) -> Change | None:
    reading = repository.read(ignore.path)
    if ignore.embedded or not ignore.understood or _misspelt(selectors, known):
        return None
    if reading.source is None or not reading.documents:
        return None
    left = [selector for selector in ignore.selectors if selector not in selectors]
    source = reading.source
    spans = _selector_spans(source, ignore, left) if left else _comment_span(source, ignore)
    if spans is None or not _harmless(source, spans):
        return None
    title = f"take {', '.join(f'`{selector}`' for selector in selectors)} out of it" if left else "remove the comment"
    cuts = tuple(Cut(in_text(ignore.path, *span)) for span in spans)
    return Change(title, Safety.SAFE, ops=cuts)


def _comment_span(source: SourceText, ignore: Ignore) -> list[Span] | None:
    """The comment with its line where it stands alone, else with the space before it; None where more follows."""
    start, end = ignore.region.span
    line = source.line_span(ignore.region.start.line)
    if source.text[end : line.end].strip():
        return None
    if ignore.alone:
        return [Span(line.start, source.line_end(start))]
    before = len(source.text[line.start : start].rstrip()) + line.start
    return [Span(before, line.end)]


def _selector_spans(source: SourceText, ignore: Ignore, left: list[str]) -> list[Span]:
    """The selectors that go, each with the comma that parts it from one that stays."""
    spans: list[Span] = []
    at = ignore.listed.start
    stays_before = False
    for part in source.text[ignore.listed.start : ignore.listed.end].split(","):
        end = at + len(part)
        if part.strip() in left:
            stays_before = True
        elif stays_before:
            spans.append(Span(at - 1, end))
        else:
            following = source.text[end + 1 : ignore.listed.end]
            spans.append(Span(at, end + 1 + len(following) - len(following.lstrip())))
        at = end + 1
    return spans


def _harmless(source: SourceText, spans: list[Span]) -> bool:
    """Whether the documents stay what they are without some stretches of text."""
    without = source.with_text(splice(source.text, [Edit(span, "") for span in spans]))
    try:
        return [data(document.root) for document in compose(without)] == [
            data(document.root) for document in compose(source)
        ]
    except YamlError:
        return False
