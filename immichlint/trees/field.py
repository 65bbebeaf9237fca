"""Fields: what is known of one value of a tree."""

from __future__ import annotations

from typing import Final

from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, Writes
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place
from immichlint.yamltree.scalars import Value

KNOWN: Final = "known"
ABSENT: Final = "absent"
UNKNOWN: Final = "unknown"


class Field:
    """The value at a route of a tree: known, absent, or unknown with the reason.

    A null counts as absent, as it does for Kubernetes. `tree` is the node where there is one.
    """

    __slots__ = ("route", "state", "tree", "why", "writes")

    def __init__(self, route: Route, state: str, tree: Tree | None, writes: Writes, why: str = "") -> None:
        self.route = route
        self.state = state
        self.tree = tree
        self.writes = writes
        self.why = why

    @property
    def known(self) -> bool:
        """Whether there is a value (a scalar, a mapping or a sequence) and it is known."""
        return self.state == KNOWN

    @property
    def absent(self) -> bool:
        """Whether it is certain that there is no value."""
        return self.state == ABSENT

    @property
    def unknown(self) -> bool:
        """Whether the repository does not tell."""
        return self.state == UNKNOWN

    @property
    def value(self) -> Value:
        """The scalar; None where it is no known scalar."""
        if self.state == KNOWN and isinstance(self.tree, Leaf) and not isinstance(self.tree.value, Hole):
            return self.tree.value
        return None

    @property
    def text(self) -> str | None:
        """The scalar where it is a string, else None."""
        value = self.value
        return value if isinstance(value, str) else None

    @property
    def place(self) -> Place | None:
        """Where the deciding write is; None for what no file says."""
        return self.writes[-1].place if self.writes else None

    def __repr__(self) -> str:
        return f"Field({'/'.join(map(str, self.route))} {self.state} {self.value!r})"


def look(tree: Tree, route: Route) -> Field:
    """The field at a route of a tree."""
    node = tree
    for step in route:
        if isinstance(node, Map):
            below = node.items.get(str(step))
            if below is None:
                if str(step) in node.deleted:
                    return Field(route, ABSENT, None, node.deleted[str(step)])
                return _missing(route, node.open)
        elif isinstance(node, Seq):
            if not isinstance(step, int) or step >= len(node.items):
                return _missing(route, node.open)
            below = node.items[step]
        elif isinstance(node.value, Hole):
            return Field(route, UNKNOWN, None, node.writes, node.value.why)
        else:
            return Field(route, ABSENT, None, ())
        node = below
    if isinstance(node, Leaf):
        if isinstance(node.value, Hole):
            return Field(route, UNKNOWN, node, node.writes, node.value.why)
        if node.value is None:
            return Field(route, ABSENT, node, node.writes)
    return Field(route, KNOWN, node, node.writes)


def _missing(route: Route, why: str | None) -> Field:
    return Field(route, ABSENT if why is None else UNKNOWN, None, (), why or "")
