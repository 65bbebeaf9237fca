"""Judging: every selected rule over every target of every stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from importlib import import_module
from typing import Any, Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Finding, ObjectRef, Severity
from immichlint.gitops.environment import NOTHING
from immichlint.rules.model import Claim, Context, Rule, Settings
from immichlint.rules.targets import REPOSITORY, Target, Targets, certainty, is_judged
from immichlint.stack.applied import Applied
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack
from immichlint.stack.view import View

Check = Callable[[Any, Context], Iterable[Claim]]

_RENDER: Final = "Render the release and look at the result: the templates of this version of its chart are not known."
_LONGEST_MESSAGE: Final = 2_000
"""How many characters a message may have: it quotes what a file says, which may be all of the file."""


def judge(
    inputs: Inputs, rules: Iterable[Rule], settings: Settings, before: tuple[Stack, ...] | None = None
) -> list[Finding]:
    """The findings of some rules; what several environments share is one finding that names them. `before`: the
    stacks as an earlier revision had them."""
    found: dict[tuple[object, ...], Finding] = {}
    stacks = inputs.stacks
    applied = Targets(stacks, settings)
    for rule in rules:
        if rule.where.get("compared") and before is None:
            continue
        if rule.target == REPOSITORY:
            for finding in _judge_inputs(rule, inputs, settings, before) if is_judged(rule.where, inputs) else ():
                found[(finding.rule, finding.place, finding.message)] = finding
            continue
        idle = inputs.idle if rule.where.get("idle") else None
        unapplied = (idle,) if idle is not None else ()
        for stack, targets in (*applied.of(rule), *Targets(unapplied, settings).of(rule)):
            several = stack is not idle and len(stack.others) < len(stacks) - 1
            for finding in _judge_stack(rule, targets, stack, settings, before):
                key = (finding.rule, finding.place, finding.message)
                found[key] = _joined(found.get(key), finding, (stack.name,) if several and stack.name else ())
    return list(found.values())


def _joined(earlier: Finding | None, finding: Finding, names: tuple[str, ...]) -> Finding:
    if earlier is None:
        return finding._replace(environments=names)
    change = earlier.change
    if change is not None and finding.change is not None:
        change = change.joined(finding.change)
    undecided = earlier.undecided
    if undecided is not None and finding.undecided is not None:
        undecided = undecided.joined(finding.undecided)
    environments = tuple(dict.fromkeys((*earlier.environments, *names)))
    return earlier._replace(environments=environments, change=change, undecided=undecided)


def _judge_stack(
    rule: Rule, targets: Iterable[Target], stack: Stack, settings: Settings, before: tuple[Stack, ...] | None
) -> Iterator[Finding]:
    check, context = _check(rule), _context(rule, stack, settings)._replace(before=before)
    for target in targets:
        for claim in check(target, context):
            if claim.profile is None or settings.profile.includes(claim.profile):
                yield _finding(rule, target, claim, settings, stack)


def _judge_inputs(
    rule: Rule, inputs: Inputs, settings: Settings, before: tuple[Stack, ...] | None
) -> Iterator[Finding]:
    context = _context(rule, Stack(NOTHING, Applied()), settings)._replace(before=before)
    for claim in _check(rule)(inputs, context):
        yield _finding(rule, inputs, claim, settings, context.stack)


def _context(rule: Rule, stack: Stack, settings: Settings) -> Context:
    parameters = {**rule.parameters, **settings.parameters.get(rule.id, {})}
    return Context(rule, stack, parameters, settings.versions, settings.decisions, asked=rule.id in settings.asked)


def _check(rule: Rule) -> Check:
    """The function that judges a rule; its module is imported only when there is a target."""
    if not rule.check:
        from immichlint.rules.assertion import declared

        return declared
    return _imported(rule.check)


@cache
def _imported(name: str) -> Check:
    module, _, function = name.rpartition(".")
    found: Check = getattr(import_module(f"immichlint.checks.{module}"), function)
    return found


def _finding(rule: Rule, target: Target, claim: Claim, settings: Settings, stack: Stack) -> Finding:
    severity = settings.severities.get(rule.id) or claim.severity or rule.severity
    confidence = claim.confidence or Confidence.HIGH
    if rule.where.get("immich"):
        sure = certainty(target, stack) or Confidence.LOW
        confidence = max(confidence, sure, key=lambda level: level.rank)
    if isinstance(target, View) and not target.object.computed:
        confidence = max(confidence, Confidence.MEDIUM, key=lambda level: level.rank)
    if confidence is Confidence.LOW and severity is Severity.ERROR and rule.id not in settings.severities:
        severity = Severity.WARNING
    cautious = partial(_cautious, uncomputed=stack.uncomputed)
    ref = claim.object or _ref(target)
    return Finding(
        rule.id,
        rule.name,
        severity,
        confidence,
        _shortened(claim.message),
        claim.place,
        ref,
        related=claim.related,
        change=cautious(claim.change) if claim.change is not None else None,
        no_fix=claim.no_fix,
        together=claim.together,
        undecided=claim.undecided.then(cautious) if claim.undecided is not None else None,
    )


def _cautious(change: Change, uncomputed: frozenset[str]) -> Change:
    """The change; not a safe one where it is meant for an object whose chart's templates are not known exactly."""
    if not any(effect.object in uncomputed for effect in (*change.effects, *change.consequences)):
        return change
    return (
        change._replace(safety=Safety.UNSAFE, after=change.after or _RENDER) if change.safety is Safety.SAFE else change
    )


def _shortened(message: str) -> str:
    """The message; of one that is too long, the beginning and the end, which says what to do."""
    if len(message) <= _LONGEST_MESSAGE:
        return message
    half = _LONGEST_MESSAGE // 2
    return f"{message[:half]} … {message[-half:]}"


def _ref(target: Target) -> ObjectRef | None:
    return None if isinstance(target, (Stack, Inputs)) else target.ref
