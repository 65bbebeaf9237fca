"""Several schedules of one Cluster, judged as one: any of them takes a base backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import pairwise

from immichlint.schedules.schedule import CalendarSchedule, Schedule

_START = datetime(2001, 1, 1, tzinfo=UTC)
_END = datetime(2007, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MOST_RUNS = 3000


def longest_gap_of(schedules: Sequence[Schedule]) -> timedelta | None:
    """The longest time between two runs of any of them, as six years show it.

    A gap of a day or less is an upper bound. None where none of them ever runs, and where it cannot be told: a
    delay (`@every`) has no fixed place beside others, and more runs than a few thousand are not walked through.
    """
    gaps = [schedule.longest_gap for schedule in schedules]
    known = [gap for gap in gaps if gap is not None]
    if len(known) <= 1 or min(known) <= _DAY:
        return min(known, default=None)
    calendars = [item for item in schedules if isinstance(item, CalendarSchedule) and not item.never]
    if len(calendars) < len(known):
        return None
    if len(set(calendars)) == 1:  # the same schedule in several copies
        return calendars[0].longest_gap
    runs: list[datetime] = []
    for run in merge(*map(_runs, calendars)):
        runs.append(run)
        if len(runs) > _MOST_RUNS:
            return None
    return max((later - run for run, later in pairwise(runs)), default=None)


def _runs(schedule: CalendarSchedule) -> Iterator[datetime]:
    run = schedule.next(_START)
    while run is not None and run < _END:
        yield run
        run = schedule.next(run)
