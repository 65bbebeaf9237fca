"""What an operation does to the plain data of its document: the model that every edit is held against."""

from __future__ import annotations

from immichlint.yamltree.lookup import Data, Route, Step
from immichlint.yamltree.ops import AddDocument, Append, Move, NewFile, Op, Remove, Rename, Set


class CannotApplyError(ValueError):
    """The data has no such place; the message says what is in the way."""


def apply(data: Data, op: Op) -> Data:
    """The data after an operation; the data given is left as it is.

    Operations that add a document or a file leave the data of others alone. Raises CannotApplyError.
    """
    match op:
        case Set(place, value):
            if place.part is not None:
                value = _spliced(get(data, place.route), place.part, value)
            return put(data, place.route, value)
        case Append(place, value):
            there = get(data, place.route) if has(data, place.route) else None
            if there is not None and not isinstance(there, list):
                raise CannotApplyError(f"{say(place.route)} is no list")
            return put(data, place.route, [*(there or []), value])
        case Remove(place, hollow):
            rest = without(data, place.route)
            emptied = hollow and len(place.route) > 1 and get(rest, place.route[:-1]) == {}
            return without(rest, place.route[:-1]) if emptied else rest
        case Rename(place, name):
            return _renamed(data, place.route, name)
        case Move(place, to):
            if has(data, to.route):
                raise CannotApplyError(f"{say(to.route)} is there already")
            if to.route[: len(place.route)] == place.route:
                raise CannotApplyError(f"{say(place.route)} cannot move into itself")
            return without(put(data, to.route, get(data, place.route)), place.route)
        case AddDocument() | NewFile():
            return data


def same(a: Data, b: Data) -> bool:
    """Whether two values are one to Kubernetes: types count, the order of keys does not."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or (a != a and b != b))


def say(route: Route) -> str:
    """A route for people: `spec.containers[0].env`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in route)
    return text.removeprefix(".") or "the document"


def has(data: Data, route: Route) -> bool:
    """Whether there is something at a route."""
    return bool(_at(data, route))


def get(data: Data, route: Route) -> Data:
    """What is at a route. Raises CannotApplyError where there is nothing."""
    there = _at(data, route)
    if not there:
        raise CannotApplyError(f"there is no {say(route)}")
    return there[0]


def _at(data: Data, route: Route) -> list[Data]:
    """What is at a route, as a list of one; an empty list where there is nothing."""
    for step in route:
        inside = isinstance(data, dict) and step in data
        if not inside and not (isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data)):
            return []
        data = data[step]  # type: ignore[index]
    return [data]


def put(data: Data, route: Route, value: Data) -> Data:
    """The data with a value at a route; what is missing on the way is made. Raises CannotApplyError."""
    if not route:
        return value
    step, rest = route[0], route[1:]
    if isinstance(step, str) and (data is None or isinstance(data, dict)):
        mapping = data or {}
        return {**mapping, step: put(mapping.get(step), rest, value)}
    if isinstance(step, int) and (data is None or isinstance(data, list)):
        items = data or []
        if 0 <= step < len(items):
            return [*items[:step], put(items[step], rest, value), *items[step + 1 :]]
        if step == len(items):
            return [*items, put(None, rest, value)]
        raise CannotApplyError(f"the list has {len(items)} items, there is no place [{step}] in it")
    raise CannotApplyError(f"{_kind(data)} stands where {_step_kind(step)} should be")


def without(data: Data, route: Route) -> Data:
    """The data without what is at a route. Raises CannotApplyError where there is nothing."""
    parent = get(data, route[:-1])
    if not route or not has(parent, route[-1:]):
        raise CannotApplyError(f"there is no {say(route)} to remove")
    step = route[-1]
    rest: Data
    if isinstance(parent, dict):
        rest = {key: value for key, value in parent.items() if key != step}
    else:
        assert isinstance(parent, list)
        rest = [value for at, value in enumerate(parent) if at != step]
    return put(data, route[:-1], rest)


def _renamed(data: Data, route: Route, name: str) -> Data:
    parent = get(data, route[:-1])
    if not route or not isinstance(parent, dict) or route[-1] not in parent:
        raise CannotApplyError(f"there is no key {say(route)} to rename")
    if name in parent and name != route[-1]:
        raise CannotApplyError(f"{say(route[:-1])} has a key {name} already")
    renamed = {name if key == route[-1] else key: value for key, value in parent.items()}
    return put(data, route[:-1], renamed)


def _spliced(there: Data, part: tuple[int, int], value: Data) -> str:
    start, end = part
    if not isinstance(there, str) or not isinstance(value, str):
        raise CannotApplyError("only a part of a string can become another string")
    if not 0 <= start <= end <= len(there):
        raise CannotApplyError(f"the string has {len(there)} characters, there is no part {start} to {end}")
    return there[:start] + value + there[end:]


def _kind(data: Data) -> str:
    return "a list" if isinstance(data, list) else "a mapping" if isinstance(data, dict) else "a scalar"


def _step_kind(step: Step) -> str:
    return "a mapping" if isinstance(step, str) else "a list"
