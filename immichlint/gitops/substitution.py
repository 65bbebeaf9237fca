"""Flux's variable substitution as a step: `${VAR}` and its forms, resolved where the repository determines them.

The forms are those of Flux's envsubst (`C§9`). A form that is not computed leaves a hole, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import is_
from typing import Final

from immichlint.gitops.manifest import Manifest, text_at, unhashed
from immichlint.named_tuple import NamedTuple
from immichlint.text import SourceText
from immichlint.trees.grow import grow
from immichlint.trees.pieces import joined, part
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, Writes
from immichlint.yamltree.compose import compose
from immichlint.yamltree.errors import YamlError
from immichlint.yamltree.place import DocumentId, Place
from immichlint.yamltree.scalars import typed_text

MAX_REFERENCES: Final = 200
"""How many variables a text may have to be computed; texts that people write have a few."""

MAX_VALUE: Final = 10_000
"""How many characters a variable may stand for to be computed; a certificate has half as many."""

_OPT_OUT: Final = "kustomize.toolkit.fluxcd.io/substitute"
_DEFAULTS: Final = (":=", ":-", "=", "-")
_OPENING: Final = ("'", '"', "[", "{")
"""What begins a scalar in quotes, or a collection on one line."""


class Variable(NamedTuple):
    """A variable and where it is defined; a hole where the value is not visible (an encrypted Secret)."""

    value: str | Hole
    place: Place | None


class Variables(NamedTuple):
    """What can be substituted. `open`: why more variables may exist than are known; empty where all are known."""

    known: Mapping[str, Variable]
    open: str = ""


class Reference(NamedTuple):
    """One `${…}` of a text: its offsets, the variable's name, and what follows the name."""

    start: int
    end: int
    name: str
    rest: str


NO_VARIABLES: Final = Variables({})


def substitutes(manifest: Manifest) -> bool:
    """Whether an object takes part in substitution."""
    return not any(
        text_at(manifest.tree, "metadata", field, _OPT_OUT) == "disabled" for field in ("labels", "annotations")
    )


def may_be_filled(manifest: Manifest) -> bool:
    """Whether substitution may change an object: it takes part in it, and may have references. Most have none."""
    return _refers(manifest.tree) and substitutes(manifest)


def _refers(tree: Tree) -> bool:
    if not isinstance(tree, Leaf):
        return any(map(_refers, tree.items.values() if isinstance(tree, Map) else tree.items))
    text = tree.value.text if isinstance(tree.value, Hole) else tree.value
    return isinstance(text, str) and "${" in text


def substitute(tree: Tree, variables: Variables) -> Tree:
    """The tree with its references resolved; what cannot be resolved becomes a hole."""
    if isinstance(tree, Leaf):
        text = tree.value.text if isinstance(tree.value, Hole) else tree.value
        return _leaf(tree, variables) if isinstance(text, str) and "${" in text else tree
    if isinstance(tree, Seq):
        items = [substitute(item, variables) for item in tree.items]
        return tree if all(map(is_, items, tree.items)) else Seq(items, tree.writes, tree.open)
    changed = {key: new for key, item in tree.items.items() if (new := substitute(item, variables)) is not item}
    return Map({**tree.items, **changed}, tree.writes, tree.deleted, tree.open) if changed else tree


def substituted(manifest: Manifest, variables: Variables) -> Manifest:
    """An object with its references resolved, where it takes part in substitution."""
    return manifest.with_tree(substitute(manifest.tree, variables)) if may_be_filled(manifest) else manifest


def undefined(tree: Tree, variables: Variables) -> Iterator[tuple[str, Place]]:
    """The references of a tree to variables that are certainly not defined and that have no default: each name
    with its place. Nothing is substituted where there is no variable at all (C§9)."""
    if not variables.known or variables.open:
        return
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Map):
            pending += reversed(node.items.values())
        elif isinstance(node, Seq):
            pending += reversed(node.items)
        elif isinstance(node.value, str) and "${" in node.value:
            for reference in references(node.value):
                place = part(node, reference.start, reference.end)
                known = reference.name in variables.known or _operator(reference.rest)
                if reference.name and not known and place:
                    yield reference.name, place


def references(text: str) -> list[Reference]:
    """The references of a text, outermost ones only; `$${` is an escape and none."""
    found: list[Reference] = []
    at = text.find("${")
    while at >= 0:
        end = _closing(text, at + 2)
        if end < 0:
            break
        if at > 0 and text[at - 1] == "$":
            at = text.find("${", at + 2)
            continue
        body = text[at + 2 : end]
        name = _name(body)
        # The length, `${#name}`, is the one function that stands before the name.
        length = _name(body[1:]) if body.startswith("#") else ""
        if length and len(length) == len(body) - 1:
            found.append(Reference(at, end + 1, length, "#"))
        else:
            found.append(Reference(at, end + 1, name, body[len(name) :]))
        at = text.find("${", end)
    return found


def _closing(text: str, at: int) -> int:
    depth = 1
    while at < len(text):
        if text.startswith("${", at):
            depth, at = depth + 1, at + 2
            continue
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return -1


def _name(body: str) -> str:
    end = 0
    while end < len(body) and (body[end] == "_" or (body[end].isascii() and body[end].isalnum())):
        end += 1
    return body[:end] if end and not body[0].isdigit() else ""


