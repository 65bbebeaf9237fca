"""One finding, or several that belong together, as lines of the text report."""

from __future__ import annotations

from typing import Final

from immichlint.findings.finding import Confidence
from immichlint.findings.report import FixPreview, Located, Note, Region
from immichlint.report.excerpt import Mark, bar, excerpt
from immichlint.report.grouping import Block
from immichlint.report.segments import CODE, DIM, FIX, GUTTER, INFO, NAME, PATH, PLAIN, RULE, Line, Segment, prose, wrap
from immichlint.report.visible import visible

_MOST_NOTES: Final = 5
_MOST_ALIKE: Final = 8


def block_lines(block: Block, width: int) -> list[Line]:
    """The lines of a block, without an empty line before or after it."""
    first, *others = block.findings
    if block.alike:
        return [*_finding(first, width, f" ({len(block.findings)} in this file)"), *_alike(first, others, width)]
    lines = _finding(first, width)
    shown = first
    for located in others:
        same = located.region == shown.region
        lines += _finding(located, width, joined=True, excerpted=not same)
        shown = located
    return lines


def where(region: Region) -> str:
    """A region's start as `file:line:column`, which terminals and editors open."""
    return f"{visible(region.file)}:{region.start.line}:{region.start.column}"


def _finding(
    located: Located, width: int, count: str = "", *, joined: bool = False, excerpted: bool = True
) -> list[Line]:
    finding = located.finding
    severity = finding.severity.value
    head: Line = (
        *([Segment("also ", DIM)] if joined else []),
        Segment(severity, severity),
        Segment(" "),
        Segment(visible(finding.rule), RULE),
        Segment(" "),
        Segment(visible(finding.name), NAME),
        *([Segment(count, DIM)] if count else []),
    )
    lines: list[Line] = [head]
    for paragraph in prose(finding.message):
        lines += wrap(paragraph, width)
    regions = [located.region, *(note.region for note in located.notes[:_MOST_NOTES])]
    digits = max(len(str(region.end.line)) for region in regions)
    if excerpted:
        lines += _primary(located, digits, width)
    for note in located.notes[:_MOST_NOTES]:
        lines += _related(note, digits, width)
    return lines + _remarks(located, digits, width)


def _primary(located: Located, digits: int, width: int) -> list[Line]:
    arrow = Segment(f"{'':>{digits}}--> ", GUTTER)
    spot = (Segment(where(located.region), PATH),)
    inside = prose(f"in {located.finding.object}", DIM)[0] if located.finding.object else ()
    lines = wrap((*spot, Segment(" "), *inside) if inside else spot, width, (arrow,), (Segment(" " * (digits + 4)),))
    if located.lines:
        mark = Mark("^", located.finding.severity.value)
        lines += [bar(digits), *excerpt(located.region, located.lines, mark, digits, width)]
    return lines


def _related(note: Note, digits: int, width: int) -> list[Line]:
    arrow = Segment(f"{'':>{digits}}::: ", GUTTER)
    spot = (Segment(where(note.region), PATH),)
    if note.lines:
        source = excerpt(note.region, note.lines, Mark("-", INFO, note.note), digits, width)
        return [bar(digits), *wrap(spot, width, (arrow,)), *source]
    text = (*spot, Segment(" "), *prose(note.note, INFO)[0])
    return [bar(digits), *wrap(text, width, (arrow,), (Segment(" " * (digits + 4)),))]


def _remarks(located: Located, digits: int, width: int) -> list[Line]:
    """What else there is to say: the fix or what to do instead, how sure the claim is, where it applies."""
    finding = located.finding
    remarks: list[tuple[str, str, str]] = []
    if len(located.notes) > _MOST_NOTES:
        remarks.append(("note", PLAIN, f"{len(located.notes) - _MOST_NOTES} more related places"))
    if finding.environments:
        remarks.append(("applies to", PLAIN, ", ".join(finding.environments)))
    if finding.confidence != Confidence.HIGH:
        remarks.append(("confidence", PLAIN, finding.confidence.value))
    if located.fix is not None:
        remarks += _fix(located.fix)
    if finding.no_fix:
        remarks.append(("help", FIX, finding.no_fix))
    if not remarks:
        return []
    lines: list[Line] = [bar(digits)]
    for label, style, text in remarks:
        first = (Segment(f"{'':>{digits}} = ", GUTTER), Segment(f"{label}: ", style))
        rest = (Segment(" " * (digits + 3)),)
        for index, paragraph in enumerate(prose(text)):
            lines += wrap(paragraph, width, rest if index else first, rest)
    return lines


def _fix(fix: FixPreview) -> list[tuple[str, str, str]]:
    if fix.refusal:
        return [("no fix", PLAIN, fix.refusal)]
    remarks = [("fix", FIX, f"{fix.title} ({fix.safety})")]
    return [*remarks, ("then", FIX, fix.after)] if fix.after else remarks


def _alike(first: Located, others: list[Located], width: int) -> list[Line]:
    """The other findings of a rule in a file: their lines and, where it differs, their messages."""
    shown = others[:_MOST_ALIKE]
    numbers = max(len(_spot(located)) for located in shown)
    lines: list[Line] = []
    for located in shown:
        head = (Segment("  also at ", DIM), Segment(f"{_spot(located):<{numbers}}", PATH), Segment("  "))
        rest = (Segment(" " * (numbers + 12)),)
        same = located.finding.message == first.finding.message
        source = Segment(visible(located.lines[0].strip()), CODE) if same and located.lines else None
        text = (source,) if source else prose(located.finding.message)[0]
        lines += wrap(text, width, head, rest)
    if len(others) > len(shown):
        rest_count = len(others) - len(shown)
        lines.append((Segment(f"  and {rest_count} more; `--format concise` lists each", DIM),))
    return lines


def _spot(located: Located) -> str:
    return f"{located.region.start.line}:{located.region.start.column}"
