"""Runs the tests for one mistake after the other, each in a process that begins where all tests are collected.

What a mutant changes inside functions is put into the functions that are there already (`__code__`); a module that
is another one when it is imported is imported anew, with all that builds upon it. Of the tests those run that pass
the mutant's lines, the quickest first, until one fails.
"""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from coverage import Coverage
from mutant_code import Finder, changed_functions, put_in

HOME: Final = Path(__file__).resolve().parent.parent
_MEMORY: Final = 3_000_000_000
"""Bytes that a mutant may take: one that makes a list without end is noticed, too."""
OPTIONS: Final = ("-q", "-s", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
_KILLED, _SAME, _BROKEN = 1, 77, 78


class Mutant(NamedTuple):
    """A small mistake: an operator of cosmic-ray at its n-th place in a module, from a line to another."""

    module: str
    operator: str
    occurrence: int
    first: int
    last: int


class Verdict(NamedTuple):
    """What became of a mutant: `killed`, `survived`, or `same` where it is the same program."""

    mutant: Mutant
    outcome: str


class Trials:
    """A pytest plugin that, instead of running the tests, tries mutants on them and tells each verdict."""

    def __init__(
        self,
        mutants: Sequence[Mutant],
        mutated: Callable[[Mutant], str],
        until: float,
        tell: Callable[[Verdict], None],
    ) -> None:
        self.mutants = mutants
        self.mutated = mutated
        self.until = until
        self.tell = tell
        self.patience: Mapping[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        _settle_for_any_failure()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Which test passes which lines, and how long it takes; then the mutants, one on each core."""
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        passing = _measured(session, {mutant.module for mutant in self.mutants})
        running: dict[int, tuple[Mutant, str]] = {}
        waiting = iter(self.mutants)
        try:
            while True:
                while len(running) < _cores() and time.monotonic() < self.until:
                    mutant = next(waiting, None)
                    if mutant is None:
                        break
                    folder = tempfile.mkdtemp()
                    running[_forked(lambda at=folder, it=mutant: self._try(session, it, passing, at))] = mutant, folder
                if not running:
                    return True
                process, status = os.wait()
                mutant, folder = running.pop(process)
                shutil.rmtree(folder, ignore_errors=True)
                self.tell(Verdict(mutant, _outcome(status)))
        finally:
            for process in running:
                os.kill(process, signal.SIGKILL)

    def _try(self, session: pytest.Session, mutant: Mutant, passing: Passing, folder: str) -> int:
        _settle(folder)
        text = self.mutated(mutant)
        path = HOME / mutant.module
        try:
            changed = changed_functions(compile(path.read_bytes(), path, "exec"), compile(text, path, "exec"))
        except SyntaxError:
            return _KILLED  # what the compiler warns of, such as `is` before a number, is an error in the tests
        if not changed:
            return _SAME
        everywhere = any(old is None for old, _ in changed)
        lines = None if everywhere else range(mutant.first, mutant.last + 1)
        tests = passing.tests(mutant.module, lines)
        sys.meta_path.insert(0, Finder(_name(path), path, text))  # type: ignore[arg-type]
        if everywhere:
            return _run_anew(tests, passing.seconds)
        put_in(changed)
        self.patience = passing.seconds
        by_name = {item.nodeid: item for item in session.items}
        return _run(session, [by_name[test] for test in tests])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        _wait_for(nodeid, self.patience)


class Passing(NamedTuple):
    """Which tests pass which lines of a module, and the seconds that each test takes."""

    lines: Mapping[str, Mapping[int, Iterable[str]]]
    seconds: Mapping[str, float]

    def tests(self, module: str, lines: Iterable[int] | None) -> list[str]:
        """The tests that pass any of these lines, or any line of the module at all, the quickest first."""
        every = self.lines.get(module, {})
        found = {test for line in (every if lines is None else lines) for test in every.get(line, ())}
        return sorted(found, key=lambda test: (self.seconds[test], test))


def _measured(session: pytest.Session, modules: Iterable[str]) -> Passing:
    """All tests run as they are. One that fails without a mutant is left out: it would kill any."""
    lines: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder) / str(number) for number in range(_cores())]
        running = [
            _forked(lambda at=part, begin=number: _measure(session, session.items[begin :: len(parts)], modules, at))
            for number, part in enumerate(parts)
        ]
        statuses = [os.waitpid(process, 0)[1] for process in running]
        if any(statuses):
            raise RuntimeError("the tests could not be measured")
        for part in parts:
            some, took, failed = pickle.loads(part.with_suffix(".pickle").read_bytes())
            seconds.update(took)
            for module, line, tests in some:
                lines[module][line] += [test for test in tests if test in took]
            for test in failed:
                print(f"left out, since it fails without any mutant: {test}", flush=True)
    return Passing(lines, seconds)


def _measure(session: pytest.Session, items: list[pytest.Item], modules: Iterable[str], part: Path) -> int:
    part.mkdir()
    _settle(str(part))
    paths = {module: str(HOME / module) for module in modules}
    coverage = Coverage(data_file=None, include=list(paths.values()), config_file=False)
    seconds: dict[str, float] = {}
    failed: list[str] = []
    coverage.start()
    for number, item in enumerate(items):
        coverage.switch_context(item.nodeid)
        begun = time.perf_counter()
        if _run(session, [item], items[number + 1 : number + 2]):
            failed.append(item.nodeid)
            session.testsfailed = 0
        else:
            seconds[item.nodeid] = time.perf_counter() - begun
    coverage.stop()
    data = coverage.get_data()
    lines = [(it, line, tests) for it, path in paths.items() for line, tests in data.contexts_by_lineno(path).items()]
    part.with_suffix(".pickle").write_bytes(pickle.dumps((lines, seconds, failed)))
    return 0


def _cores() -> int:
    return max(1, len(os.sched_getaffinity(0)))


def _forked(work: Callable[[], int]) -> int:
    """The process that does some work and ends with the number that it gives."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code, errors = _BROKEN, os.dup(2)
    try:
        code = work()
    except Exception:
        os.dup2(errors, 2)
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def _outcome(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "killed"  # it took too long, or crashed the interpreter
    code = os.WEXITSTATUS(status)
    if code == _BROKEN:
        raise RuntimeError("a mutant could not be tried")
    return {0: "survived", _SAME: "same"}.get(code, "killed")


def _settle(folder: str) -> None:
    """What a process keeps, it keeps for itself; what it prints is not shown."""
    tempfile.tempdir = folder
    for name in ("TMPDIR", "PYTEST_DEBUG_TEMPROOT", "XDG_CACHE_HOME"):
        os.environ[name] = folder
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def _run(session: pytest.Session, items: Sequence[pytest.Item], after: Sequence[pytest.Item] = ()) -> int:
    """1 where a test fails; the tests behind it are not run."""
    for item, following in zip_longest(items, [*items[1:], *after]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return _KILLED
    return 0


def _name(path: Path) -> str:
    return ".".join(path.relative_to(HOME).with_suffix("").parts)


def _settle_for_any_failure() -> None:
    """What fails need not be made small."""
    from hypothesis import Phase, settings

    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", settings.get_profile("gate"), phases=phases)
    settings.load_profile("mutants")


def _wait_for(test: str, patience: Mapping[str, float]) -> None:
    """A mutant that makes a test take twenty times as long has an endless loop: that is noticed, too."""
    if test in patience:
        signal.alarm(10 + int(20 * patience[test]))


class _Only:
    """A pytest plugin: these tests, in this order."""

    def __init__(self, tests: Iterable[str], patience: Mapping[str, float]) -> None:
        self.places = {test: place for place, test in enumerate(tests)}
        self.patience = patience

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        _wait_for(nodeid, self.patience)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        _settle_for_any_failure()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((it for it in items if it.nodeid in self.places), key=lambda it: self.places[it.nodeid])


def _run_anew(tests: Sequence[str], patience: Mapping[str, float]) -> int:
    """The tests in a program that is imported anew."""
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "/").is_relative_to(HOME) and name != "__main__":
            del sys.modules[name]
    if not tests:
        return 0
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    return int(pytest.main(["-x", *OPTIONS, *files], plugins=[_Only(tests, patience)]) != 0)
