"""The claim that something is wrong, with its place and its fix."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from immichlint.findings.change import Change
from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.findings.undecided import Undecided


class Severity(StrEnum):
    """How bad it is. Error: broken now, or data at risk. Warning: worth fixing. Info: good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for an error, more for what is less severe."""
        return ("error", "warning", "info").index(self.value)


class Confidence(StrEnum):
    """How sure the claim is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for high, more for what is less sure."""
        return ("high", "medium", "low").index(self.value)


class ObjectRef(NamedTuple):
    """The Kubernetes object that a finding is about; empty strings where the repository does not say."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


class Related(NamedTuple):
    """Another place that belongs to a finding, with a note of a few words."""

    place: Place
    note: str


class Finding(NamedTuple):
    """One claim. `place`: where one would edit; a key or a scalar, never a whole object.

    `route`: of the effective field in its object, for the fingerprint. `environments`: the stacks that it
    concerns, where a repository has several. `no_fix`: why there is no change, or what to do instead.
    `together`: findings that share this text are one trouble and shown beside each other. `undecided`: the change that
    a person at a terminal is asked about instead; `change` is what is written where nobody can be asked.
    """

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    place: Place
    object: ObjectRef | None = None
    route: Route = ()
    related: tuple[Related, ...] = ()
    change: Change | None = None
    no_fix: str = ""
    environments: tuple[str, ...] = ()
    together: str = ""
    undecided: Undecided | None = None
