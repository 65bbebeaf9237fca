"""What holds for immichlint on any files: it ends in time, with an exit code that is documented and no traceback, every
format renders, and `--fix` leaves files that parse if they did, changes lines inside its edits only, and is done."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Final, NamedTuple
from unittest import mock
from xml.etree import ElementTree

from fuzz_seeds import Files

from immichlint.cli.main import run
from immichlint.fixing import rounds
from immichlint.fixing.texts import edits, texts
from immichlint.repo.repository import Repository
from immichlint.report import formats
from immichlint.text import NotTextError, SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.ops import AnyOp, Refusal
from immichlint.yamltree.planner import Plan

SECONDS: Final = 10
WRONG: Final = 2
"""The exit code for a configuration that is wrong."""
MEMORY: Final = 500 * 1024
"""In KiB: what this process may have needed at most, hypothesis and all."""
READERS: Final[dict[str, Callable[[str], object]]] = {
    "json": json.loads,
    "sarif": json.loads,
    "gitlab": json.loads,
    "rdjson": json.loads,
    "junit": ElementTree.fromstring,
}
_FRAME: Final = re.compile(r'File ".*?(immichlint/[\w/]+\.py)", line (\d+), in (\w+)')


class Broken(Exception):  # noqa: N818 - a law is broken
    """A law does not hold. `law`: which, and where, without what stood in the files."""

    def __init__(self, law: str, detail: str = "") -> None:
        super().__init__(f"{law}\n{detail}")
        self.law = law


class _Hang(BaseException):
    """More processor time than a run may take."""


class Done(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


def hold(files: Files) -> None:
    """Raises Broken where a law does not hold for these files."""
    with TemporaryDirectory(prefix="fuzz-") as folder:
        root = Path(folder) / "root"
        root.mkdir()
        written = write(root, files)
        codes = {0, 1, 2} if ".immichlint.yaml" in written else {0, 1}
        reports = {name: Path(folder) / name for name in formats.names()}
        wanted = [f"--format={name}={file}" for name, file in reports.items()]
        done = _command(codes, "check", root, "--root", root, "--profile", "strict", "--sarif-suppressed", *wanted)
        if done.code == WRONG:
            return
        for name, file in reports.items():
            _rendered(name, file.read_text("utf-8"))
        _command({0, 1}, "check", root, "--root", root, "--diff", "--unsafe-fixes", "--statistics")
        _command({0}, "stack", root, "--root", root)
        _command({0, 2}, "emit", root, "--root", root, "--output", Path(folder) / "out")
        _unchanged(root, written, "a run without --fix")
        _fixing(root, written)


def write(root: Path, files: Files) -> dict[str, bytes]:
    """The files that could be written: names may be in each other's way."""
    written: dict[str, bytes] = {}
    for path, raw in files.items():
        with contextlib.suppress(OSError, ValueError):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(raw)
            written[path] = raw
    return written


def _fixing(root: Path, before: Files) -> None:
    recorded: dict[str, set[bytes]] = {}
    with mock.patch.object(rounds, "texts", _recording(recorded)):
        done = _command({0, 1}, "check", root, "--root", root, "--fix", "--yes", "--unsafe-fixes", "--profile=strict")
    after = _read(root)
    for path, raw in before.items():
        if after.get(path) != raw and after.get(path) not in recorded.get(path, ()):
            raise Broken("--fix wrote what no edit made", path)
        if after.get(path) != raw and not parses(raw):
            raise Broken("--fix changed a file that does not parse", path)
    for path in after:
        if after[path] != before.get(path) and not parses(after[path]):
            raise Broken("--fix left a file that does not parse", f"{path}\n{after[path].decode()}")
    if "cannot be tried" not in done.err:
        _command({0, 1}, "check", root, "--root", root, "--fix", "--yes", "--unsafe-fixes", "--profile=strict")
        changed = sorted(path for path, raw in _read(root).items() if after.get(path) != raw)
        if changed:
            first, second = after.get(changed[0], b""), (root / changed[0]).read_bytes()
            raise Broken("a second --fix changes something", f"{changed}\n{first.decode()}\n=====\n{second.decode()}")


