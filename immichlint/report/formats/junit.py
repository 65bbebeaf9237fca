"""JUnit's XML, for CI servers that show test results: a suite for each file, a case for each finding.

What is good to know is no failure. Rules that found nothing are cases that passed, in a suite of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from immichlint.findings.finding import Severity
from immichlint.findings.report import Located, Report, RuleInfo, possible
from immichlint.report.settings import RenderSettings
from immichlint.report.visible import visible

_NAME: Final = "immichlint"


def render(report: Report, settings: RenderSettings) -> str:
    """The report as one XML document, all of it ASCII."""
    files: dict[str, list[Located]] = {}
    for located in report.findings:
        files.setdefault(located.region.file, []).append(located)
    found = {located.finding.rule for located in report.findings}
    suites = [_suite(visible(file), map(_case, items), _failures(items)) for file, items in files.items()]
    passed = [_passed(rule) for rule in report.rules() if rule.id not in found]
    suites.append(_suite("rules that found nothing", passed, 0))
    root = Element("testsuites", name=_NAME, tests=_sum(suites, "tests"), failures=_sum(suites, "failures"), errors="0")
    root.extend(suites)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="us-ascii").decode()}\n'


def _suite(name: str, cases: Iterable[Element], failures: int) -> Element:
    suite = Element("testsuite", name=name, tests="", failures=str(failures), errors="0", skipped="0")
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    return suite


def _case(located: Located) -> Element:
    finding, start = located.finding, located.region.start
    name = f"{finding.rule} {finding.name} at {start.line}:{start.column}"
    case = Element("testcase", classname=visible(located.region.file), name=visible(name))
    text = "\n".join(map(visible, _text(located)))
    if finding.severity is Severity.INFO:
        SubElement(case, "system-out").text = text
    else:
        message = visible(" ".join(finding.message.split()))
        SubElement(case, "failure", type=finding.severity.value, message=message).text = text
    return case


def _text(located: Located) -> Iterator[str]:
    finding, start = located.finding, located.region.start
    yield f"{located.region.file}:{start.line}:{start.column}: {finding.severity.value} {finding.rule} {finding.name}"
    yield from finding.message.splitlines()
    for note in located.notes:
        yield f"{note.region.file}:{note.region.start.line}:{note.region.start.column}: {note.note}"
    fix = possible(located.fix)
    if fix is not None:
        yield f"Fix ({fix.safety}): {fix.title}"
    if finding.no_fix:
        yield f"Help: {finding.no_fix}"


def _failures(items: Sequence[Located]) -> int:
    return sum(item.finding.severity is not Severity.INFO for item in items)


def _passed(rule: RuleInfo) -> Element:
    return Element("testcase", classname=_NAME, name=visible(f"{rule.id} {rule.name}"))


def _sum(suites: Iterable[Element], count: str) -> str:
    return str(sum(int(suite.get(count, "0")) for suite in suites))
