"""From a judged repository to folders that hold the full corrected stacks."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.findings.finding import Finding
from immichlint.fixing.emitted.decisions import Decision, commented, decisions
from immichlint.fixing.emitted.documents import route_of, said, text_of
from immichlint.fixing.rounds import Judge, LeadsTo, Refused, mend
from immichlint.gitops.charts import chart_folder_of
from immichlint.gitops.manifest import Manifest
from immichlint.gitops.stand_in import is_stand_in
from immichlint.lenses.effective import Effective
from immichlint.named_tuple import NamedTuple
from immichlint.repo.classify import is_kustomization
from immichlint.repo.files import File, Files
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.stack.homes import Home, homes
from immichlint.stack.image import SERVER
from immichlint.stack.stack import Stack
from immichlint.yamltree.lookup import Data, Route
from immichlint.yamltree.render import block
from immichlint.yamltree.style import Style

SOURCE: Final = "source"
"""The folder of what a chart or a helmfile is made of, below a stack's."""
_KUSTOMIZATION: Final = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


class Emitted(NamedTuple):
    """The outcome. `files`: bytes by path, one folder per stack. `decided`: what was decided, by folder. `refused`:
    what could not be mended. `left_out`: sentences about what has no place in a folder. `judged`: what is written, as
    it is judged."""

    files: dict[str, bytes]
    decided: tuple[tuple[str, Decision], ...]
    refused: tuple[Refused, ...]
    left_out: tuple[str, ...]
    judged: Judged

    @property
    def folders(self) -> tuple[str, ...]:
        """The stacks' folders."""
        return tuple(dict.fromkeys(path.partition("/")[0] for path in self.files))


def emit(judged: Judged, judge: Judge, leads_to: LeadsTo) -> Emitted:
    """The stacks of a repository with every fix that holds, unsafe ones too, and what was missing."""
    mended = mend(judged, _has_change, judge, leads_to, rendered=True)
    taken = tuple(decisions(mended.applied, mended.judged))
    writing = _Writing(mended.judged.repository, taken)
    for home in homes(mended.judged.inputs):
        writing.add(home)

    def is_told(finding: Finding) -> bool:
        return _has_change(finding) and finding.place.document.path.partition("/")[0] not in writing.partial

    again = mend(judge(_repository(writing.files)), is_told, judge, leads_to, rendered=True)
    files = dict(writing.files)
    files.update({path: source.encode() for path, source in again.texts.items()})
    for decision in decisions(again.applied, again.judged):
        path = next((place.document.path for place in decision.places), "")
        writing.decided.append((path.partition("/")[0], decision))
        for place in decision.places[:1]:
            files[path] = commented(files[path].decode(), place.route, decision.sentence).encode()
    refused = (*mended.refused, *again.refused)
    return Emitted(files, tuple(writing.decided), refused, tuple(writing.left_out), again.judged)


def _has_change(finding: Finding) -> bool:
    return finding.change is not None


def _repository(files: dict[str, bytes]) -> Repository:
    return Repository(Files(File(path, raw) for path, raw in files.items()))


class _Writing:
    """The folders as they grow. `partial`: those that lack what says what Immich asks of the rest."""

    def __init__(self, repository: Repository, taken: tuple[Decision, ...]) -> None:
        self._repository = repository
        self._taken = taken
        self.files: dict[str, bytes] = {}
        self.decided: list[tuple[str, Decision]] = []
        self.left_out: list[str] = []
        self.partial: set[str] = set()

    def add(self, home: Home) -> None:
        """Write a stack's folder."""
        folder = self._folder(home.stack)
        names: list[str] = []
        seen: set[tuple[str, str, str, str]] = set()
        for manifest in _documents(home):
            identity = (manifest.group, manifest.kind, manifest.namespace, manifest.name)
            if identity in seen:
                continue
            seen.add(identity)
            if self._is_template(manifest):
                said_of = f"the {manifest.kind} {manifest.name} is a template of a chart"
                self.left_out.append(f"{folder}: {said_of}, {manifest.home.document.path}.")
                continue
            name = self._name(folder, manifest)
            names.append(name)
            self.files[f"{folder}/{name}"] = self._text(folder, manifest).encode()
        for name in dict.fromkeys(item.source.name for item in home.stack.objects if _is_generated(item)):
            self.partial.add(folder)
            self.left_out.append(
                f"{folder}: the chart that the ApplicationSet {name} releases is not written, because it releases "
                "other applications too: `--fix` mends its values where they are."
            )
        sources = list(self._sources(home))
        for path in sources:
            self.files[f"{folder}/{SOURCE}/{path}"] = self._repository.raw(path)
        if names:
            listed: Data = {
                "apiVersion": "kustomize.config.k8s.io/v1beta1",
                "kind": "Kustomization",
                "resources": list(names),
            }
            self.files[f"{folder}/kustomization.yaml"] = f"{block(listed, 0, Style())}\n".encode()
        else:
            self.left_out.append(
                f"{folder}: its objects are made by a chart or a helmfile, whose corrected source is in {SOURCE}/; "
                "there is nothing that `kubectl apply -k` could apply."
            )

    def _folder(self, stack: Stack) -> str:
        servers = stack.components(SERVER)
        words = stack.name or (servers[0].namespace if servers else "")
        taken = {path.partition("/")[0] for path in self.files}
        return _free(_file_name(words) or "immich", "", taken)

    def _name(self, folder: str, manifest: Manifest) -> str:
        taken = {path.partition("/")[2] for path in self.files if path.startswith(f"{folder}/")}
        return _free(_file_name(f"{manifest.kind}-{manifest.name}".lower()), ".yaml", taken)

    def _text(self, folder: str, manifest: Manifest) -> str:
        text = text_of(manifest, self._repository)
        for decision in self._taken:
            route: Route | None = () if decision.added == (manifest.kind, manifest.name) else None
            for place in decision.places:
                route = route_of(manifest.tree, place) if route is None else route
            if route is not None:
                text = commented(text, route, decision.sentence)
                self.decided.append((folder, decision))
        return text

    def _is_template(self, manifest: Manifest) -> bool:
        """Whether an object is no YAML before Helm renders it."""
        path = manifest.home.document.path
        return "{{" in str(said(manifest.tree)) and chart_folder_of(self._repository, path) is not None

    def _sources(self, home: Home) -> Iterator[str]:
        """The files of charts and helmfiles that make objects of a stack."""
        for item in home.objects:
            if is_stand_in(item.source):
                above = posixpath.dirname(item.source.home.document.path)
                for path in self._repository.paths:
                    if path.startswith(f"{above}/" if above else "") and not is_kustomization(path):
                        yield path


def _is_generated(item: Effective) -> bool:
    """Whether an object is made of a chart that an ApplicationSet releases."""
    return bool(item.chart) and item.source.kind == "ApplicationSet"


def _file_name(words: str) -> str:
    """A name that any file system takes."""
    return "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter in "-_." else "-" for letter in words
    ).strip("-.")


def _free(stem: str, ending: str, taken: Iterable[str]) -> str:
    """A name that is not taken yet: with a number where it is."""
    number, name = 1, f"{stem}{ending}"
    while name in set(taken):
        number += 1
        name = f"{stem}-{number}{ending}"
    return name


def _documents(home: Home) -> Iterator[Manifest]:
    """What is written of a stack: its objects' sources, and the Application that applies a chart."""
    for item in home.objects:
        if not is_stand_in(item.source):
            yield item.source
    applier = home.stack.environment.applier
    if applier is not None and any(is_stand_in(item.source) for item in home.objects):
        yield applier.manifest
