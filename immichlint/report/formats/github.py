"""Annotations on a GitHub workflow run: workflow commands, a line for each finding.

GitHub shows ten of each level for a step, so the most severe come first and the rest is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from immichlint.findings.report import Located, Report, possible
from immichlint.report.grouping import most_severe_first
from immichlint.report.settings import RenderSettings
from immichlint.report.visible import visible

_MOST: Final = 10
"""Annotations of one level that a step may have; GitHub drops the others."""
_COMMAND: Final[Mapping[str, str]] = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report, settings: RenderSettings) -> str:
    """`::error file=…,line=…::message`, at most ten of each level, and a notice that says how many are not there."""
    return "".join(f"{line}\n" for line in _lines(report.findings))


def _lines(findings: Sequence[Located]) -> Iterator[str]:
    # The notice about the rest is an annotation too.
    room = {"error": _MOST, "warning": _MOST, "notice": _MOST - 1}
    left = 0
    for located in most_severe_first(findings):
        command = _COMMAND[located.finding.severity.value]
        if room[command]:
            room[command] -= 1
            yield _command(command, located)
        else:
            left += 1
    if left:
        yield f"::notice title=immichlint::{left} more; the log and the other formats list all of them."


def _command(command: str, located: Located) -> str:
    finding, start, end = located.finding, located.region.start, located.region.end
    properties = {"file": located.region.file, "line": start.line, "endLine": end.line}
    if start.line == end.line:
        properties |= {"col": start.column, "endColumn": max(end.column, start.column)}
    properties["title"] = f"{finding.rule} {finding.name}"
    shown = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{command} {shown}::{_data(_message(located))}"


def _message(located: Located) -> str:
    fix = possible(located.fix)
    lines = located.finding.message.splitlines()
    if fix is not None:
        lines.append(f"Fix ({fix.safety}): {fix.title}")
    return "\n".join(map(visible, lines))


def _data(text: str) -> str:
    """Text as the runner reads it after `::`."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text as the runner reads it as the value of a property."""
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
