"""What a fix intends: the claim that the verifier holds it to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from immichlint.named_tuple import NamedTuple
from immichlint.yamltree.lookup import Data, Route
from immichlint.yamltree.place import Place

if TYPE_CHECKING:
    from immichlint.yamltree.ops import AnyOp


class Safety(StrEnum):
    """Safe: does what the manifests evidently say, or only adds protection; loses no data, stops nothing.
    Unsafe: may expire data, needs preparation, or needs a decision about the site."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Removed(NamedTuple):
    """The value of an effect that takes a field away. `hollow`: with the mapping that held it, where that would be
    left empty: for mappings of which an empty one says nothing."""

    hollow: bool = False


REMOVED: Final = Removed()
CLEARED: Final = Removed(hollow=True)


class Effect(NamedTuple):
    """An effective field that a change sets: which object, where in it, to what.

    `object`: the identity of the applied object, as its lens gives it. `route`: items of lists may be named by
    their merge key (`[name=HF_HOME]`).
    """

    object: str
    route: Route
    value: Data | Removed


class Listing(NamedTuple):
    """An entry of a kustomization. `resources`: the place of the list. `entry`: the path, relative to its folder."""

    resources: Place
    entry: str


class Addition(NamedTuple):
    """An object that a change adds: written beside an applied one, and applied by whatever applies that one, in
    every environment that has it.

    `beside`: the identity of the applied object. `value`: the new object; it goes to the namespace of the other,
    so it names none. `listed`: it is written already, and this is where the entry goes that makes it applied.
    `written`: what is written where that is not what is applied, because of references such as `${NAME}`; the holes
    that these leave are in `value`. `file`: a name for its file, empty for the kind's. `overlay`: the kustomization
    that it is written beside and listed by, where that makes the object need it; then it is for this environment only.
    """

    beside: str
    value: Mapping[str, Any]
    listed: Listing | None = None
    written: Mapping[str, Data] | None = None
    file: str = ""
    overlay: str = ""


class Change(NamedTuple):
    """A fix. `title`: what it does, in the imperative. `effects`, `additions`: what it changes in effect, and
    nothing else.

    `ops`: edits that have no effective field (a comment, a new document), besides those that the effects
    need. `consequences`: what these change in effect, where they do (a key of a chart's values). `after`: what a
    person has to do then. `decision`: the configuration key that makes it safe.
    """

    title: str
    safety: Safety
    effects: tuple[Effect, ...] = ()
    additions: tuple[Addition, ...] = ()
    ops: tuple[AnyOp, ...] = ()
    after: str = ""
    decision: str = ""
    consequences: tuple[Effect, ...] = ()

    def joined(self, other: Change) -> Change:
        """The same change of a base as two environments see it: what it adds there may not be meant for both."""
        return self._replace(
            safety=Safety.UNSAFE if self.additions or other.additions else self.safety,
            effects=(*self.effects, *(item for item in other.effects if item not in self.effects)),
            consequences=(*self.consequences, *(item for item in other.consequences if item not in self.consequences)),
            additions=(*self.additions, *(item for item in other.additions if item not in self.additions)),
        )
