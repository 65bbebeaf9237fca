"""Repositories in memory."""

from __future__ import annotations

from collections.abc import Mapping

from immichlint.repo.files import File, Files
from immichlint.repo.repository import Repository
from immichlint.stack.stack import Stack, stacks


def repository_of(files: Mapping[str, str] | Mapping[str, bytes], *remotes: str) -> Repository:
    """A repository of these files, which Git fetches from these URLs."""
    found = (File(path, text.encode() if isinstance(text, str) else text) for path, text in files.items())
    return Repository(Files(found), lambda: remotes)


def read(files: Files) -> list[File]:
    """Files in the order of their paths."""
    return [files[path] for path in files.paths()]


def stacks_of(files: Mapping[str, str]) -> tuple[Stack, ...]:
    """The stacks of these files."""
    return stacks(repository_of(files))[1]
