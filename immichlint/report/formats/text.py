"""For a person at a terminal: the source with carets, the reason, the fix, and a summary."""

from __future__ import annotations

from immichlint.findings.report import Report
from immichlint.report.segments import EMPTY, Line, painted
from immichlint.report.settings import RenderSettings
from immichlint.report.summary import summary_lines


def render(report: Report, settings: RenderSettings) -> str:
    """The report as text, in colour where the settings say so."""
    return painted(lines(report, settings), settings.width, color=settings.color)


def lines(report: Report, settings: RenderSettings) -> list[Line]:
    """The report as styled lines."""
    shown: list[Line] = []
    if settings.statistics:
        from immichlint.report.statistics import statistics_lines

        shown = statistics_lines(report)
        if shown:
            shown.append(EMPTY)
    elif report.findings:
        from immichlint.report.finding_block import block_lines
        from immichlint.report.grouping import blocks

        for block in blocks(report.findings):
            shown += (*block_lines(block, settings.width), EMPTY)
    return shown + summary_lines(report, settings.width)
