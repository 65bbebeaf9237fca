"""Repositories in memory."""

from __future__ import annotations

from collections.abc import Mapping

from immichlint.repo.repository import Repository
from immichlint.repo.walk import File
from immichlint.stack.stack import Stack, stacks


def repository_of(files: Mapping[str, str] | Mapping[str, bytes], *remotes: str) -> Repository:
    """A repository of these files, which Git fetches from these URLs."""
    found = {path: text.encode() if isinstance(text, str) else text for path, text in sorted(files.items())}
    return Repository({path: File(path, raw) for path, raw in found.items()}, lambda: remotes)


def stacks_of(files: Mapping[str, str]) -> tuple[Stack, ...]:
    """The stacks of these files."""
    return stacks(repository_of(files))[1]
