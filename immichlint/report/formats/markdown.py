"""Markdown for a comment at a pull request or a job's summary, as GitHub, GitLab and Forgejo show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from immichlint.findings.report import Located, Report, possible
from immichlint.report.grouping import most_severe_first
from immichlint.report.segments import CODE, Line, plain, prose
from immichlint.report.settings import RenderSettings
from immichlint.report.summary import count, found_line
from immichlint.report.visible import visible

_MOST_CHARACTERS: Final = 60_000
"""A comment on GitHub has at most 65,536 characters."""
_MEANS_SOMETHING: Final = re.compile(r"[\\`*_\[\]|~$]")
_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "#": "&#35;"}
"""Characters that begin HTML, mention people, or refer to issues."""


def render(report: Report, settings: RenderSettings) -> str:
    """A heading with the counts, a table of the findings, the most severe first, and what was not looked at."""
    parts = [f"### immichlint\n\n{_text(plain([found_line(report.summary)]).strip())}\n"]
    if report.findings:
        parts.append("\n| Severity | Rule | Place | What is wrong |\n|---|---|---|---|\n")
        parts += _rows(report, _MOST_CHARACTERS - len(parts[0]))
    if report.not_analysed:
        parts.append(f"\nNot analysed: {count(len(report.not_analysed), 'file')}.\n")
    parts += (f"\n{_cell(note)}\n" for note in report.notes)
    return "".join(parts)


def _rows(report: Report, room: int) -> Iterator[str]:
    findings = most_severe_first(report.findings)
    for number, located in enumerate(findings):
        row = _row(located)
        room -= len(row)
        if room < 0:
            yield f"\n{count(len(findings) - number, 'more finding')} did not fit in here.\n"
            return
        yield row


def _row(located: Located) -> str:
    finding = located.finding
    rule = f"[{finding.rule}]({located.docs})" if "://" in located.docs else finding.rule
    place = _code(f"{located.region.file}:{located.region.start.line}")
    cells = [_cell(finding.message)]
    fix = possible(located.fix)
    if fix is not None:
        cells.append(f"**Fix** ({fix.safety}): {_cell(fix.title)}")
        if fix.after:
            cells.append(f"**Then**: {_cell(fix.after)}")
    elif finding.no_fix:
        cells.append(f"**Help**: {_cell(finding.no_fix)}")
    return f"| {finding.severity.value} | {rule} {_text(finding.name)} | {place} | {'<br>'.join(cells)} |\n"


def _cell(text: str) -> str:
    """A message on one line, what stands in backticks being code."""
    return "<br>".join(map(_line, prose(text)))


def _line(line: Line) -> str:
    return "".join(
        _code(segment.text[1:-1]) if segment.style == CODE else _text(segment.text) for segment in line
    ).strip()


def _code(text: str) -> str:
    """Inline code in a table, whatever the text holds."""
    fence = "`" * (max(map(len, re.findall(r"`+", text)), default=0) + 1)
    pad = " " if not text.strip() or "`" in (text[:1], text[-1:]) else ""
    shown = visible(text).replace("|", "\\|")
    return f"{fence}{pad}{shown}{pad}{fence}"


def _text(text: str) -> str:
    """Text that is nothing but text in Markdown: no mark-up, HTML, mention or link."""
    named = "".join(_NAMED.get(char, char) for char in visible(text))
    safe = _MEANS_SOMETHING.sub(lambda found: f"\\{found[0]}", named.replace("&#", "\0")).replace("\0", "&#")
    return safe.replace("://", "&#58;//").replace("www.", "www&#46;")
