"""Routes as rule files write them: steps with slashes between them."""

from __future__ import annotations

from immichlint.text.whole import whole
from immichlint.yamltree.lookup import Route, Step


def route_of(text: str) -> Route:
    """The route that a text such as `spec/template/metadata` names.

    A number is an index, `[name=main]` the list item with that key; a slash in a key is written `~1` and a
    tilde `~0`, as in a JSON Pointer.
    """
    steps: list[str] = []
    within = False
    for piece in text.strip("/").split("/") if text.strip("/") else ():
        if within:
            steps[-1] += f"/{piece}"
        else:
            steps.append(piece)
        within = steps[-1].startswith("[") and not steps[-1].endswith("]")
    return tuple(map(_step, steps))


def _step(text: str) -> Step:
    if text.startswith("["):
        return text
    number = whole(text)
    return number if number is not None else text.replace("~1", "/").replace("~0", "~")
