"""Views: an effective object, or a part of one, with what its kind calls its fields."""

from __future__ import annotations

from immichlint.findings.change import Effect, Removed
from immichlint.findings.finding import ObjectRef
from immichlint.lenses.effective import Effective
from immichlint.lenses.keyed import named
from immichlint.trees.field import Field, look
from immichlint.trees.tree import Layer, Map, get
from immichlint.yamltree.lookup import Data, Route
from immichlint.yamltree.place import Place


class View:
    """A part of an effective object, at a route."""

    __slots__ = ("object", "route")

    def __init__(self, effective: Effective, route: Route = ()) -> None:
        self.object = effective
        self.route = route

    @property
    def tree(self) -> Map:
        """The tree of the whole object."""
        return self.object.manifest.tree

    def field(self, *steps: str | int) -> Field:
        """What is known of a field below this view."""
        return look(self.tree, (*self.route, *steps))

    def effect(self, *steps: str | int, value: Data | Removed) -> Effect:
        """The effect of setting a field below this view; items of lists are named by their keys."""
        return Effect(self.object.key, named(self.tree, (*self.route, *steps)), value)

    def nearest(self, *steps: str | int) -> Place:
        """Where to point when a field is absent: the key of the nearest mapping or list that is written, and not by
        what writes it for many objects (`commonAnnotations`)."""
        route = (*self.route, *steps)
        while route:
            route = route[:-1]
            node = get(self.tree, route)
            own = [item for item in node.writes if item.layer is not Layer.TRANSFORMER] if node is not None else []
            place = own[-1].place if own else None
            if place is not None and route and place.route:
                return place.key_of() if isinstance(place.route[-1], str) else place
        return self.object.name_place

    @property
    def name(self) -> str:
        """The object's name."""
        return self.object.manifest.name

    @property
    def namespace(self) -> str:
        """The object's namespace, empty where nothing says."""
        return self.object.manifest.namespace

    @property
    def ref(self) -> ObjectRef:
        """The object of the repository that a finding is about."""
        source = self.object.source
        return ObjectRef(source.api_version, source.kind, source.namespace, source.lasting_name)
