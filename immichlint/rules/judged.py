"""A judged repository: its stacks, and what was found in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from immichlint.findings.finding import Finding, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import IGNORE_MARK
from immichlint.repo.repository import Repository
from immichlint.rules.engine import judge
from immichlint.rules.model import Rule, Settings
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack, stacks

if TYPE_CHECKING:
    from immichlint.findings.ignores import Ignored, StandingIgnore


class Judged(NamedTuple):
    """A repository with its stacks, the findings of the selected rules, and those that are ignored. `into_base`:
    whether a value that no file has yet is written into the file that the others build on."""

    repository: Repository
    inputs: Inputs
    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...] = ()
    into_base: bool = False

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The stacks."""
        return self.inputs.stacks

    @property
    def everything(self) -> tuple[Stack, ...]:
        """The stacks, and what is commented out or not listed."""
        idle = self.inputs.idle
        return self.stacks if idle is None else (*self.stacks, idle)


def judge_repository(
    repository: Repository,
    rules: tuple[Rule, ...],
    settings: Settings,
    ignores: Sequence[StandingIgnore] = (),
    every_rule: tuple[Rule, ...] = (),
    before: tuple[Stack, ...] | None = None,
) -> Judged:
    """The judgement of a repository by some rules, with what comments and the configuration's `ignores` say to it.

    `every_rule`: all rules there are, of which an ignore may name any; empty where `rules` is all. `before`: the
    stacks as an earlier revision had them.
    """
    picture, found = stacks(repository, settings.substitutions)
    inputs = Inputs(repository, picture, found)
    into_base = settings.decisions.get("new_values") == "base"
    findings = tuple(judge(inputs, rules, settings, before))
    if not ignores and not repository.manifests_containing(IGNORE_MARK):
        return Judged(repository, inputs, findings, into_base=into_base)
    from immichlint.findings.heed import heed

    heeded = heed(repository, findings, ignores, every_rule or rules, _severities(rules, settings))
    return Judged(repository, inputs, heeded.findings, heeded.ignored, into_base)


def _severities(rules: tuple[Rule, ...], settings: Settings) -> dict[str, Severity]:
    return {rule.id: settings.severities.get(rule.id, rule.severity) for rule in rules}
