"""How a run grows with the number of files: trees of several sizes, measured in one go."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from measure import MIB, Command, Measure
from tree import repository, write

SIZES = (1_000, 5_000, 10_000, 20_000)
MARGINS = ((1_000, 5_000), (5_000, 20_000))
"""Between which sizes the time for one more file is taken; the second divided by the first is the figure."""
NAMES = FLOOR, WARM, COLD = ("floor", "immichlint", "immichlint --no-cache")


class Scaled(NamedTuple):
    """What was measured on a tree of `files` files, by the command's name."""

    files: int
    measures: dict[str, Measure]


def scale(
    scratch: Path,
    seed: int,
    commands: Callable[[str], Sequence[Command]],
    measured: Callable[[Sequence[Command]], list[Measure]],
) -> list[Scaled]:
    """Measures the commands for a tree on trees of all `SIZES`, which take turns: a machine that is slower for a minute
    is so for all of them."""
    own: dict[str, tuple[int, Command]] = {}
    for files in SIZES:
        root = scratch / f"home-ops-{files}"
        write(repository(files, seed), root)
        own |= {f"{item.name}, {files:,} files": (files, item) for item in commands(str(root))}
    found: dict[int, dict[str, Measure]] = {files: {} for files in SIZES}
    for item in measured([command._replace(name=name) for name, (_, command) in own.items()]):
        files, command = own[item.command.name]
        found[files][command.name] = item._replace(command=command)
    return [Scaled(files, measures) for files, measures in found.items()]


def ratio(scaled: Scaled, name: str) -> float:
    """A command's processor time, divided by the floor's on the same tree."""
    return scaled.measures[name].cpu_seconds / scaled.measures[FLOOR].cpu_seconds


def margins(found: Sequence[Scaled], name: str) -> list[float]:
    """Processor seconds that one more file costs, between the sizes of `MARGINS`."""
    seconds = {item.files: item.measures[name].cpu_seconds for item in found}
    return [(seconds[more] - seconds[less]) / (more - less) for less, more in MARGINS]


def as_lines(found: Sequence[Scaled]) -> list[str]:
    """A line for each size, and one for what one more file costs."""
    lines = ["", f"{'files':>8}{'cold / floor':>16}{'warm / floor':>16}{'cold peak':>12}{'warm peak':>12}"]
    for item in found:
        peaks = "".join(f"{item.measures[name].peak_bytes / MIB:>8.0f} MiB" for name in (COLD, WARM))
        lines.append(f"{item.files:>8,}{ratio(item, COLD):>16.2f}{ratio(item, WARM):>16.2f}{peaks}")
    for name in (COLD, WARM):
        small, large = margins(found, name)
        spans = " and ".join(f"{less:,} to {more:,}" for less, more in MARGINS)
        lines.append(f"{name}: one more file, {spans}: {small * 1e6:.0f} and {large * 1e6:.0f} µs, {large / small:.2f}")
    return lines


def as_json(found: Sequence[Scaled]) -> list[dict[str, Any]]:
    """The same for programs; times in seconds, memory in bytes."""
    return [
        {
            "files": item.files,
            "measures": {
                name: {"cpu_seconds": made.cpu_seconds, "seconds": made.seconds, "peak_bytes": made.peak_bytes}
                for name, made in item.measures.items()
            },
        }
        for item in found
    ]
