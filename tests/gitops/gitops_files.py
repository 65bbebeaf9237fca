"""Repositories in memory."""

from collections.abc import Mapping

from immichlint.repo.repository import Repository
from immichlint.repo.walk import File


def repository_of(files: Mapping[str, str]) -> Repository:
    """A repository of these files."""
    return Repository({path: File(path, files[path].encode()) for path in sorted(files)})
