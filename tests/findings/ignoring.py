"""Heeding ignores in files in memory: findings are made up at the places that the tests name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from in_memory import repository_of

from immichlint.findings.finding import Confidence, Finding, ObjectRef, Severity
from immichlint.findings.heed import Heeded, heed
from immichlint.findings.ignores import StandingIgnore
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import DocumentId, Place


class Rule(NamedTuple):
    id: str
    name: str


RULES = (
    Rule("IML101", "cnpg-schedule-five-fields"),
    Rule("IML102", "cnpg-schedule-invalid"),
    Rule("IML201", "cache-not-writable"),
    Rule("IML905", "unused-ignore"),
)
NAMES = dict(RULES)
ALL = tuple(NAMES)


def finding(route: Route, rule: str = "IML101", file: str = "a.yaml", **how: object) -> Finding:
    hosts = how.get("hosts", ())
    place = Place(DocumentId(file, 0, hosts), route, None, bool(how.get("key")))  # type: ignore[arg-type]
    ref = ObjectRef("postgresql.cnpg.io/v1", "ScheduledBackup", "immich", "daily")
    return Finding(rule, NAMES[rule], Severity.ERROR, Confidence.HIGH, "x", place, ref)


def heeded(
    files: Mapping[str, str] | str,
    findings: Sequence[Finding],
    standing: Sequence[StandingIgnore] = (),
    active: Sequence[str] = ALL,
) -> Heeded:
    files = {"a.yaml": files} if isinstance(files, str) else files
    return heed(repository_of(files), findings, standing, RULES, dict.fromkeys(active, Severity.WARNING))
