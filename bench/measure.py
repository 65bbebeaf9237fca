"""Runs commands in turn, again and again, and keeps what each run took."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

BYTES_PER_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
MIB = 1024 * 1024
LAUNCHER = Path(__file__).resolve().parent / "launch.py"


class BenchError(Exception):
    """A measurement that cannot be made, with what to do about it."""


class Command(NamedTuple):
    """A command to measure; it is run in the first of every `every` rounds."""

    name: str
    argv: tuple[str, ...]
    every: int = 1


class Sample(NamedTuple):
    """One run: wall and processor time in seconds, peak resident memory in bytes, lines printed."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    lines: int


class Measure(NamedTuple):
    """A command and its samples, at least one."""

    command: Command
    samples: tuple[Sample, ...]

    @property
    def seconds(self) -> float:
        return median(sample.seconds for sample in self.samples)

    @property
    def cpu_seconds(self) -> float:
        return median(sample.cpu_seconds for sample in self.samples)

    @property
    def peak_bytes(self) -> int:
        return max(sample.peak_bytes for sample in self.samples)

    @property
    def lines(self) -> int:
        return self.samples[-1].lines


def run(command: Command, cwd: Path, env: Mapping[str, str]) -> Sample:
    """Runs `command` once.

    Its memory is that of its largest process; what is below the launcher's own (about 10 MiB) cannot be seen.
    Raises BenchError where it cannot be started or ends with a code other than 0 (clean) or 1 (findings), or in a
    traceback: such a run would be fast and mean nothing.
    """
    program = shutil.which(command.argv[0])
    if program is None:
        raise BenchError(f"{command.name}: there is no program {command.argv[0]}")
    read_end, write_end = os.pipe()
    with open(read_end) as numbers, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:  # noqa: PTH123
        try:
            subprocess.run(
                [sys.executable, "-I", "-S", str(LAUNCHER), str(write_end), program, *command.argv[1:]],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd, env=env, pass_fds=[write_end], check=False,
            )  # fmt: skip
        finally:
            os.close(write_end)
        taken = numbers.read().split()
        out.seek(0)
        err.seek(0)
        lines = out.read().count(b"\n")
        complaint = err.read().decode(errors="replace").strip()
    if len(taken) != 4 or taken[3] not in ("0", "1") or "Traceback (most recent call last)" in complaint:
        code = taken[3] if len(taken) == 4 else "no result"
        last = complaint.splitlines()[-1] if complaint else "it said nothing"
        raise BenchError(f"{command.name}: ended with {code}: {last}")
    return Sample(float(taken[0]), float(taken[1]), int(taken[2]) * BYTES_PER_RSS_UNIT, lines)


def measure(
    commands: Sequence[Command], rounds: int, run_once: Callable[[Command], Sample], progress: Callable[[str], None]
) -> list[Measure]:
    """Measures `commands` interleaved, after a round that does not count.

    The commands take turns, and each round starts with another one, so that what drifts hits all alike.
    """
    for command in commands:
        progress(f"warming up: {command.name}")
        run_once(command)
    samples: dict[str, list[Sample]] = {command.name: [] for command in commands}
    for number in range(rounds):
        first = number % len(commands)
        for command in (*commands[first:], *commands[:first]):
            if number % command.every == 0:
                progress(f"round {number + 1} of {rounds}: {command.name}")
                samples[command.name].append(run_once(command))
    return [Measure(command, tuple(samples[command.name])) for command in commands]
