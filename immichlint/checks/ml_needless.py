"""Checks of what machine learning is given and has no use for: credentials, photos, variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.checks.variable_sources import ENV, Source, is_used, removed, renamed, sources
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related
from immichlint.findings.locate import locate
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container, Mount
from immichlint.stack.image import MACHINE_LEARNING, SERVER
from immichlint.stack.server import Server
from immichlint.stack.stack import Stack
from immichlint.stack.url import parse_url
from immichlint.stack.variables import Variable
from immichlint.stack.version_facts import VariableFact, variable_facts
from immichlint.text.nearest import is_slip
from immichlint.trees.tree import Seq
from immichlint.yamltree.place import Place

_CREDENTIALS: Final = ("DB_URL", "DB_PASSWORD", "REDIS_URL", "REDIS_PASSWORD")
_PREFIX: Final = "MACHINE_LEARNING_"


def credentials(container: Container, context: Context) -> Iterator[Claim]:
    """IML212: credentials of the database or the cache, or the library, in machine learning (I§4.1)."""
    stack = context.stack
    found = [item for item in map(container.variable, _CREDENTIALS) if item.is_set and not _is_open(item)]
    library = _library(container, stack)
    if not found and library is None:
        return
    what = [f"`{item.name}`" for item in found] + ([f"the library at `{library.path}`"] if library is not None else [])
    places = list(dict.fromkeys(_given_at(container, item) for item in found))
    if library is not None:
        places.append(library.place)
    own = [source for source in sources(container) if source.label == ENV]
    effects = [effect for item in found for source in own for effect in _taken_away(source, item, stack)]
    complete = library is None and len(effects) == len(found)
    yield Claim(
        f"{container.subject} gets {_listed(what)}. Machine learning connects to no "
        "database and no cache, and gets each picture with the request: whoever breaks into it finds this for nothing.",
        places[0],
        related=tuple(Related(place, "this too") for place in places[1:]),
        change=Change("remove what it does not read", Safety.UNSAFE, tuple(effects)) if complete and effects else None,
        no_fix="" if complete and effects else "where it comes from gives it to others too, or it is a volume",
    )


def _is_open(variable: Variable) -> bool:
    """Whether a database's URL is known to hold no password."""
    url = parse_url(variable.text) if variable.name == "DB_URL" and variable.known else None
    return url is not None and url.password is None


def _given_at(container: Container, variable: Variable) -> Place:
    """Where the container is given a variable: its name in `env`, or the source in `envFrom`."""
    sections = {"Secret": "secretRef", "ConfigMap": "configMapRef"}
    for source in sources(container):
        if variable not in source.variables:
            continue
        if source.label == ENV:
            return source.place_of(variable) or container.name_place
        kind, _, name = source.label.partition(" ")
        tree = container.field("envFrom").tree
        for index in range(len(tree.items)) if isinstance(tree, Seq) else ():
            reference = container.field("envFrom", index, sections.get(kind, kind), "name")
            if reference.text == name and reference.place is not None:
                return reference.place
    return variable.place or container.name_place


def _taken_away(source: Source, variable: Variable, stack: Stack) -> tuple[Effect, ...]:
    if variable not in source.variables or is_used(source, variable, stack):
        return ()
    return removed(source, variable, stack)


def _library(container: Container, stack: Stack) -> Mount | None:
    """A mount of the volume that a server of the namespace keeps its photos in."""
    libraries = {
        _volume(mount)
        for server in stack.components(SERVER)
        if server.namespace == container.namespace
        for mount in Server(server).media_mounts
    }
    whole = (mount for mount in container.mounts if mount.view.field("subPath").absent)
    return next((mount for mount in whole if _volume(mount) in libraries - {""}), None)


def _volume(mount: Mount) -> str:
    """What tells a volume from others across pods; empty for one that is not shared."""
    if mount.volume is None:
        return ""
    if mount.volume.kind == "persistentVolumeClaim":
        return mount.volume.view.field("claimName").text or ""
    if mount.volume.kind in ("nfs", "hostPath"):
        server = mount.volume.view.field("server").text or ""
        return f"{server}:{mount.volume.view.field('path').text}"
    return ""


