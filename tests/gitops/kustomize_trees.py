"""Kustomization trees that combine features, made at random from a seed; what kustomize makes of them is a fixture.

    python tests/gitops/kustomize_trees.py

records them anew: 340 trees that kustomize builds, with its results. Needs `kubectl` with kustomize 5.5.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, Final

from kustomize_layers import Maker

FIXTURE: Final = Path(__file__).parents[1] / "fixtures" / "gitops" / "kustomize_trees.jsonl.gz"
_COUNT: Final = 340


def tree_of(seed: int) -> dict[str, str]:
    """The files of the tree of a seed."""
    maker = Maker(seed)
    depth = maker.pick(1, 2, 2, 3)
    below = "base"
    maker.layer(below, 1, maker.base(below))
    listed = [f"../{below}"]
    if maker.chance(25):
        second = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "second"}, "data": {"s": "t"}}
        maker.write("second/one.yaml", second)
        maker.layer("second", 1, {"resources": ["one.yaml"]})
        listed.append("../second")
    for level in range(2, depth + 1):
        folder = f"layer{level}"
        maker.layer(folder, level, {"resources": listed})
        listed = [f"../{folder}"]
    maker.write("kustomization.yaml", {"resources": [item.removeprefix("../") for item in listed]})
    return maker.files


def recorded_trees() -> list[tuple[int, dict[str, str], list[Any]]]:
    """The recorded trees: seed, files, and the objects that kustomize makes."""
    with gzip.open(FIXTURE, "rt", encoding="utf-8") as lines:
        return [tuple(json.loads(line)) for line in lines]  # type: ignore[misc]


def record_trees() -> None:
    """Records the first trees that kustomize builds."""
    from oracle import kustomized

    seed = 0
    rows: list[str] = []
    while len(rows) < _COUNT:
        files = tree_of(seed)
        made = kustomized(files)
        if made is not None:
            rows.append(json.dumps([seed, files, made], separators=(",", ":"), sort_keys=True))
        seed += 1
    FIXTURE.write_bytes(gzip.compress(("\n".join(rows) + "\n").encode(), mtime=0))
    print(f"{len(rows)} trees of {seed} seeds")


if __name__ == "__main__":
    record_trees()
