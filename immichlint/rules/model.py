"""What a rule is, and what a check claims."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from immichlint.findings.change import Change
from immichlint.findings.finding import Confidence, ObjectRef, Related, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.findings.undecided import Undecided
    from immichlint.stack.release import Running
    from immichlint.stack.stack import Stack


class Profile(StrEnum):
    """A ladder of rule sets, each containing the one before: minimal, recommended, strict."""

    MINIMAL = "minimal"
    RECOMMENDED = "recommended"
    STRICT = "strict"

    def includes(self, other: Profile) -> bool:
        """Whether rules of another profile belong to this one."""
        order = list(Profile)
        return order.index(other) <= order.index(self)


class FixSpec(NamedTuple):
    """A declarative fix: effective fields of the target, by routes with slashes, and the values they get."""

    title: str
    safety: str
    set: Mapping[str, Any]
    after: str = ""


class Rule(NamedTuple):
    """A rule file's working part: what the engine needs to judge. Texts for people are `RuleText`.

    `target`: what is judged. `where`: what narrows it. `check`: `module.function` below `immichlint.checks`,
    or empty where `assertion` (a subset of JSON Schema) says it. `at`: the field that a declarative finding
    points at. `parameters`: their defaults. `leads_to`: rules that its fix may uncover.
    """

    id: str
    name: str
    title: str
    severity: Severity
    profile: Profile
    target: str
    where: Mapping[str, Any]
    check: str
    assertion: Mapping[str, Any] | None
    message: str
    at: str
    parameters: Mapping[str, Any]
    fix: FixSpec | None
    leads_to: tuple[str, ...]


class Context(NamedTuple):
    """What a check may ask besides its target. `versions`: what the configuration says lies outside the
    repository (`cnpg`, `kubernetes`, …). `decisions`: what it decides for fixes. `before`: the stacks as an
    earlier revision had them, None where nobody asked what has changed. `asked`: whether somebody selected this very
    rule, and not a profile or a group that has it."""

    rule: Rule
    stack: Stack
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]
    decisions: Mapping[str, Any]
    before: tuple[Stack, ...] | None = None
    asked: bool = False

    def running(self, operator: str) -> Running:
        """The operator of a name (`cnpg`, `barman-plugin`) that runs: as the configuration says, else as the
        repository does."""
        from immichlint.stack.release import Running

        said, repository = self.versions.get(operator), self.stack.repository
        if said or repository is None:
            return Running(said or "")
        from immichlint.stack.operators import running

        return running(repository, operator, self.stack.cluster)


class Settings(NamedTuple):
    """What the configuration says to the rules: parameters and severities by rule id, versions, decisions,
    whether objects of other applications are judged too, and values of variables. `profile`: claims that belong to
    a higher one are left out. `asked`: the ids of the rules that were selected one by one."""

    parameters: Mapping[str, Mapping[str, Any]] = {}
    severities: Mapping[str, Severity] = {}
    versions: Mapping[str, str] = {}
    decisions: Mapping[str, Any] = {}
    everything: bool = False
    substitutions: Mapping[str, str] = {}
    profile: Profile = Profile.STRICT
    asked: frozenset[str] = frozenset()


class Claim(NamedTuple):
    """What a check found on its target; what is None is the rule's or the target's own.

    `message`: facts in full sentences. `together`: a text that findings of one trouble share. `profile`: the
    smallest profile that it belongs to, where that is a higher one than the rule's. `undecided`: what a person has to
    decide before it can be mended.
    """

    message: str
    place: Place
    severity: Severity | None = None
    confidence: Confidence | None = None
    related: tuple[Related, ...] = ()
    change: Change | None = None
    no_fix: str = ""
    together: str = ""
    object: ObjectRef | None = None
    profile: Profile | None = None
    undecided: Undecided | None = None
