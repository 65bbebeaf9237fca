"""How many small mistakes in the modules that decide the tests would notice.

    pip install cosmic-ray
    python tools/mutants.py [--each 40] [--minutes 28] [--seed 1] [MODULE...]

Of each module a sample of mutants (an operator of cosmic-ray at a place of the text) is written into a copy of the
checkout, and the module's tests run there until one fails. What is inside an annotation is left alone: nothing reads
it at run time. Prints the survivors, and a table for docs/mutation.md.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Final, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

HOME: Final = Path(__file__).parent.parent
_SCHEDULES: Final = ["tests/schedules", "tests/rules/test_backup_rules.py"]
_KUSTOMIZE: Final = ["tests/gitops/test_kustomize.py", "tests/gitops/test_kustomize_trees.py", "tests/rules"]
TESTS: Final = {
    "immichlint/schedules/cnpg.py": _SCHEDULES,
    "immichlint/schedules/crontab.py": _SCHEDULES,
    "immichlint/schedules/recurrence.py": _SCHEDULES,
    "immichlint/schedules/schedule.py": _SCHEDULES,
    "immichlint/schedules/repair.py": _SCHEDULES,
    "immichlint/schedules/judgement.py": _SCHEDULES,
    "immichlint/schedules/retention.py": _SCHEDULES,
    "immichlint/gitops/kustomize/strategic.py": _KUSTOMIZE,
    "immichlint/gitops/kustomize/jsonpatch.py": _KUSTOMIZE,
    "immichlint/gitops/kustomize/patches.py": _KUSTOMIZE,
    "immichlint/yamltree/perform.py": ["tests/yamltree"],
    "immichlint/yamltree/write.py": ["tests/yamltree"],
    "immichlint/yamltree/remove.py": ["tests/yamltree"],
    "immichlint/rules/assertion.py": ["tests/rules/test_assertion_schema.py", "tests/rules/test_user_rules.py"],
    "immichlint/rules/engine.py": ["tests/rules", "tests/findings", "tests/cli/test_changed_since.py"],
    "immichlint/rules/targets.py": ["tests/rules"],
    "immichlint/rules/select.py": ["tests/rules/test_select.py"],
}
"""The modules that decide, with the tests that hold them."""
_PATIENCE: Final = 240
"""Seconds that the tests of a mutant may take: an endless loop is noticed, too."""


_NEEDS_NAMES: Final = ("VariableReplacer", "VariableInserter")
"""Operators that have to be told which variables to take."""


class Mutant(NamedTuple):
    """A small mistake: an operator at its n-th place in a module, on a line."""

    module: str
    operator: str
    occurrence: int
    line: int


class Verdict(NamedTuple):
    """What became of a mutant: `killed`, `survived`, or `none` where it is the same text."""

    mutant: Mutant
    outcome: str


def main() -> None:
    """Try the mutants, and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("modules", nargs="*", help="only these modules")
    parser.add_argument("--each", type=int, default=40, help="mutants of each module")
    parser.add_argument("--minutes", type=float, default=28, help="no new mutant after this time")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    modules = [name for name in TESTS if not given.modules or name in given.modules]
    chosen = list(_sample(modules, given.each, random.Random(given.seed)))
    print(f"{len(chosen)} mutants in {len(modules)} modules", flush=True)
    started = time.monotonic()
    until = started + given.minutes * 60
    verdicts = list(_tried(chosen, until))
    minutes = (time.monotonic() - started) / 60
    _report(modules, verdicts, minutes)


def _sample(modules: list[str], each: int, chance: random.Random) -> Iterator[Mutant]:
    found = {module: list(mutants(module)) for module in modules}
    picked = {module: chance.sample(every, min(each, len(every))) for module, every in found.items()}
    # In turns, so that every module has its share where the time runs out.
    for turn in range(each):
        yield from (some[turn] for some in picked.values() if turn < len(some))


def mutants(module: str) -> Iterator[Mutant]:
    """The mutants of a module."""
    code = (HOME / module).read_text("utf-8")
    nodes = list(ast_nodes(get_ast(code)))
    silent = list(_annotations(code))
    for name in operator_names():
        if name.endswith(_NEEDS_NAMES):
            continue
        operator = get_operator(name)()
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            if not any(first <= start < last for first, last in silent):
                yield Mutant(module, name, occurrence, start[0])


def _annotations(code: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations are, and imports for types only."""
    for node in ast.walk(ast.parse(code)):
        parts: list[ast.AST | None] = []
        if isinstance(node, (ast.arg, ast.AnnAssign)):
            parts = [node.annotation]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            parts = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            parts = [node]
        for part in parts:
            if part is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0)  # type: ignore[attr-defined]


def _tried(chosen: list[Mutant], until: float) -> Iterator[Verdict]:
    copies: Queue[Path] = Queue()
    with tempfile.TemporaryDirectory() as folder:
        workers = max(1, os.cpu_count() or 1)
        for number in range(workers):
            copy = Path(folder) / str(number) / HOME.name
            ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".mypy_cache", ".hypothesis")
            shutil.copytree(HOME, copy, ignore=ignored, symlinks=True)
            copies.put(copy)

        def attempt(mutant: Mutant) -> Verdict | None:
            if time.monotonic() > until:
                return None
            copy = copies.get()
            try:
                return Verdict(mutant, _outcome(copy, mutant))
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(workers) as pool:
            for verdict in pool.map(attempt, chosen):
                if verdict is not None:
                    if verdict.outcome == "survived":
                        _show(verdict.mutant)
                    yield verdict


def _outcome(copy: Path, mutant: Mutant) -> str:
    path = copy / mutant.module
    code = path.read_text("utf-8")
    changed = mutate_code(code, get_operator(mutant.operator)(), mutant.occurrence)
    if changed is None or changed == code:
        return "none"
    command = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS[mutant.module])
    environment = {**os.environ, "PYTHONPATH": str(copy), "CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        path.write_text(changed, "utf-8")
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=_PATIENCE, check=False)
        return "survived" if done.returncode == 0 else "killed"
    except subprocess.TimeoutExpired:
        return "killed"
    finally:
        path.write_text(code, "utf-8")


def _show(mutant: Mutant) -> None:
    code = (HOME / mutant.module).read_text("utf-8")
    changed = mutate_code(code, get_operator(mutant.operator)(), mutant.occurrence) or ""
    pairs = zip(code.splitlines(), changed.splitlines(), strict=False)
    old, new = next(((one, other) for one, other in pairs if one != other), ("", ""))
    print(f"survived {mutant.module}:{mutant.line} {mutant.operator}\n  - {old.strip()}\n  + {new.strip()}", flush=True)


def _report(modules: list[str], verdicts: list[Verdict], minutes: float) -> None:
    counts = Counter((verdict.mutant.module, verdict.outcome) for verdict in verdicts)
    print(f"\n{minutes:.0f} minutes\n\n| module | mutants | killed | |\n|---|---|---|---|")
    for module in [*modules, ""]:
        killed, survived = (
            sum(count for (name, outcome), count in counts.items() if outcome == wanted and module in ("", name))
            for wanted in ("killed", "survived")
        )
        every = killed + survived
        share = f"{100 * killed / every:.0f} %" if every else ""
        print(f"| {module or 'all'} | {every} | {killed} | {share} |")


if __name__ == "__main__":
    main()
