"""The end of the text report: how much was found, what can be fixed, what was not looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from immichlint.findings.report import Report, Summary, Unread
from immichlint.report.segments import DIM, FIX, STRONG, Line, Segment, prose, wrap
from immichlint.report.visible import visible

_MOST_REASONS: Final = 6
_MOST_EXAMPLES: Final = 3


def summary_lines(report: Report, width: int) -> list[Line]:
    """The summary, at most a dozen lines however much was found."""
    lines = wrap(found_line(report.summary), width)
    if fixable := _fixable(report.summary):
        lines += wrap(fixable, width)
    if report.findings:
        rule = min(report.findings, key=lambda located: located.finding.severity.rank).finding.rule
        lines += wrap(prose(f"`immichlint explain {rule}` tells why a rule is there.", DIM)[0], width)
    if report.not_analysed:
        lines += _not_analysed(report.not_analysed, width)
    for note in report.notes:
        for paragraph in prose(f"Note: {note}"):
            lines += wrap(paragraph, width)
    return lines


def count(number: int, noun: str) -> str:
    """A number and its noun: `1 error`, `2 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def found_line(summary: Summary) -> Line:
    """The sentence that counts what was found, and what was accepted."""
    counts = ((summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "info"))
    found: list[Segment] = []
    texts = [(count(number, noun), noun) for number, noun in counts if number]
    for index, (text, style) in enumerate(texts):
        if index:
            found.append(Segment(", " if index < len(texts) - 1 else " and "))
        found.append(Segment(text, style))
    start = (Segment("Found ", STRONG), *found) if found else (Segment("No findings", FIX),)
    rest = f" in {count(summary.files, 'file')}"
    accepted = (
        (summary.ignored_in_comments, "ignored by comments"),
        (summary.ignored_in_configuration, "ignored by the configuration"),
        (summary.baselined, "in the baseline"),
    )
    rest += "".join(f"; {number:,} {how}" for number, how in accepted if number)
    return (*start, Segment(f"{rest}."))


def _fixable(summary: Summary) -> Line:
    safe, unsafe = summary.fixable, summary.fixable_unsafe
    if safe and unsafe:
        text = (
            f"`--fix` mends {safe:,} of them, and `--fix --unsafe-fixes` {unsafe:,} more, which you should read first."
        )
    elif safe:
        text = f"`--fix` mends {safe:,} of them."
    elif unsafe:
        text = f"`--fix --unsafe-fixes` mends {unsafe:,} of them; read first what it does."
    else:
        return ()
    return prose(text)[0]


def _not_analysed(unread: Iterable[Unread], width: int) -> list[Line]:
    reasons: dict[str, list[str]] = {}
    for item in unread:
        reasons.setdefault(item.why, []).append(item.file)
    total = sum(map(len, reasons.values()))
    lines = wrap((Segment(f"Not analysed: {count(total, 'file')}", STRONG),), width)
    ranked = sorted(reasons.items(), key=lambda reason: -len(reason[1]))
    shown = ranked if len(ranked) <= _MOST_REASONS else ranked[: _MOST_REASONS - 1]
    others = total - sum(len(files) for _, files in shown)
    digits = len(f"{max(others, *(len(files) for _, files in shown)):,}")
    for why, files in shown:
        examples = ", ".join(visible(file) for file in files[:_MOST_EXAMPLES])
        if len(files) > _MOST_EXAMPLES:
            examples += ", ..."
        head = (Segment(f"  {len(files):>{digits},}  "),)
        text = (*prose(why.replace("\n", " "))[0], Segment(f": {examples}", DIM))
        lines += wrap(text, width, head, (Segment(" " * (digits + 4)),))
    if others:
        why = f"{len(ranked) - len(shown)} other reasons; `--format json` lists all files"
        lines += wrap(prose(why)[0], width, (Segment(f"  {others:>{digits},}  "),), (Segment(" " * (digits + 4)),))
    return lines
