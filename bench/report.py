"""What was measured, as lines for people and as JSON for programs."""

import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from measure import MIB, Measure

RATIOS = (
    ("immichlint", "floor"),
    ("immichlint --no-cache", "floor"),
    ("yamllint", "immichlint"),
    ("checkov", "immichlint"),
    ("immichlint --version", "import click"),
)
"""What is divided by what: medians, of one run of this script."""


class Tree(NamedTuple):
    """The measured tree: what it is, and the number and size in bytes of its YAML files."""

    title: str
    files: int
    size: int


def ratios(measures: Sequence[Measure]) -> dict[str, float]:
    """Those of `RATIOS` of which both sides were measured."""
    seconds = {measure.command.name: measure.seconds for measure in measures}
    return {
        f"{upper} / {lower}": seconds[upper] / seconds[lower]
        for upper, lower in RATIOS
        if upper in seconds and lower in seconds
    }


def as_lines(tree: Tree, measures: Sequence[Measure], versions: Mapping[str, str]) -> list[str]:
    """One line for each measure and each ratio, below a heading."""
    tools = "".join(f", {tool} {version}" for tool, version in versions.items())
    lines = [
        f"{tree.title}: {tree.files} YAML files, {tree.size / 1e6:.2f} MB",
        f"Python {platform.python_version()}, {os.cpu_count()} processors{tools}",
        "",
        f"{'':24}{'median':>10}{'min':>10}{'max':>10}{'cpu':>10}{'peak':>10}{'lines':>8}{'runs':>6}",
    ]
    for measure in measures:
        walls = [sample.seconds for sample in measure.samples]
        times = "".join(
            f"{1000 * value:>7.0f} ms" for value in (measure.seconds, min(walls), max(walls), measure.cpu_seconds)
        )
        peak = f"{measure.peak_bytes / MIB:.0f} MiB"
        lines.append(f"{measure.command.name:24}{times}{peak:>10}{measure.lines:>8}{len(walls):>6}")
    lines.append("")
    lines.extend(f"{name:40}{value:>8.2f}" for name, value in ratios(measures).items())
    return lines


def as_json(tree: Tree, measures: Sequence[Measure], versions: Mapping[str, str]) -> dict[str, Any]:
    """The same with every sample; times in seconds, memory in bytes."""
    return {
        "tree": tree._asdict(),
        "machine": {
            "python": platform.python_version(),
            "platform": platform.platform(),
            "processors": os.cpu_count(),
        },
        "tools": dict(versions),
        "measures": [
            {
                "name": measure.command.name,
                "argv": list(measure.command.argv),
                "seconds": measure.seconds,
                "cpu_seconds": measure.cpu_seconds,
                "peak_bytes": measure.peak_bytes,
                "lines": measure.lines,
                "samples": [sample._asdict() for sample in measure.samples],
            }
            for measure in measures
        ],
        "ratios": ratios(measures),
    }
