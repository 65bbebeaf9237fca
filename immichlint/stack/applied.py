"""What an environment comes to by itself: nothing of it rests on the environments beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from immichlint.gitops.environment import Environment
from immichlint.lenses.apply import expand
from immichlint.lenses.effective import Effective
from immichlint.lenses.release import Release
from immichlint.repo.repository import Repository


class Applied:
    """The objects of an environment, found by what they are and by what their controllers make. `released`: the
    releases of charts that make some of them."""

    def __init__(self, objects: Sequence[Effective] = (), released: Sequence[Release] = ()) -> None:
        self.objects = tuple(objects)
        self.released = tuple(released)

    def of(self, kind: str, group: str) -> Iterable[Effective]:
        """The objects of a kind."""
        return self.by_kind.get((kind, group), ())

    @cached_property
    def by_kind(self) -> dict[tuple[str, str], list[Effective]]:
        """The objects by their kind and group."""
        found: dict[tuple[str, str], list[Effective]] = {}
        for item in self.objects:
            found.setdefault((item.manifest.kind, item.manifest.group), []).append(item)
        return found

    def of_kinds(self, kinds: Collection[str]) -> Iterator[Effective]:
        """The objects of some kinds, whatever their groups, in order."""
        if not self._kinds.isdisjoint(kinds):  # most rules about objects of a kind have none in most environments
            yield from (item for item in self.objects if item.manifest.kind in kinds)

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, _ in self.by_kind)

    def named(self, kind: str, group: str, name: str) -> Iterable[Effective]:
        """The objects of a kind and a name, in any namespace."""
        return self._named.get((kind, group, name), ())

    @cached_property
    def _named(self) -> dict[tuple[str, str, str], list[Effective]]:
        found: dict[tuple[str, str, str], list[Effective]] = {}
        for (kind, group), items in self.by_kind.items():
            for item in items:
                found.setdefault((kind, group, item.manifest.name), []).append(item)
        return found

    def makers(self, kind: str, name: str) -> Iterable[Effective]:
        """The objects whose controllers certainly make one of a kind of the core group and a name."""
        return self._makers.get((kind, name), ())

    @cached_property
    def _makers(self) -> dict[tuple[str, str], list[Effective]]:
        from immichlint.stack.makers import kinds_made, made_names

        found: dict[tuple[str, str], list[Effective]] = {}
        for item in self.objects:
            for kind in kinds_made(item.manifest):
                for name in dict.fromkeys(made_names(item.manifest, kind)):
                    found.setdefault((kind, name), []).append(item)
        return found

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces of the objects, as far as they are known."""
        return frozenset(item.manifest.namespace for item in self.objects) - {""}


def applied(environment: Environment, repository: Repository) -> Applied:
    """What an environment comes to: the same in a repository with other texts, where they have nothing to do with
    it."""
    variables = environment.variables
    given = (tuple(variables.known.items()), variables.open)
    key = ("applied objects", environment.name, environment.manifests, environment.applier, given)
    return repository.remember(key, lambda: Applied(*expand(environment, repository)))
