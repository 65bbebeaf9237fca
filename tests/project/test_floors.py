"""Who imports whom: packages lie on each other, and a module imports only from its own floor and those below."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

HOME: Final = Path(__file__).parents[2] / "immichlint"

# From the ground up. A floor is a package, or a module that stands on a floor of its own: what a change and a
# finding *are* lies below the lenses, which write changes; how findings are located, ignored and masked does not.
FLOORS: Final = (
    "immichlint",  # the version
    "errors",
    "named_tuple",
    "text",
    "yamltree",
    "facts",
    "schedules",
    "repo",
    "cache",
    "trees",
    "findings.change",
    "findings.undecided",
    "findings.finding",
    "gitops",
    "lenses",
    "stack",
    "findings",
    "config",
    "rules",
    "checks",
    "fixing",
    "report",
    "session",  # the facade: what the command line asks for, and nothing else does
    "cli",
    "__main__",
)

# What the order alone would allow and the design does not.
APART: Final = {
    "report": {"rules", "checks", "fixing", "stack", "lenses", "gitops", "config"},
    "cli": {"rules", "checks", "fixing", "stack", "lenses", "gitops", "repo", "trees", "yamltree", "findings"},
    "checks": {"lenses", "config"},
    "rules": {"config"},
    "schedules": {"text", "yamltree", "facts"},
}


class Import(NamedTuple):
    """A module that imports another one, anywhere in its text."""

    importer: str
    imported: str
    line: int


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES: Final = dict(modules())


def imports_of(name: str, tree: ast.AST) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(name, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: relative imports hide what is imported"
            module = node.module or ""
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield Import(name, inner if inner in MODULES else module, node.lineno)


def floor_of(module: str) -> str:
    inside = module.removeprefix("immichlint").removeprefix(".") or "immichlint"
    return inside if inside in FLOORS else inside.partition(".")[0]


@cache
def parsed(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


@cache
def imports() -> list[Import]:
    """Who imports whom within the package."""
    found = [item for name in MODULES for item in imports_of(name, parsed(name))]
    return [item for item in found if item.imported.partition(".")[0] == "immichlint"]


def upward(items: list[Import]) -> list[Import]:
    return [item for item in items if FLOORS.index(floor_of(item.importer)) < FLOORS.index(floor_of(item.imported))]


def test_every_module_has_a_floor_and_every_floor_a_module() -> None:
    assert {floor_of(name) for name in MODULES} == set(FLOORS)


def test_nothing_imports_upwards() -> None:
    assert upward(imports()) == []


def test_an_upward_import_would_be_seen_wherever_it_stands() -> None:
    lazy = "def f():\n    from immichlint.stack import view\n    import immichlint.cli.main\n"
    assert upward(list(imports_of("immichlint.trees.grow", ast.parse(lazy)))) == [
        Import("immichlint.trees.grow", "immichlint.stack.view", 2),
        Import("immichlint.trees.grow", "immichlint.cli.main", 3),
    ]
    allowed = "from immichlint.findings.change import Change\n"
    assert upward(list(imports_of("immichlint.lenses.plain", ast.parse(allowed)))) == []
    assert upward(list(imports_of("immichlint.trees.grow", ast.parse(allowed)))) != []


@pytest.mark.parametrize("floor", APART)
def test_what_is_kept_apart(floor: str) -> None:
    reached = {item for item in imports() if floor_of(item.importer) == floor}
    assert [item for item in reached if floor_of(item.imported) in APART[floor]] == []


@pytest.mark.parametrize("floor", ["report", "cli", "fixing", "stack", "lenses"])
def test_no_rule_is_known_by_name(floor: str) -> None:
    for name in MODULES:
        if floor_of(name) == floor:
            strings = [
                node.value
                for node in ast.walk(parsed(name))
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value
            ]
            assert [text for text in strings if re.fullmatch(r"IML\d{3}", text)] == [], name


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_long(name: str) -> None:
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= 400


def test_test_modules_have_names_of_their_own() -> None:
    """pytest imports them by their file names alone; so do they each other."""
    tests = [path for path in Path(__file__).parents[1].rglob("*.py") if path.name != "conftest.py"]
    assert len(tests) > 20
    assert [name for name, count in Counter(path.name for path in tests).items() if count > 1] == []
