"""GitLab's code quality report: a JSON array, shown at a merge request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from immichlint.findings.report import Located, Report
from immichlint.report.settings import RenderSettings
from immichlint.report.visible import visible

_SEVERITY: Final[Mapping[str, str]] = {"error": "critical", "warning": "major", "info": "info"}


def render(report: Report, settings: RenderSettings) -> str:
    """The findings as one JSON array, all of it ASCII; an empty one where there are none."""
    return json.dumps([_violation(located) for located in report.findings], indent=2) + "\n"


def _violation(located: Located) -> dict[str, Any]:
    """A violation. GitLab hides `check_name`, so the description begins with it; of equal fingerprints it shows one."""
    finding, region = located.finding, located.region
    return {
        "description": f"{finding.rule} {finding.name}: {visible(' '.join(finding.message.split()))}",
        "check_name": finding.rule,
        "fingerprint": located.fingerprint,
        "severity": _SEVERITY[finding.severity.value],
        "location": {"path": region.file, "lines": {"begin": region.start.line, "end": region.end.line}},
    }
