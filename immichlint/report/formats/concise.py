"""One line for each finding, for editors, grep and long lists."""

from __future__ import annotations

from immichlint.findings.report import Located, Report
from immichlint.report.settings import RenderSettings
from immichlint.report.visible import no_command, visible


def render(report: Report, settings: RenderSettings) -> str:
    """`file:line:column: severity IML101 message`, a line for each finding."""
    return "".join(map(_line, report.findings))


def _line(located: Located) -> str:
    finding, start = located.finding, located.region.start
    message = " ".join(finding.message.split())
    text = f"{located.region.file}:{start.line}:{start.column}: {finding.severity.value} {finding.rule} {message}"
    return no_command(visible(text)) + "\n"
