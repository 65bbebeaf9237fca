"""What is told of a repository's stacks: plain data, for a terminal and for other programs.

Every text is for people; nothing here is a secret's value. `where` is None for what no file says.
"""

from __future__ import annotations

from datetime import datetime

from immichlint.named_tuple import NamedTuple


class Where(NamedTuple):
    """A line of a file. `file`: relative to the root."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Open(NamedTuple):
    """Something that is not known. `what`: what it is about, `why`: a clause."""

    what: str
    why: str
    where: Where | None = None


class Applied(NamedTuple):
    """An environment that a stack has objects of. `applier`: the object that applies it, such as `Kustomization
    flux-system/immich`, empty where none does. `folders`: what it applies. `prunes`: None where that is not known, or
    where no engine applies it."""

    name: str
    engine: str
    applier: str
    folders: tuple[str, ...]
    prunes: bool | None
    where: Where | None


class Component(NamedTuple):
    """A container of Immich's. `component`: `server`, `machine-learning`, `cache` or `database`. `image`: without its
    digest; of a tag that is not known, the repository alone. `version`: the exact version of Immich, empty where the
    tag does not say it. `workload`: its kind; `chart`: what makes it, empty for a manifest. `unknown`: why not all of
    it is known. `perhaps`: why it may be another application's, empty where it is Immich's."""

    component: str
    image: str
    tag: str
    version: str
    workload: str
    namespace: str
    name: str
    container: str
    chart: str
    unknown: tuple[str, ...]
    perhaps: str
    where: Where | None


class Archive(NamedTuple):
    """A place for backups. `method`: CNPG's name for it. `destination`, `retention`: empty where they are not set;
    `unknown`: why they are not known."""

    method: str
    destination: str
    retention: str
    unknown: str
    where: Where | None


class Schedule(NamedTuple):
    """A ScheduledBackup. `words`: when it runs; `next`: the next run, None where none is known. `state`: `active`,
    `suspended`, `unknown`, or `rejected` where CNPG does not accept the expression. `why`: of the last two."""

    name: str
    expression: str
    words: str
    next: datetime | None
    method: str
    state: str
    why: str
    where: Where | None


class Window(NamedTuple):
    """Of which moments a restore is possible, as far as the repository tells. `state`: `continuous` (any moment),
    `backups` (only those of base backups), `none`, or `unknown`. `since`: the earliest moment, None where that is the
    first backup or not known. `words`: a sentence's end."""

    state: str
    since: datetime | None
    words: str


class Database(NamedTuple):
    """A CNPG Cluster that Immich uses. `confidence`, `why`: how it is known that Immich uses it. `postgresql`: the
    major version, `vectorchord`: the extension's; empty where they are not known. `copies`: what else protects it."""

    namespace: str
    name: str
    confidence: str
    why: str
    instances: str
    image: str
    postgresql: str
    vectorchord: str
    size: str
    storage_class: str
    archives: tuple[Archive, ...]
    schedules: tuple[Schedule, ...]
    window: Window
    copies: str
    guard: str
    where: Where | None


class Connection(NamedTuple):
    """What a server connects to where no workload and no Cluster of the stack is known to be it. `to`: `database` or
    `cache`. `host`: empty where it is not known."""

    to: str
    host: str
    why: str
    where: Where | None


class Volume(NamedTuple):
    """Storage of a component. `kind`: `claim`, or the kind of the volume. `used_by`: the components; `media`: whether
    the photos lie there. `protection`: what copies it; `guard`: what becomes of it when it vanishes from Git; both
    empty where that is not known or nothing does."""

    kind: str
    name: str
    used_by: tuple[str, ...]
    media: bool
    storage_class: str
    size: str
    modes: tuple[str, ...]
    protection: str
    guard: str
    where: Where | None


class Way(NamedTuple):
    """A way from outside to a component. `kind`, `name`: of the route. `hosts`: empty where it has none, or they are
    not known."""

    kind: str
    name: str
    hosts: tuple[str, ...]
    service: str
    port: str
    reaches: tuple[str, ...]
    where: Where | None


class Reference(NamedTuple):
    """A reference by name to an object that is not certainly there. `state`: `missing` or `unknown`."""

    state: str
    kind: str
    name: str
    of: str
    why: str
    where: Where | None


class References(NamedTuple):
    """The references between objects: how many lead to an object, and those that are not certain to."""

    found: int
    open: tuple[Reference, ...]

    def count(self, state: str) -> int:
        """How many are in a state."""
        return sum(1 for item in self.open if item.state == state)


class StackView(NamedTuple):
    """A place where Immich ends up. `name`: of its leading environment, empty for loose manifests."""

    name: str
    engine: str
    cluster: str
    namespaces: tuple[str, ...]
    applied: tuple[Applied, ...]
    components: tuple[Component, ...]
    databases: tuple[Database, ...]
    connections: tuple[Connection, ...]
    volumes: tuple[Volume, ...]
    ways: tuple[Way, ...]
    references: References
    unknown: tuple[Open, ...]


class Idle(NamedTuple):
    """Files of ours that nothing applies, for one reason. `why`: the reason; `kustomization`: the file that could list
    them. `components`, `objects`: what is in them."""

    why: str
    kustomization: str
    files: tuple[str, ...]
    components: tuple[Component, ...]
    objects: tuple[str, ...]


class Overview(NamedTuple):
    """All that is told. `at`: when. `named`: what names Immich where no stack has a component: objects that are no
    part of it as far as is known, or files. `unread`: files, and why they are not analysed."""

    at: datetime
    stacks: tuple[StackView, ...]
    drafts: tuple[Idle, ...]
    named: tuple[Open, ...]
    unread: tuple[Open, ...]
