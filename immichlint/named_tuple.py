"""`NamedTuple`: what `typing.NamedTuple` is, and to a type checker the same, made in a tenth of the time.

A run makes some two hundred of these classes before it has read a file. The one of `typing` compiles each annotation
of each of them, and each constructor; here constructors with as many fields share one compiled body.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import _tuplegetter
    from functools import cache
    from types import FunctionType

    class _Record(tuple):
        """What all of them share."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, /, **values):
            replaced = self._make(map(values.pop, self._fields, self))
            if values:
                raise TypeError(f"Got unexpected field names: {list(values)!r}")
            return replaced

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{self.__class__.__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)

    class _Maker(type):
        """Makes a class of the fields that a class body annotates."""

        def __new__(cls, name, bases, body):
            fields = tuple(_annotations(body))
            defaults = tuple(body[field] for field in fields if field in body)
            for field in fields[len(fields) - len(defaults) :]:
                if field not in body:
                    raise TypeError(f"{name}: `{field}` has no default and follows a field that has one")
            body.update((field, _getter(index)) for index, field in enumerate(fields))
            body["__slots__"] = ()
            body["_fields"] = body["__match_args__"] = fields
            body["__new__"] = _constructor(body["__qualname__"], fields, defaults)
            return type(name, (_Record,), body)

    def _annotations(body):
        """The annotations of a class body. From Python 3.14 on they are made when somebody asks for them, where a
        module does not have them as texts."""
        if "__annotations__" in body or sys.version_info < (3, 14):
            return body.get("__annotations__", {})
        from annotationlib import Format, call_annotate_function, get_annotate_from_class_namespace

        annotate = get_annotate_from_class_namespace(body)
        return call_annotate_function(annotate, Format.STRING) if annotate is not None else {}

    @cache
    def _getter(index):
        return _tuplegetter(index, f"Field {index}.")

    @cache
    def _body(count):
        """The code of a constructor with so many fields, whatever their names."""
        names = "".join(f"_{index}, " for index in range(count))
        return eval(f"lambda _class, {names}: _new(_class, ({names}))").__code__

    def _constructor(of, fields, defaults):
        code = _body(len(fields)).replace(co_varnames=("_class", *fields))
        made = FunctionType(code, {"_new": tuple.__new__, "__builtins__": {}}, "__new__", defaults)
        made.__qualname__ = f"{of}.__new__"
        return made

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
