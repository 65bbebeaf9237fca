"""Decisions that the full corrected stack takes for its owner: a comment at the place of each, and a line about it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from immichlint.findings.change import Removed, Safety
from immichlint.findings.finding import Finding
from immichlint.lenses.effective import Effective
from immichlint.lenses.keyed import indexed
from immichlint.named_tuple import NamedTuple
from immichlint.rules.judged import Judged
from immichlint.text import SourceText
from immichlint.trees.tree import get
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import Route, find
from immichlint.yamltree.nodes import MappingNode
from immichlint.yamltree.place import Place

_WIDTH: Final = 110


class Decision(NamedTuple):
    """A change that a person should look at. `places`: what it wrote. `added`: the kind and name of an object that
    it added, empty for none."""

    rule: str
    title: str
    after: str
    places: tuple[Place, ...]
    added: tuple[str, str] = ("", "")

    @property
    def sentence(self) -> str:
        """What was decided, and what a person has to do then."""
        return f"{self.rule}: {self.title}.{f' {self.after}' if self.after else ''}"


def decisions(applied: Iterable[Finding], judged: Judged) -> Iterator[Decision]:
    """The decisions among the changes that were made; `judged`: the outcome."""
    objects = {item.key: item for stack in judged.stacks for item in stack.objects}
    for finding in applied:
        change = finding.change
        if change is None or (change.safety is Safety.SAFE and not change.decision):
            continue
        for addition in change.additions:
            kind, metadata = str(addition.value.get("kind")), addition.value.get("metadata")
            name = str(metadata.get("name")) if isinstance(metadata, dict) else ""
            yield Decision(finding.rule, change.title, change.after, (), (kind, name))
        places = tuple(_places(finding, objects))
        if places or not change.additions:
            yield Decision(finding.rule, change.title, change.after, places)


def _places(finding: Finding, objects: dict[str, Effective]) -> Iterator[Place]:
    assert finding.change is not None
    for effect in finding.change.effects:
        item = objects.get(effect.object)
        tree = item.manifest.tree if item is not None else None
        gone = tree is None or isinstance(effect.value, Removed)
        node = get(tree, indexed(tree, effect.route)) if tree is not None and not gone else None
        if node is not None and node.writes and (place := node.writes[-1].place) is not None:
            yield place
            return


def commented(text: str, route: Route, sentence: str) -> str:
    """A document with a comment above what stands at a route, or above the nearest key that begins a line."""
    document = next(iter(compose(SourceText(text))), None)
    start = 0
    while document is not None and route:
        found = find(document.root, route)
        at = _begin(document.root, route) if found is not None else None
        if at is not None and not text[text.rfind("\n", 0, at) + 1 : at].strip("- "):
            start = text.rfind("\n", 0, at) + 1
            break
        route = route[:-1]
    pad = " " * (len(text[start:]) - len(text[start:].lstrip(" ")))
    lines = textwrap.wrap(sentence, _WIDTH - len(pad))
    return text[:start] + "".join(f"{pad}# {line}\n" for line in lines) + text[start:]


def _begin(root: object, route: Route) -> int | None:
    """Where the key, or the item, at a route begins."""
    above = find(root, route[:-1])  # type: ignore[arg-type]
    if above is not None and isinstance(above.node, MappingNode):
        return next((key.start for key, _ in above.node.entries if getattr(key, "text", None) == route[-1]), None)
    there = find(root, route)  # type: ignore[arg-type]
    return there.node.start if there is not None else None
