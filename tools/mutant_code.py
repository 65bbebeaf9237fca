"""What a mistake changes in a program that runs already, and how it gets there."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any


def _parts(code: CodeType, *, run_at_import: bool = True) -> Iterator[tuple[CodeType, bool]]:
    """The code of the module and of its classes, which runs at import; and that of the functions defined there."""
    yield code, run_at_import
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_function = (
                inner.co_flags & inspect.CO_OPTIMIZED and inner.co_name[0] != "<"
            ) or inner.co_name == "<lambda>"
            if is_function:
                yield inner, False
            else:
                yield from _parts(inner)


def changed_functions(old: CodeType, new: CodeType) -> list[tuple[CodeType | None, CodeType]]:
    """The functions that a mutant changes, as they are and will be; None for what runs when its module is imported."""
    pairs = list(zip(_parts(old), _parts(new), strict=False))
    changed: list[tuple[CodeType | None, CodeType]] = []
    for (before, imported), (after, _) in pairs:
        if _signature(before, whole=not imported) != _signature(after, whole=not imported):
            changed.append((None if imported else before, after))
    return changed


def _signature(code: CodeType, *, whole: bool) -> tuple[Any, ...]:
    """What a program does, wherever it stands; with the functions in it, or with their names."""
    constants = tuple(
        (_signature(inner, whole=True) if whole else inner.co_qualname)
        if isinstance(inner, CodeType)
        else (type(inner), inner)
        for inner in code.co_consts
    )
    rest = (code.co_code, code.co_exceptiontable, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    takes = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return (code.co_qualname, repr(constants), *rest, *takes)


def put_in(changed: Iterable[tuple[CodeType | None, CodeType]]) -> None:
    """Make the functions that are there already those that they would be."""
    found = {(old.co_filename, old.co_qualname, old.co_firstlineno): new for old, new in changed if old is not None}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            code = thing.__code__
            new = found.get((code.co_filename, code.co_qualname, code.co_firstlineno))
            if new is not None:
                thing.__code__ = new


class _Mistaken(SourceFileLoader):
    """Loads a module with a mistake in it."""

    text: str

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec")


class Finder:
    """Finds one module, with a mistake in it."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        self.name = name
        self.loader = _Mistaken(self.name, str(path))
        self.loader.text = text

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self.loader) if name == self.name else None
