"""What a run reads: the files of a repository, those that are asked for, and what else a judgement looks at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from immichlint.config import Config
from immichlint.errors import UserError
from immichlint.repo.files import File, Files, given
from immichlint.repo.repository import Repository
from immichlint.repo.seen import Seen, told
from immichlint.repo.walk import reader, walk
from immichlint.session.requests import CheckRequest

STANDARD_INPUT: Final = "<stdin>"
"""What standard input is called in a report."""


def read(root: Path, config: Config, request: CheckRequest, baseline: Path | None, seen: Seen | None) -> Repository:
    """The files below a root as a request has them judged: standard input stands in for a file, or for all of them.
    The baseline is none of them. `seen` is told what was looked at. Raises UserError."""
    stdin = request.stdin
    stands_for = _relative(root, request.stdin_filename) if stdin is not None and request.stdin_filename else ""
    if request.rendered and stdin is not None:
        return Repository(Files([given(stands_for or STANDARD_INPUT, stdin)]))
    accepted = baseline.relative_to(root).as_posix() if baseline is not None and baseline.is_relative_to(root) else ""
    files = walk(root, config.excludes, seen, tuple(filter(None, (accepted, stands_for))))
    if seen is not None:
        noted = (seen.files, seen.links)
        seen.is_whole = all(any(path in paths for paths in noted) for path in (*files.unread, *files.links))
    if stdin is not None and stands_for:
        files.add(given(stands_for, stdin))
    return Repository(files, partial(_remotes, root, seen), _others(root, seen))


def _remotes(root: Path, seen: Seen | None) -> tuple[str, ...]:
    from immichlint.repo.git_remotes import remotes

    found = remotes(root)
    if seen is not None:
        seen.remotes = found
    return found


def _others(root: Path, seen: Seen | None) -> Callable[[str], File | None]:
    """Reads a file that the walk does not."""
    read = reader(root)
    if seen is None:
        return read

    def noting(path: str) -> File | None:
        file = read(path)
        seen.others[path] = told(file.raw, file.unread) if file is not None else ""
        return file

    return noting


def _relative(root: Path, name: str) -> str:
    path = (Path.cwd() / name).resolve()
    if not path.is_relative_to(root):
        raise UserError(f"`--stdin-filename {name}` is not below the root {root}.")
    if path.is_dir():
        raise UserError(f"`--stdin-filename {name}` is a folder; name the file whose text comes from standard input.")
    return path.relative_to(root).as_posix()


def prefixes(root: Path, paths: tuple[Path, ...]) -> list[str]:
    """The files and folders that were asked for, relative to the root; the empty path for all. Raises UserError."""
    found: list[str] = []
    for path in paths:
        whole = path.resolve()
        if whole == root or whole in root.parents:
            found.append("")
        elif whole.is_relative_to(root):
            found.append(whole.relative_to(root).as_posix())
        else:
            raise UserError(f"`{path}` is not below the root {root}; give a path in it, or another `--root`.")
    return [""] if "" in found else found
