"""Analysing and mending a few files in memory with a few rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from in_memory import repository_of

from immichlint.findings.finding import Finding
from immichlint.findings.locate import locate
from immichlint.fixing.rounds import Mended, mend
from immichlint.repo.repository import Repository
from immichlint.rules.catalogue import all_rules
from immichlint.rules.judged import Judged, judge_repository
from immichlint.rules.model import Rule, Settings

Catalogue = Callable[[], tuple[Rule, ...]]
DEFAULTS: Final = Settings()


class Seen(NamedTuple):
    """A finding as a reader sees it. `at`: the text that is pointed at."""

    rule: str
    file: str
    line: int
    at: str
    message: str
    severity: str


def rules_of(ids: Iterable[str], catalogue: Catalogue = all_rules) -> tuple[Rule, ...]:
    """The rules with these ids, by default built-in ones; all rules, where one judges what the others found."""
    wanted = set(ids)
    found = tuple(rule for rule in catalogue() if rule.id in wanted)
    assert {rule.id for rule in found} == wanted
    return catalogue() if any(rule.check.startswith("builtin.") for rule in found) else found


def seen(repository: Repository, findings: Iterable[Finding]) -> list[Seen]:
    """Findings as a reader sees them, in reading order."""
    found = []
    for finding in findings:
        region = locate(repository, finding.place)
        assert region is not None, f"{finding.rule} points at no place: {finding.place}"
        source = repository.read(region.file).source
        text = source.text[region.span.start : region.span.end] if source is not None else ""
        row = Seen(finding.rule, region.file, region.start.line, text, finding.message, finding.severity.value)
        found.append((region.file, region.span, finding.rule, row))
    return [row for *_, row in sorted(found, key=lambda item: item[:3])]


def findings_of(
    files: Mapping[str, str],
    rule_ids: Iterable[str],
    settings: Settings = DEFAULTS,
    catalogue: Catalogue = all_rules,
    before: Mapping[str, str] | None = None,
) -> list[Seen]:
    """The findings that the rules with these ids have in these files. `before`: the files as they were."""
    repository, wanted = repository_of(files), set(rule_ids)
    rules = rules_of(wanted, catalogue)
    earlier = judge_repository(repository_of(before), (), settings).stacks if before is not None else None
    found = judge_repository(repository, rules, settings, before=earlier).findings
    return seen(repository, (finding for finding in found if finding.rule in wanted))


def mended(
    files: Mapping[str, str], rule_ids: Iterable[str], settings: Settings = DEFAULTS, catalogue: Catalogue = all_rules
) -> Mended:
    """The outcome of all fixes, unsafe ones included, of the rules with these ids."""
    wanted = set(rule_ids)
    rules = rules_of(wanted, catalogue)
    leads_to = {rule.id: frozenset(rule.leads_to) for rule in rules}

    def judge(repository: Repository) -> Judged:
        return judge_repository(repository, rules, settings)

    return mend(judge(repository_of(files)), lambda finding: finding.rule in wanted, judge, lambda rule: leads_to[rule])


def fixed(
    files: Mapping[str, str], rule_ids: Iterable[str], settings: Settings = DEFAULTS, catalogue: Catalogue = all_rules
) -> dict[str, str]:
    """The files after all fixes, unsafe ones included, of the rules with these ids."""
    outcome = mended(files, rule_ids, settings, catalogue)
    return {**files, **{path: source.encode().decode() for path, source in outcome.texts.items()}}
