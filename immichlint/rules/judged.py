"""A judged repository: its stacks, and what was found in them."""

from __future__ import annotations

from typing import NamedTuple

from immichlint.findings.finding import Finding
from immichlint.repo.repository import Repository
from immichlint.rules.engine import Settings, judge
from immichlint.rules.model import Rule
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack, stacks


class Judged(NamedTuple):
    """A repository with its stacks and the findings of the selected rules."""

    repository: Repository
    inputs: Inputs
    findings: tuple[Finding, ...]

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The stacks."""
        return self.inputs.stacks


def judge_repository(repository: Repository, rules: tuple[Rule, ...], settings: Settings) -> Judged:
    """The judgement of a repository by some rules."""
    picture, found = stacks(repository, settings.substitutions)
    inputs = Inputs(repository, picture, found)
    return Judged(repository, inputs, tuple(judge(inputs, rules, settings)))
