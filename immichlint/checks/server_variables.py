"""Checks of variables: those that Immich's version no longer reads or refuses, and those that it never read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from immichlint.checks.variable_sources import ENV, Source, is_used, removed, renamed, sharing, sources
from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Related, Severity
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import DATABASE, SERVER, Version
from immichlint.stack.services import service_host
from immichlint.stack.sought import Absent, Found
from immichlint.stack.stack import Stack
from immichlint.stack.variables import Variable
from immichlint.stack.version_facts import (
    Unread,
    VariableFact,
    has_own_prefix,
    unread,
    validates,
    variable_facts,
)
from immichlint.yamltree.place import Place


class _Trouble(NamedTuple):
    """A variable that does not do what it is for. `says`: in a list. `effects`: what mends it."""

    variable: Variable
    place: Place
    says: str
    stops: bool = False
    effects: tuple[Effect, ...] = ()
    removes: bool = False


def removed_variable(container: Container, context: Context) -> Iterator[Claim]:
    """IML306: a variable that this version removed or renamed, or a value that it refuses (I§3.3, I§1.5)."""
    for name, source, found in _once(container, context.stack, _outdated):
        gone = "; ".join(item.says for item in found if not item.stops)
        refused = "; ".join(item.says for item in found if item.stops)
        image = source.container.image
        immich = f"Immich {image.version}" if image is not None and image.version is not None else "Immich"
        parts = [f"sets what {immich} no longer reads, without effect: {gone}"] if gone else []
        parts += [f"gives {refused}: {immich} refuses that and does not start"] if refused else []
        severity = Severity.ERROR if refused else Severity.WARNING
        todo = "remove what is gone" if not refused else "write a value that this version knows"
        yield _claim(f"{name} {'. It also '.join(parts)}.", source, found, todo, severity=severity)


def variable_without_effect(container: Container, context: Context) -> Iterator[Claim]:
    """IML307: a variable that no version of Immich reads (I§3.1, I§3.3)."""
    for name, source, found in _once(container, context.stack, _meaningless):
        what = "a variable" if len(found) == 1 else f"{len(found)} variables"
        says = "; ".join(item.says for item in found)
        todo = "remove what has no effect, or write the name that is meant"
        yield _claim(f"{name} sets {what} that Immich never reads, without effect: {says}.", source, found, todo)


_Judge = Callable[[Source, Version | None, Stack], Iterable[_Trouble]]


def _once(container: Container, stack: Stack, judge: _Judge) -> Iterator[tuple[str, Source, list[_Trouble]]]:
    """What is wrong in each source of a container, with its name. What it shares is judged for all that have it, so
    that each of them says the same, which is one finding; so are containers that have their `env` from one spot."""
    for source in sources(container):
        if source.label != ENV:
            found: dict[Place, _Trouble] = {}
            for one in sharing(source, stack):
                for item in judge(one, _version(one), stack):
                    found.setdefault(item.place, item)
            if found:
                yield source.name, source, list(found.values())
            continue
        own = list(judge(source, _version(source), stack))
        together = _of_one_spot(source, own, stack, judge) if own else []
        if own and together[0][0].container.label == container.label:
            yield _names([there for there, _ in together]), source, _joined([items for _, items in together])


def _version(source: Source) -> Version | None:
    image = source.container.image
    return image.version if image is not None else None


def _of_one_spot(
    source: Source, own: list[_Trouble], stack: Stack, judge: _Judge
) -> list[tuple[Source, list[_Trouble]]]:
    """The containers whose variables are written in the same spot, an anchor or a chart's top level, with what is
    wrong in them."""
    spots = _spots(own, stack)
    found = []
    for one in sharing(source, stack):
        items = own if one.container.label == source.container.label else list(judge(one, _version(one), stack))
        if _spots(items, stack) == spots:
            found.append((one, items))
    return found


def _spots(found: list[_Trouble], stack: Stack) -> list[object]:
    """Where the variables are written, whatever leads there."""
    repository = stack.repository
    if repository is None:
        return [item.place for item in found]
    from immichlint.findings.locate import locate

    return [locate(repository, item.place) for item in found]


def _joined(several: list[list[_Trouble]]) -> list[_Trouble]:
    """What is wrong in one spot, with what mends it in every container."""
    return [
        items[0]._replace(effects=_once_each(effect for item in items for effect in item.effects))
        for items in zip(*several, strict=True)
    ]


def _once_each(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """What several ask for: a value need not be hashable."""
    found: list[Effect] = []
    for effect in effects:
        if effect not in found:
            found.append(effect)
    return tuple(found)


def _names(sources: list[Source]) -> str:
    # What is applied twice has one name.
    labels = list(dict.fromkeys(item.container.label.removeprefix("the container ") for item in sources))
    if len(labels) == 1:
        return sources[0].name
    return f"Each of the containers {', '.join(labels[:-1])} and {labels[-1]}"


def _claim(message: str, source: Source, found: list[_Trouble], todo: str, severity: Severity | None = None) -> Claim:
    first, *others = found
    change = _change(found)
    where = "" if source.label == ENV else f" where the {source.called} is made"
    return Claim(
        message,
        first.place,
        severity=severity,
        related=tuple(Related(item.place, f"`{item.variable.name}`") for item in others),
        change=change,
        no_fix="" if change else f"{todo[0].upper()}{todo[1:]}{where}.",
    )


def _change(found: list[_Trouble]) -> Change | None:
    """Renames, which are safe; where there are none left, what can only be removed."""
    renames = [item for item in found if item.effects and not item.removes]
    if renames:
        names = ", ".join(f"`{item.variable.name}`" for item in renames)
        return Change(f"rename {names}", Safety.SAFE, tuple(effect for item in renames for effect in item.effects))
    gone = [item for item in found if item.effects]
    if len(gone) < len(found) or not gone:
        return None
    names = ", ".join(f"`{item.variable.name}`" for item in gone)
    return Change(
        f"remove {names}",
        Safety.UNSAFE,
        tuple(effect for item in gone for effect in item.effects),
        after="See that nothing else reads what was removed.",
    )


def _outdated(source: Source, at: Version | None, stack: Stack) -> Iterator[_Trouble]:
    component = source.container.component
    if at is None:
        return
    for variable in source.variables:
        fact = variable_facts().get(variable.name)
        if fact is None or component not in fact.components:
            continue
        gone = fact.is_gone(at)
        wrong = not _is_harmless(variable, fact) if gone else component == SERVER and _is_refused(variable, fact, at)
        place = source.place_of(variable) if wrong else None
        if place is not None and not is_used(source, variable, stack):
            yield _gone(source, variable, fact, place, stack) if gone else _refused(source, variable, fact, at)


def _is_harmless(variable: Variable, fact: VariableFact) -> bool:
    return variable.known and variable.text in fact.harmless


def _is_refused(variable: Variable, fact: VariableFact, at: Version) -> bool:
    """Whether a server of a version does not start with the value of a variable."""
    is_judged = fact.type in ("enum", "list") and validates(at) and variable.known and "$(" not in variable.text
    return is_judged and bool(variable.text) and not fact.accepts(variable.text, at)


def _refused(source: Source, variable: Variable, fact: VariableFact, at: Version) -> _Trouble:
    allowed = ", ".join(f"`{value}`" for value in fact.allowed(at))
    value = fact.renamed.get(variable.text.lower(), "")
    effects: tuple[Effect, ...] = ()
    if value and variable.source == ENV:
        effects = (source.container.effect("env", f"[name={fact.name}]", "value", value=value),)
    place = variable.place or source.container.name_place
    says = f"`{fact.name}` the value `{variable.text}` (one of {allowed})"
    return _Trouble(variable, place, says, stops=True, effects=effects)


def _gone(source: Source, variable: Variable, fact: VariableFact, place: Place, stack: Stack) -> _Trouble:
    now = f"now `{fact.successor}`" if fact.successor else fact.advice
    since = f"gone since {fact.until}{'' if fact.exact else ' at the latest'}"
    says = f"`{fact.name}` ({since}{f'; {now}' if now else ''})"
    effects = _successor(source, variable, fact, stack)
    if effects:
        return _Trouble(variable, place, says, effects=effects)
    having = [source, *(one for one, _ in _with_the_same_writing(source, variable, fact, stack))]
    effects = tuple(effect for one in having for effect in removed(one, variable, stack))
    return _Trouble(variable, place, says, effects=effects, removes=True)


def _with_the_same_writing(
    source: Source, variable: Variable, fact: VariableFact, stack: Stack
) -> Iterator[tuple[Source, Variable]]:
    """The other containers of Immich and its cache that have a variable from the same spot and cannot read it: what is
    changed there changes for them too."""
    own = source.place_of(variable)
    repository = stack.repository
    if source.label != ENV or own is None or repository is None:
        return
    from immichlint.findings.locate import locate

    spot = locate(repository, own)
    for container in stack.parts:
        if container.label == source.container.label or container.component in (DATABASE, *fact.components):
            continue
        for one in (item for item in sources(container) if item.label == ENV):
            for other in (item for item in one.variables if item.name == variable.name):
                place = one.place_of(other)
                if place is not None and locate(repository, place) == spot and not is_used(one, other, stack):
                    yield one, other


def _successor(source: Source, variable: Variable, fact: VariableFact, stack: Stack) -> tuple[Effect, ...]:
    """The effects of renaming, where the value means the same under the new name and nothing sets that yet."""
    meant = variable_facts().get(fact.successor)
    rivals = [item for item in source.variables if _successor_of(item.name) == fact.successor]
    if meant is None or not variable.known or len(rivals) > 1:
        return ()
    if not source.container.variable(fact.successor).absent:
        return ()
    renamed_to = {**meant.renamed, **fact.renamed}
    value = renamed_to.get(variable.text.lower(), variable.text if not fact.renamed else "")
    at = source.container.image.version if source.container.image is not None else None
    if not value or not meant.accepts(value, at):
        return ()
    effects = renamed(source, variable, fact.successor, value, stack)
    others = _with_the_same_writing(source, variable, fact, stack) if effects else ()
    return (*effects, *(item for one, other in others for item in renamed(one, other, fact.successor, value, stack)))


def _successor_of(name: str) -> str:
    fact = variable_facts().get(name)
    return fact.successor if fact is not None else ""


def _meaningless(source: Source, at: Version | None, stack: Stack) -> Iterator[_Trouble]:
    if source.container.component != SERVER:
        return
    for variable in source.variables:
        known = unread().get(variable.name)
        if variable.name in variable_facts() or (known is None and not has_own_prefix(variable.name)):
            continue
        place = source.place_of(variable)
        if place is None or is_used(source, variable, stack):
            continue
        says, meant = _what(variable, known)
        effects = _meant_host(source, variable, meant, stack)
        yield _Trouble(variable, place, says, effects=effects)


def _what(variable: Variable, known: Unread | None) -> tuple[str, str]:
    """What to say of a name, and the variable that is meant by it."""
    if known is None:
        current = (name for name, fact in variable_facts().items() if fact.until is None)
        from immichlint.text.nearest import is_slip

        meant = next((name for name in current if is_slip(variable.name, name)), "")
        return (f"`{variable.name}` (did you mean `{meant}`?)" if meant else f"`{variable.name}`"), ""
    if known.successor:
        return f"`{variable.name}` (the server reads `{known.successor}`)", known.successor
    return f"`{variable.name}` ({known.why})", ""


def _meant_host(source: Source, variable: Variable, meant: str, stack: Stack) -> tuple[Effect, ...]:
    """The effects of renaming a host that is one: its value names a Service that is there, or one outside of the
    cluster while the default names none."""
    defaults = {"REDIS_HOSTNAME": "redis", "DB_HOSTNAME": "database"}
    container = source.container
    if meant not in defaults or not variable.known or not container.variable(meant).absent:
        return ()
    urls = container.variable({"REDIS_HOSTNAME": "REDIS_URL", "DB_HOSTNAME": "DB_URL"}[meant])
    if not urls.absent:
        return ()
    host = service_host(variable.text, container.namespace)
    if host is not None:
        there = isinstance(stack.seek("Service", "", host.namespace, host.name), Found)
    else:
        there = isinstance(stack.seek("Service", "", container.namespace, defaults[meant]), Absent)
    return renamed(source, variable, meant, variable.text, stack) if there else ()
