"""Variables of a container: what is known of each, and what may be set from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from immichlint.named_tuple import NamedTuple
from immichlint.stack.external_secret import ExternalSecret
from immichlint.stack.view import View
from immichlint.trees.field import ABSENT, KNOWN, UNKNOWN
from immichlint.trees.tree import Hole, Leaf, Map, Seq, decided_at
from immichlint.yamltree.place import FILE, Place

_FILLED_LATER: Final = re.compile(r"\{\{.*?\}\}|\$\{[^{}]*\}", re.S)
"""What a template of the External Secrets Operator takes from a store, and variables that nothing defines."""
_REFERENCE: Final = re.compile(r"\$\$|\$\(([^()\s]+)\)")


class Variable(NamedTuple):
    """A variable: known with its text, absent, or unknown (set to what is not visible, or perhaps set).

    `place`: where its value is written. `source`: how it is set
    (`env`, `ConfigMap x`, `Secret y`), empty where it is absent; `called`: how a message names that, where a hash
    is behind the name. `is_set`: whether it is certainly set. `text` is as it is written, `expanded` what the
    kubelet makes of it, where that is something else, or what is known of a value that a template makes.
    """

    name: str
    state: str
    text: str = ""
    place: Place | None = None
    source: str = ""
    why: str = ""
    reference: tuple[str, str] | None = None
    called: str = ""
    expanded: str = ""

    @property
    def value(self) -> str:
        """Its text as the process gets it; a `$(NAME)` that is left stands for what is not known."""
        return self.expanded or self.text

    @property
    def known(self) -> bool:
        """Whether its value is known."""
        return self.state == KNOWN

    @property
    def absent(self) -> bool:
        """Whether it is certainly not set."""
        return self.state == ABSENT

    @property
    def unknown(self) -> bool:
        """Whether its value, or whether it is set, is not known."""
        return self.state == UNKNOWN

    @property
    def is_set(self) -> bool:
        """Whether it is certainly set, to a known value or not."""
        return bool(self.source)

    @property
    def name_place(self) -> Place | None:
        """Where its name is written, of a variable that the data of a ConfigMap or Secret gives: the key, or what
        stands before the `=` of a generator's literal or of a line of its file."""
        place = self.place
        if place is None or place.part is None:
            return place.key_of() if place is not None else None
        before, length = place.part[0], len(self.name)
        if place.document.index == FILE and before > length:
            return Place(place.document, place.route, (before - 1 - length, before - 1))
        # A quoted literal's value begins after the quote.
        if "literals" in place.route and before - length in (1, 2):
            return Place(place.document, place.route, (0, length))
        return place


class Variables(NamedTuple):
    """All variables of a container. `open`: why others may be set too; empty where these are all."""

    found: Mapping[str, Variable]
    open: str = ""

    def get(self, name: str) -> Variable:
        """What is known of a variable."""
        variable = self.found.get(name)
        if variable is not None:
            return variable
        return Variable(name, UNKNOWN, why=self.open) if self.open else Variable(name, ABSENT)


Lookup = Callable[[str, str], "View | None"]
"""Finds an applied object of a kind and name in the container's namespace."""


def variables(container: View, find: Lookup) -> Variables:
    """The variables of a container; `find` resolves ConfigMaps and Secrets."""
    found: dict[str, Variable] = {}
    why = ""
    sources = container.field("envFrom")
    if sources.unknown:
        why = sources.why
    for index in range(len(sources.tree.items)) if isinstance(sources.tree, Seq) else ():
        view = View(container.object, (*container.route, "envFrom", index))
        why = _from_source(view, find, found) or why
    env = container.field("env")
    if env.unknown:
        why = env.why
    if isinstance(env.tree, Seq):
        why = env.tree.open or why
        for index in range(len(env.tree.items)):
            variable = _item(View(container.object, (*container.route, "env", index)), find)
            if variable is not None:
                found[variable.name] = _expanded(variable, found) if "$" in variable.text else variable
    return Variables(found, why)


def filled(text: str | None) -> str | None:
    """A text of which nothing is left to be filled in; None for others, and where there is none."""
    return text if text and "$(" not in text else None


