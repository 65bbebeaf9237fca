"""The benchmark's modules are scripts, not a package; a source distribution has none of them."""

import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"
if BENCH.is_dir():
    sys.path.insert(0, str(BENCH))
collect_ignore = [] if BENCH.is_dir() else ["test_tree.py"]
