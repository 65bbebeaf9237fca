"""What has changed since a revision: the repository as it was then, and which findings the changes concern."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from immichlint.findings.finding import Finding
from immichlint.findings.locate import locate
from immichlint.findings.located import mark
from immichlint.repo.files import Files
from immichlint.repo.history import files_at
from immichlint.repo.repository import Repository, sharing
from immichlint.rules.judged import Judged
from immichlint.stack.stack import Stack


def repository_at(root: Path, revision: str, excludes: tuple[str, ...], now: Repository) -> Repository:
    """A repository as a revision had it. Raises UserError where Git does not give it."""
    return sharing(Files(files_at(root, revision, excludes)), now)


class Since:
    """The judgement of an earlier revision, beside that of now."""

    def __init__(self, before: Judged) -> None:
        self._judged = before
        self._changed: dict[str, frozenset[int]] = {}

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The stacks as they were."""
        return self._judged.stacks

    @cached_property
    def _known(self) -> frozenset[tuple[str, str]]:
        return frozenset((mark(self._judged.repository, finding), finding.message) for finding in self._judged.findings)

    def concerns(self, finding: Finding, now: Repository) -> bool:
        """Whether the changes touch a finding's place, or make the finding: then it was not there before."""
        if (mark(now, finding), finding.message) not in self._known:
            return True
        region = locate(now, finding.place)
        if region is None:
            return True
        changed = self._changed_lines(region.file, now)
        return not changed.isdisjoint(range(region.start.line, region.end.line + 1))

    def _changed_lines(self, path: str, now: Repository) -> frozenset[int]:
        """The lines of a file, counted from 1, that it did not have."""
        if path not in self._changed:
            old, new = self._judged.repository.raw(path).split(b"\n"), now.raw(path).split(b"\n")
            same = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks() if old != new else ()
            kept = {line for block in same for line in range(block.b + 1, block.b + block.size + 1)}
            changed = frozenset(range(1, len(new) + 1)) - kept if old != new else frozenset()
            self._changed[path] = changed
        return self._changed[path]