def _leaf(leaf: Leaf, variables: Variables) -> Tree:
    made = _composed(leaf, variables)
    value = made.value
    if made is leaf or not made.plain or not isinstance(value, str) or value[:1] not in _OPENING:
        return made
    again = _read_again(value, made.writes)
    return again if again is not None else made


def _composed(leaf: Leaf, variables: Variables) -> Leaf:
    text = leaf.value
    if isinstance(text, Hole):
        return _in_a_hole(leaf, text, variables)
    if not isinstance(text, str) or "${" not in text:
        return leaf
    parts: list[Leaf | str] = []
    at = 0
    if text.count("${") > MAX_REFERENCES:
        return Leaf(Hole(text, f"it has more than {MAX_REFERENCES} variables"), leaf.writes)
    for reference in references(text):
        if reference.start > at:
            parts.append(_literal(leaf, text, at, reference.start))
        parts.append(_resolved(leaf, text, reference, variables))
        at = reference.end
    if not parts:
        return leaf if "$${" not in text else Leaf(text.replace("$${", "${"), leaf.writes)
    # The hash behind the name of what is generated is still one: the name that lasts goes without it.
    said = unhashed(leaf)
    end = len(said) if isinstance(said, str) and at <= len(said) < len(text) else len(text)
    if at < end:
        parts.append(_literal(leaf, text, at, end))
    if end < len(text):
        parts.append(Leaf(text[end:], (leaf.pieces[-1].write,)))
    made = joined(parts)
    decided = made.pieces[0].write.place if len(made.pieces) == 1 else leaf.writes[-1].place
    writes = (*leaf.writes, Write(Layer.SUBSTITUTION, decided, detail=_names(text)))
    value = made.value
    if leaf.plain and isinstance(value, str):
        return Leaf(typed_text(value), writes, made.pieces, plain=True)
    return Leaf(value, writes, made.pieces)


def _in_a_hole(leaf: Leaf, hole: Hole, variables: Variables) -> Leaf:
    """A text that is not known for another reason, a template, with its references resolved as far as they are."""
    if "${" not in hole.text:
        return leaf
    value = _composed(Leaf(hole.text, leaf.writes), variables).value
    text = value.text if isinstance(value, Hole) else value
    return Leaf(Hole(text, hole.why), leaf.writes) if isinstance(text, str) and text != hole.text else leaf


def _read_again(text: str, writes: Writes) -> Tree | None:
    """What a plain scalar is once its text begins with a quote or a bracket: Flux substitutes in the text of the
    document, so `${q:='}5${q:='}` is a quoted text and `${LIST:=[]}` a list. None where it is no YAML by itself."""
    try:
        documents = compose(SourceText(text))
    except YamlError:
        return None
    return _with_writes(grow(documents[0], DocumentId("", 0)), writes) if len(documents) == 1 else None


def _with_writes(tree: Tree, writes: Writes) -> Tree:
    if isinstance(tree, Map):
        return Map({key: _with_writes(item, writes) for key, item in tree.items.items()}, writes)
    if isinstance(tree, Seq):
        return Seq([_with_writes(item, writes) for item in tree.items], writes)
    return Leaf(tree.value, writes, plain=tree.plain, raw=tree.raw)


def _names(text: str) -> str:
    return ", ".join(reference.name for reference in references(text))


def _literal(leaf: Leaf, text: str, start: int, end: int) -> Leaf:
    place = part(leaf, start, end)
    layer = leaf.writes[-1].layer if leaf.writes else Layer.BASE
    return Leaf(text[start:end].replace("$${", "${"), (Write(layer, place),))


def _resolved(leaf: Leaf, text: str, reference: Reference, variables: Variables) -> Leaf:
    source = text[reference.start : reference.end]
    here = part(leaf, reference.start, reference.end)
    name, rest = reference.name, reference.rest
    operator = _operator(rest)
    if not name:
        return _hole(source, f"{source} is not computed", here)
    variable = variables.known.get(name)
    if variable is not None:
        if isinstance(variable.value, Hole):
            return _hole(source, variable.value.why, here)
        if len(variable.value) > MAX_VALUE:
            return _hole(source, f"${{{name}}} is longer than {MAX_VALUE:,} characters", here)
        if rest and not operator:
            return _function(source, rest, variable.value, here)
        if variable.value or ":" not in operator:
            return Leaf(variable.value, (Write(Layer.SUBSTITUTION, variable.place, detail=name),))
    elif variables.open:
        return _hole(source, f"${{{name}}} may be set by {variables.open}", here)
    if not operator:
        return _hole(source, f"${{{name}}} is defined nowhere in the repository", here)
    default = rest[len(operator) :]
    start = reference.end - 1 - len(default)
    write = Write(Layer.SUBSTITUTION, part(leaf, start, reference.end - 1), detail=name)
    return _composed(Leaf(default, (write,)), variables)


def _function(source: str, function: str, value: str, here: Place | None) -> Leaf:
    """What a function makes of a value. It is written where the reference is: the definition has other letters."""
    from immichlint.gitops.envsubst import called

    made = called(value, function)
    return (
        _hole(source, f"{source} is not computed", here)
        if made is None
        else Leaf(made, (Write(Layer.SUBSTITUTION, here),))
    )


def _operator(rest: str) -> str:
    """The sign of a default, empty where what follows the name gives none."""
    return next((sign for sign in _DEFAULTS if rest.startswith(sign)), "")


def _hole(source: str, why: str, place: Place | None) -> Leaf:
    return Leaf(Hole(source, why), (Write(Layer.SUBSTITUTION, place),))