class _Useless(NamedTuple):
    """A variable that machine learning does not read. `meant`: the one whose name it surely misses, empty for one that
    is the server's. `effects`: what removes it, or gives it that name."""

    variable: Variable
    place: Place
    meant: str
    effects: tuple[Effect, ...]


def variables(container: Container, context: Context) -> Iterator[Claim]:
    """IML213: variables that machine learning does not read, set for it alone: the server's, and slips (I§3.2)."""
    for source in sources(container):
        if source.label != ENV:
            continue
        found = [
            useless
            for item in source.variables
            if (useless := _useless(source, item, context.stack)) is not None
            if not _is_shared(useless.place, container, context.stack) and not is_used(source, item, context.stack)
        ]
        own, slips = [item for item in found if not item.meant], [item for item in found if item.meant]
        if own:
            why = "it has" if len(own) == 1 else "they have"
            says = f"{_named(own)}, which only the server reads: {why} no effect on machine learning."
            yield _claim(container, own, says, ("remove", Safety.UNSAFE), "remove them where they are written")
        if slips:
            names = _listed([f"`{item.variable.name}` (the name is `{item.meant}`)" for item in slips])
            says = f"{names}, which no version reads: the default stays."
            why = "the right name is set too, or the value does not fit it"
            yield _claim(container, slips, says, ("rename", Safety.SAFE), why)


def _claim(container: Container, found: list[_Useless], says: str, mends: tuple[str, Safety], no_fix: str) -> Claim:
    verb, safety = mends
    effects = tuple(effect for item in found for effect in item.effects)
    complete = all(item.effects for item in found)
    return Claim(
        f"{container.subject} sets {says}",
        found[0].place,
        related=tuple(Related(item.place, f"`{item.variable.name}`") for item in found[1:]),
        change=Change(f"{verb} {_named(found)}", safety, effects) if complete else None,
        no_fix="" if complete else no_fix,
    )


def _named(found: list[_Useless]) -> str:
    return _listed([f"`{item.variable.name}`" for item in found])


def _useless(source: Source, variable: Variable, stack: Stack) -> _Useless | None:
    place = source.place_of(variable)
    if place is None:
        return None
    if _is_servers(variable):
        return _Useless(variable, place, "", removed(source, variable, stack))
    meant = _meant(variable)
    if meant is None:
        return None
    fits = variable.known and meant.accepts(variable.text, None) and source.container.variable(meant.name).absent
    effects = renamed(source, variable, meant.name, variable.text, stack) if fits else ()
    return _Useless(variable, place, meant.name, effects)


def _meant(variable: Variable) -> VariableFact | None:
    """The variable of machine learning whose name is surely meant by one that has none; case makes no difference."""
    facts = variable_facts()
    if variable.name.upper() in facts or not variable.name.upper().startswith(_PREFIX):
        return None
    current = (fact for fact in facts.values() if fact.until is None and fact.components == (MACHINE_LEARNING,))
    found = [fact for fact in current if is_slip(variable.name.upper(), fact.name)]
    return found[0] if len(found) == 1 else None


def _is_servers(variable: Variable) -> bool:
    fact = variable_facts().get(variable.name)
    return (
        fact is not None and fact.components == (SERVER,) and fact.until is None and variable.name not in _CREDENTIALS
    )


def _is_shared(place: Place, container: Container, stack: Stack) -> bool:
    """Whether what is written there sets the variable for another container too: an anchor, a chart's top level."""
    others = (
        there
        for other in stack.containers
        if other is not container
        for source in sources(other)
        if source.label == ENV
        for item in source.variables
        if (there := source.place_of(item)) is not None and there.document.path == place.document.path
    )
    repository = stack.repository
    if repository is None:
        return any(there == place for there in others)
    return any(there == place or locate(repository, there) == locate(repository, place) for there in others)


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
