"""How many small mistakes in the modules that decide the tests would notice.

    pip install -e .[test] cosmic-ray coverage
    python tools/mutants.py [--sample 600] [--minutes 28] [--seed 1] [--least 85] [MODULE...]

Of all the mutants of the modules (an operator of cosmic-ray at a place of the text) a sample is tried, each one as
likely as any other. What is inside an annotation is left alone: nothing reads it at run time. Prints the survivors,
and a table for docs/mutation.md.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from mutant_trials import HOME, OPTIONS, Mutant, Trials, Verdict

MODULES: Final = (
    "immichlint/schedules/cnpg.py",
    "immichlint/schedules/crontab.py",
    "immichlint/schedules/recurrence.py",
    "immichlint/schedules/schedule.py",
    "immichlint/schedules/repair.py",
    "immichlint/schedules/judgement.py",
    "immichlint/schedules/retention.py",
    "immichlint/gitops/kustomize/strategic.py",
    "immichlint/gitops/kustomize/jsonpatch.py",
    "immichlint/gitops/kustomize/patches.py",
    "immichlint/yamltree/perform.py",
    "immichlint/yamltree/write.py",
    "immichlint/yamltree/remove.py",
    "immichlint/rules/assertion.py",
    "immichlint/rules/engine.py",
    "immichlint/rules/targets.py",
    "immichlint/rules/select.py",
)
"""The modules that decide: schedules, patches, edits, and the evaluation of rules."""
TESTS: Final = ("schedules", "yamltree", "gitops", "trees", "rules", "findings", "fixing", "cli/test_changed_since.py")
"""The tests that are near to them."""
_NEEDS_NAMES: Final = ("VariableReplacer", "VariableInserter")
"""Operators that have to be told which variables to take."""


def main() -> int:
    """Try the mutants, and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("modules", nargs="*", help="only these modules")
    parser.add_argument("--sample", type=int, default=600, help="how many mutants (600)")
    parser.add_argument("--minutes", type=float, default=28, help="no new mutant after this time (28)")
    parser.add_argument("--seed", type=int, default=1, help="which mutants (1)")
    parser.add_argument("--least", type=float, default=0, metavar="PERCENT", help="fail where fewer are killed (0)")
    given = parser.parse_args()
    started = time.monotonic()
    modules = [name for name in MODULES if not given.modules or name in given.modules]
    every = [mutant for module in modules for mutant in mutants(module)]
    chosen = random.Random(given.seed).sample(every, min(given.sample, len(every)))
    print(f"{len(chosen)} of {len(every)} mutants in {len(modules)} modules", flush=True)
    verdicts: list[Verdict] = []

    def tell(verdict: Verdict) -> None:
        verdicts.append(verdict)
        if verdict.outcome == "survived":
            _show(verdict.mutant)

    trials = Trials(chosen, mutated, started + given.minutes * 60, tell)
    os.chdir(HOME)
    os.environ["CI"] = "true"
    sys.path.insert(0, str(HOME))
    paths = [f"tests/{name}" for name in TESTS]
    code = pytest.main([*OPTIONS, *paths], plugins=[trials])
    killed = _report(modules, verdicts, (time.monotonic() - started) / 60)
    return int(code) or int(killed < given.least)


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
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start < last for first, last in silent):
                yield Mutant(module, name, occurrence, start[0], end[0])


def mutated(mutant: Mutant) -> str:
    """The text of its module with a mutant in it."""
    code = (HOME / mutant.module).read_text("utf-8")
    return mutate_code(code, get_operator(mutant.operator)(), mutant.occurrence) or code


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


def _show(mutant: Mutant) -> None:
    code = (HOME / mutant.module).read_text("utf-8")
    pairs = zip(code.splitlines(), mutated(mutant).splitlines(), strict=False)
    old, new = next(((one, other) for one, other in pairs if one != other), ("", ""))
    operator = mutant.operator.rpartition("/")[2]
    print(f"survived {mutant.module}:{mutant.first} {operator}\n  - {old.strip()}\n  + {new.strip()}", flush=True)


def _report(modules: list[str], verdicts: list[Verdict], minutes: float) -> float:
    """Prints the table; the percentage of all mutants that was killed."""
    counts = Counter((verdict.mutant.module, verdict.outcome) for verdict in verdicts)
    print(f"\n{len(verdicts)} tried in {minutes:.0f} minutes\n\n| module | mutants | killed | |\n|---|---|---|---|")
    share = 100.0
    for module in [*modules, ""]:
        killed, survived = (
            sum(count for (name, outcome), count in counts.items() if outcome == wanted and module in ("", name))
            for wanted in ("killed", "survived")
        )
        every = killed + survived
        share = 100 * killed / every if every else 100.0
        print(f"| {module or 'all'} | {every} | {killed} | {share:.0f} % |")
    return share


if __name__ == "__main__":
    sys.exit(main())