def _recording(recorded: dict[str, set[bytes]]) -> Callable[..., dict[str, SourceText] | Refusal]:
    """`texts`, which also holds each text against the edits that made it."""

    def checked(repository: Repository, ops: Iterable[AnyOp], plan: Plan) -> dict[str, SourceText] | Refusal:
        wanted = tuple(ops)
        made = texts(repository, wanted, plan)
        planned = edits(repository, wanted)
        if _written(made) != _written(texts(repository, wanted)):
            raise Broken("what was planned before changes a plan", f"{made}")
        if isinstance(made, Refusal) or isinstance(planned, Refusal):
            return made
        for path, text in made.items():
            if path in repository:
                source = repository.read(path).source
                assert source is not None
                spans = [(edit.span.start, edit.span.end) for edit in planned[path]]
                _outside(path, repository.raw(path), source, spans, text.encode())
            recorded.setdefault(path, set()).add(text.encode())
        return made

    return checked


def _written(made: dict[str, SourceText] | Refusal) -> object:
    return made if isinstance(made, Refusal) else {path: text.encode() for path, text in made.items()}


def _outside(path: str, raw: bytes, source: SourceText, spans: list[tuple[int, int]], made: bytes) -> None:
    """Every line that no edit reaches into is there as it was, byte for byte and in its order."""
    at, start = 0, 0
    if source.encode() != raw:
        raise Broken("a text is not the bytes that it was read from", path)
    for line in source.text.splitlines(keepends=True):
        end = start + len(line)
        if not any(first <= end and start <= last for first, last in spans):
            found = made.find(line.encode(), at)
            if found < 0:
                raise Broken("a line outside the edits is gone", f"{path}: {line!r}")
            at = found + len(line.encode())
        start = end


def parses(raw: bytes) -> bool:
    """Whether the bytes are YAML within the limits."""
    try:
        compose(SourceText.decode(raw))
    except (YamlError, NotTextError):
        return False
    return True


def _rendered(name: str, text: str) -> None:
    try:
        READERS.get(name, str)(text)
    except (ValueError, ElementTree.ParseError) as error:
        raise Broken(f"the format {name} is not well-formed", str(error)) from error


def _command(codes: set[int], *arguments: object) -> Done:
    """Run a command in this process. Raises Broken for another exit code, a traceback, and what takes too much."""
    words = list(map(str, arguments))
    out, err = io.StringIO(), io.StringIO()
    try:
        with _limited(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(words)
    except _Hang as error:
        raise Broken(f"`{words[0]}` takes more than {SECONDS} s at {_origin(error)}") from None
    done = Done(code, out.getvalue(), err.getvalue())
    if code not in codes:
        frames = _FRAME.findall(done.err)
        where = f" at {frames[-1][0]}:{frames[-1][1]} {done.err.splitlines()[-1].partition(':')[0]}" if frames else ""
        raise Broken(f"`{words[0]}` ends with {code}{where}", f"{' '.join(words)}\n{done.err}")
    if "Traceback" in done.out + done.err:
        raise Broken(f"`{words[0]}` prints a traceback", done.out + done.err)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "linux" and peak > MEMORY:
        raise Broken(f"`{words[0]}` needs more than 500 MB", f"{peak} KiB")
    return done


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Processor time is limited, tracebacks are shown, and the terminal is a wide one without colours."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise _Hang

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        with mock.patch.dict(os.environ, {"IMMICHLINT_DEBUG": "1", "NO_COLOR": "1", "COLUMNS": "100"}):
            yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _origin(error: BaseException) -> str:
    import traceback

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/immichlint/" in frame.filename]
    return " < ".join(f"{Path(frame.filename).stem}.{frame.name}" for frame in reversed(frames[-4:]))


def _unchanged(root: Path, before: Files, what: str) -> None:
    if _read(root) != before:
        raise Broken(f"{what} changes files")


def _read(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
