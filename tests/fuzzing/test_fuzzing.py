"""A short run of what `tools/fuzz.py` does for as long as one likes."""

from __future__ import annotations

import sys

import pytest
from fuzz_edits import broken_stacks
from fuzz_laws import hold
from fuzz_seeds import Files
from fuzz_stacks import stacks
from hypothesis import HealthCheck, Phase, given, settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX")
short = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


@settings(short, max_examples=2)
@given(stacks())
def test_valid_stacks(files: Files) -> None:
    hold(files)


@settings(short, max_examples=5)
@given(broken_stacks(real=False))
def test_broken_stacks(files: Files) -> None:
    hold(files)
