"""Fuzz immichlint with bytes that coverage steers: `python tools/fuzz_bytes.py [-max_total_time=600] [CORPUS]`.

Needs atheris (`pip install atheris`), and nothing else does. The options are those of libFuzzer. Each input is a
repository of one file, held against the laws of tests/fuzzing/fuzz_laws.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME), str(HOME / "tests" / "fuzzing")]

with atheris.instrument_imports(include=["immichlint"]):
    from fuzz_laws import hold


def attempt(raw: bytes) -> None:
    """Hold a file of these bytes, which names Immich so that it is looked at, against the laws."""
    hold({"fuzzed.yaml": b"# immich\n" + raw})


if __name__ == "__main__":
    atheris.Setup(sys.argv, attempt)
    atheris.Fuzz()
