"""Where reports go: `--format F[=FILE]`, several in one run, files written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from immichlint.errors import UserError
from immichlint.named_tuple import NamedTuple
from immichlint.report import formats

if TYPE_CHECKING:
    from immichlint.findings.report import Report
    from immichlint.report.settings import RenderSettings

DEFAULT: Final = "text"
_STANDARD_OUTPUT: Final = "-"


class Target(NamedTuple):
    """A format and the file that it goes to; None is standard output."""

    format: str
    file: Path | None


def parse_targets(specs: Iterable[str]) -> tuple[Target, ...]:
    """The targets of `F` and `F=FILE`, text on standard output where there are none.

    Raises UserError for a format that does not exist and for two of them at one target.
    """
    targets = tuple(map(_target, specs)) or (Target(DEFAULT, None),)
    owners: dict[Path | None, str] = {}
    for target in targets:
        place = Path(os.path.realpath(target.file)) if target.file is not None else None
        if place in owners:
            raise UserError(
                f"The formats `{owners[place]}` and `{target.format}` both go to "
                f"{target.file or 'standard output'}; give one of them a file: `--format {target.format}=FILE`."
            )
        owners[place] = target.format
    return targets


def _target(spec: str) -> Target:
    name, _, file = spec.partition("=")
    if not formats.known(name):
        raise UserError(f"There is no format `{name}`; the formats are {', '.join(formats.names())}.")
    return Target(name, Path(file) if file and file != _STANDARD_OUTPUT else None)


def rendered(report: Report, targets: Iterable[Target], settings: RenderSettings) -> tuple[str, ...]:
    """The text of the report for every target; in a file there are no colours."""
    plain = settings._replace(color=False)
    return tuple(formats.load(target.format)(report, settings if target.file is None else plain) for target in targets)


def deliver(texts: Iterable[str], targets: Iterable[Target]) -> None:
    """Write a text to each target. Raises UserError where a file cannot be written."""
    for text, target in zip(texts, targets, strict=True):
        if target.file is None:
            write_stream(sys.stdout, text)
        else:
            write_file(target.file, text)


def write_stream(stream: TextIO, text: str) -> None:
    """Write text to a stream, what its encoding does not have being replaced.

    Raises UserError where that is impossible, but BrokenPipeError where the reader has gone.
    """
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(f"The output cannot be written: {error.strerror}.") from error


def write_file(path: Path, text: str) -> None:
    """Write a text as UTF-8, by a new file that takes the place of the old one; a device or pipe is written to.

    Raises UserError where that is impossible.
    """
    try:
        target = Path(os.path.realpath(path))  # resolve() is a RuntimeError for a link to itself
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_text(text, encoding="utf-8", newline="\n")
            return
        _replace(target, text)
    except OSError as error:
        raise UserError(f"The report cannot be written to {path}: {error.strerror}.") from error


def _replace(target: Path, text: str) -> None:
    fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with fresh.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
