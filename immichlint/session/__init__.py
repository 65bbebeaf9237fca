"""The analysis behind one door: what the command line asks for, and what it gets.

The rooms behind it are entered when they are needed: an answer that is still true needs none of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from immichlint.repo.root import find_root
from immichlint.session.requests import (
    CheckRequest,
    EmitOutcome,
    EmitRequest,
    Outcome,
    RulesRequest,
    StackRequest,
    Tell,
    silent,
)

if TYPE_CHECKING:
    from immichlint.findings.asking import Ask
    from immichlint.findings.overview.model import Overview
    from immichlint.findings.report import RuleInfo
    from immichlint.repo.seen import Seen
    from immichlint.session.run import Run

__all__ = [
    "CheckRequest",
    "EmitOutcome",
    "EmitRequest",
    "Outcome",
    "RulesRequest",
    "StackRequest",
    "Tell",
    "check",
    "emit",
    "explain",
    "home_of",
    "rules",
    "silent",
    "stack",
    "test_rules",
]


def check(
    request: CheckRequest, tell: Tell = silent, say: Tell = silent, ask: Ask | None = None, seen: Seen | None = None
) -> Outcome:
    """Analyse a repository, and mend it where asked. Raises UserError.

    `say`: is told what a person has to know before it is too late. `ask`: asks a person about a fix, for a request
    that is `interactive`. `seen`: is told what was looked at.
    """
    from immichlint.session.run import Run

    run = Run(request, tell, seen=seen)
    if run.is_foreign and not request.fix:
        return run.nothing()
    from immichlint.session.telling import discreet

    return discreet(_checked(run, say, ask), run.repository)


def _checked(run: Run, say: Tell, ask: Ask | None) -> Outcome:
    request = run.request
    if request.write_baseline:
        return run.accept()
    if request.fix and request.interactive and ask is not None:
        return run.converse(ask, say)
    return run.mend(say) if request.fix or request.diff else run.report(run.judged)


def home_of(root: Path | None, path: Path = Path()) -> Path:
    """The repository's root: what was asked for, else the nearest one around a path."""
    return root.resolve() if root is not None else find_root(path)


def emit(request: EmitRequest, tell: Tell = silent) -> EmitOutcome:
    """Write the full corrected stacks of a repository into a folder. Raises UserError."""
    from immichlint.session.emitting import emit_into

    return emit_into(request, tell)


def rules(request: RulesRequest) -> tuple[RuleInfo, ...]:
    """The rules there are. Raises UserError for a name that none has."""
    from immichlint.config import Config, load
    from immichlint.session.selection import every_rule, infos, selected

    root = request.root or find_root(Path())
    config = load(root, request.config)
    every = every_rule(root, config)
    if request.profile is not None or request.select:
        every = selected(CheckRequest(select=request.select, profile=request.profile or "strict"), Config(), every)
    return infos(every, root, config)


def test_rules(request: RulesRequest) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The rules of the repository's own folders by id, each with what is wrong with its examples. Raises UserError."""
    from immichlint.config import load
    from immichlint.rules.catalogue import user_rules
    from immichlint.session.examples import troubles

    root = request.root or find_root(Path())
    config = load(root, request.config)
    own = [item for folder in config.rule_folders for item in user_rules(root / folder)]
    return tuple((item.rule.id, tuple(troubles(item))) for item in own)


def explain(names: tuple[str, ...], request: RulesRequest) -> tuple[RuleInfo, ...]:
    """The rules of these ids or names. Raises UserError for a name that none has."""
    from immichlint.config import load
    from immichlint.rules.select import matching
    from immichlint.session.selection import every_rule, infos

    root = request.root or find_root(Path())
    config = load(root, request.config)
    return infos(matching(names, every_rule(root, config)), root, config)


def stack(request: StackRequest, tell: Tell = silent) -> Overview:
    """What there is of Immich. Raises UserError."""
    from immichlint.findings.masks import nowhere_said
    from immichlint.findings.overview import overview
    from immichlint.session.run import Run

    run = Run(CheckRequest((request.path,), request.root, request.config), tell, rules=())
    return nowhere_said(overview(run.judged.inputs, request.now))
