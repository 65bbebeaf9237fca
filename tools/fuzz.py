"""Fuzz immichlint for as long as one likes: `python tools/fuzz.py --minutes 10`.

Stacks, rule examples, the demonstration and, where it is beside this checkout, the corpus are edited at random and held
against the laws of tests/fuzzing/fuzz_laws.py. Each way to break a law is kept once, made small, in a folder of its own
below `--keep`; `--again FOLDER` holds one of them against the laws anew. `--seed` repeats a run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME), str(HOME / "tests" / "fuzzing")]

from fuzz_edits import broken_stacks  # noqa: E402
from fuzz_laws import Broken, hold  # noqa: E402

Files = Mapping[str, bytes]
BARE = settings(deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
BATCH = 50
MAKING_SMALL = 60
"""Seconds that may be spent on making a case small."""


def main() -> int:
    """Fuzz; 1 if a law does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--seed", type=int, default=0, help="where the random cases begin (0)")
    parser.add_argument(
        "--keep", type=Path, default=Path("fuzz-found"), metavar="DIR", help="what is found (fuzz-found)"
    )
    parser.add_argument("--again", type=Path, metavar="DIR", help="hold a case that was kept against the laws")
    given_ = parser.parse_args()
    if given_.again is not None:
        return again(given_.again)
    end = time.monotonic() + given_.minutes * 60
    found: Counter[str] = Counter()
    cases = 0
    number = given_.seed
    while time.monotonic() < end:
        for files, law in batch(number, end):
            found[law] += 1
            if found[law] == 1:
                keep(given_.keep / f"{number}-{len(found)}", small(files, law), law)
        cases += BATCH
        number += 1
        print(f"\r{cases} cases, {len(found)} laws broken", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for law, count in found.most_common():
        print(f"{count:6} {law}")
    return int(bool(found))


def batch(number: int, end: float) -> list[tuple[Files, str]]:
    """The cases of a batch that break a law, each with the law."""
    found: list[tuple[Files, str]] = []

    @settings(BARE, max_examples=BATCH)
    @seed(number)
    @given(broken_stacks())
    def attempt(files: Files) -> None:
        law = "" if time.monotonic() > end else broken(files)
        if law:
            found.append((files, law))

    attempt()
    return found


def broken(files: Files) -> str:
    """The law that does not hold for these files; empty where all do."""
    try:
        hold(files)
    except Broken as error:
        return error.law
    return ""


def small(files: Files, law: str) -> Files:
    """The case without what it does not need: files first, then lines, in ever smaller runs."""
    end = time.monotonic() + MAKING_SMALL
    for path in sorted(files):
        fewer = {name: raw for name, raw in files.items() if name != path}
        if time.monotonic() < end and broken(fewer) == law:
            files = fewer
    for path in sorted(files):
        size = max(files[path].count(b"\n"), 1)
        while size and time.monotonic() < end:
            at = 0
            while at < len(lines := files[path].splitlines(keepends=True)) and time.monotonic() < end:
                fewer = {**files, path: b"".join(lines[:at] + lines[at + size :])}
                if broken(fewer) == law:
                    files = fewer
                else:
                    at += size
            size //= 2
    return files


def keep(folder: Path, files: Files, law: str) -> None:
    """Write a case and its law."""
    for path, raw in files.items():
        target = folder / "files" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)
    try:
        hold(files)
    except Broken as error:
        law = str(error)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "law.txt").write_text(law, "utf-8")
    print(f"\r{folder}: {law.splitlines()[0]}", file=sys.stderr)


def again(folder: Path) -> int:
    """Hold a case that was kept against the laws; 1 if one does not hold."""
    home = folder / "files" if (folder / "files").is_dir() else folder
    try:
        hold({path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()})
    except Broken as error:
        print(error)
        return 1
    print("All laws hold.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
