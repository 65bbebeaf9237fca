"""What the schedule tests share: generated expressions, and a count of the work that a call takes."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest

START = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def start() -> datetime:
    """The instant from which the outcomes in the fixture are counted."""
    return START


@pytest.fixture
def lines_run() -> Callable[[Callable[[], object]], int]:
    """Counts the lines of Python that a call runs: work, whatever the speed of the machine."""

    def count(call: Callable[[], object]) -> int:
        lines = 0

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal lines
            lines += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            call()
        finally:
            sys.settrace(before)
        return lines

    return count