def _expanded(variable: Variable, before: Mapping[str, Variable]) -> Variable:
    """A variable of `env` with its references to those that stand before it, or come from an `envFrom`
    (third_party/forked/golang/expansion of Kubernetes)."""

    def replaced(match: re.Match[str]) -> str:
        if not match[1]:
            return "$"
        other = before.get(match[1])
        return other.value if other is not None and other.known else match[0]

    if variable.source != "env":
        return variable
    text = _REFERENCE.sub(replaced, variable.text)
    return variable._replace(expanded=text) if text != variable.text else variable


def _from_source(view: View, find: Lookup, found: dict[str, Variable]) -> str:
    """Adds the variables of an `envFrom` item; why it leaves something open, else an empty text."""
    prefix = view.field("prefix").text or ""
    for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
        reference = view.field(key, "name")
        if reference.absent:
            continue
        name = reference.text
        source = find(kind, name) if name is not None else None
        if source is None:
            return f"envFrom of the {kind} {name or '?'}, which is not in the repository"
        if isinstance(source, ExternalSecret):
            found.update({prefix + item: _external(prefix + item, item, source) for item in source.keys})
            return source.open
        for field in ("data", "stringData"):
            data = source.field(field).tree
            for variable, value in (data.items if isinstance(data, Map) else {}).items():
                found[prefix + variable] = _data(prefix + variable, value, kind, source)
            if isinstance(data, Map) and data.open:
                return data.open
        return ""
    return "an envFrom item that is not known"


def _external(name: str, key: str, source: ExternalSecret) -> Variable:
    """A variable that an ExternalSecret gives: known where its template has a literal text for it."""
    label = f"Secret {source.secret_name}"
    leaf = source.keys[key]
    place = decided_at(leaf)
    if source.is_templated and isinstance(leaf, Leaf) and isinstance(leaf.value, str):
        return Variable(name, KNOWN, leaf.value, place, label)
    said = leaf.value.text if source.is_templated and isinstance(leaf, Leaf) and isinstance(leaf.value, Hole) else ""
    why = f"its value comes from the {label}"
    return Variable(name, UNKNOWN, place=place, source=label, why=why, expanded=_FILLED_LATER.sub("$(_)", said))


def _data(name: str, value: object, kind: str, source: View) -> Variable:
    assert isinstance(value, (Leaf, Map, Seq))
    place = decided_at(value)
    label, called = f"{kind} {source.name}", f"{kind} {source.ref.name}"
    if kind == "Secret" or not isinstance(value, Leaf) or isinstance(value.value, Hole):
        why = f"its value comes from the {called}"
        return Variable(name, UNKNOWN, place=place, source=label, why=why, called=called)
    return Variable(name, KNOWN, _text(value.value), place, label, called=called)


def _item(view: View, find: Lookup) -> Variable | None:
    name = view.field("name").text
    if name is None:
        return None
    value = view.field("value")
    if value.known:
        return Variable(name, KNOWN, _text(value.value), value.place, "env")
    if value.unknown:
        return Variable(name, UNKNOWN, place=value.place, source="env", why=value.why)
    for kind, key in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
        reference = view.field("valueFrom", key, "name")
        if reference.known and reference.text is not None:
            return _referenced(name, view, kind, key, reference.text, find)
    if view.field("valueFrom").absent:
        return Variable(name, KNOWN, "", view.field("name").place, "env")
    return Variable(name, UNKNOWN, place=view.field("name").place, source="env", why="it is taken from elsewhere")


def _referenced(name: str, view: View, kind: str, key: str, target: str, find: Lookup) -> Variable:
    entry = view.field("valueFrom", key, "key")
    place = view.field("valueFrom", key, "name").place
    label = f"{kind} {target}"
    reference = (target, entry.text or "")
    if kind == "ConfigMap" and entry.text is not None:
        source = find(kind, target)
        value = source.field("data", entry.text) if source is not None else None
        if value is not None and value.known:
            return Variable(name, KNOWN, _text(value.value), value.place, label, reference=reference)
    if kind == "Secret" and entry.text is not None:
        made = find(kind, target)
        if isinstance(made, ExternalSecret) and entry.text in made.keys:
            return _external(name, entry.text, made)._replace(reference=reference)
    return Variable(name, UNKNOWN, "", place, label, f"its value comes from the {label}", reference)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
