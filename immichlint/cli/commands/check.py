"""`immichlint check`: judge a repository, and mend it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from immichlint.cli import options, terminal
from immichlint.cli.group import command_names
from immichlint.cli.progress import Progress
from immichlint.cli.remembered import answers_to
from immichlint.cli.sections import SectionedCommand
from immichlint.errors import UserError
from immichlint.report.settings import RenderSettings
from immichlint.report.sink import Target, deliver, parse_targets, rendered, write_stream
from immichlint.session import CheckRequest, Outcome, check

if TYPE_CHECKING:
    from immichlint.cache.answers import Answers
    from immichlint.report.question import Ask

_STANDARD_INPUT: Final = Path("-")


@click.command("check", cls=SectionedCommand, short_help="Judge a repository, and mend it with --fix (the default).")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@options.scope
@options.judging
@options.fixing
@options.output
def command(
    paths: tuple[Path, ...],
    formats: tuple[str, ...],
    statistics: bool,
    sarif_suppressed: bool,
    color: str,
    exit_zero: bool,
    **given: Any,
) -> int:
    """Judge a repository, and mend it with --fix (the default command).

    All of the repository is read; findings in files under PATHS are reported, by default under `.`. With `-`,
    manifests as they are applied are read from standard input: kustomize build | immichlint check -
    """
    targets = parse_targets(formats)
    request = _request(paths, **given)
    if request.diff and formats and any(target.file is None for target in targets):
        raise UserError("`--diff` prints to standard output; give the report a file: `--format F=FILE`.")
    settings = RenderSettings(
        width=terminal.width(sys.stdout, os.environ),
        color=terminal.color(color, sys.stdout, os.environ),
        statistics=statistics,
        category=_category(request.paths),
        suppressed=sarif_suppressed,
    )
    answers = answers_to(request, targets, settings)
    known = answers.recall() if answers is not None else None
    if known is not None:
        deliver(known.texts, targets)
        return 0 if exit_zero else known.exit_code
    outcome = _analysed(request, settings, answers)
    settings = settings._replace(source=outcome.source, secrets=outcome.secrets)
    if request.interactive and not formats:
        _print_end(outcome, settings)
    else:
        _print(outcome, targets, settings, answers, diff=request.diff)
    return 0 if exit_zero else outcome.exit_code


def _analysed(request: CheckRequest, settings: RenderSettings, answers: Answers | None) -> Outcome:
    with Progress(sys.stderr) as progress:

        def say(sentence: str) -> None:
            progress("")
            _say(sentence)

        ask = _asker(lambda: progress(""), settings.width, color=settings.color) if request.interactive else None
        return check(request, progress, say, ask, answers.seen if answers is not None else None)


def _request(paths: tuple[Path, ...], **given: Any) -> CheckRequest:
    """The request, once it makes sense."""
    rendered = _STANDARD_INPUT in paths
    if rendered and len(paths) > 1:
        raise UserError("`-` is the whole input: manifests as they are applied; leave the other paths out.")
    for path in paths:
        if not rendered and not path.exists():
            raise UserError(_no_such_path(path))
    if given["fix"] and given["diff"]:
        raise UserError("`--fix` changes files and `--diff` only shows the changes; leave one of them out.")
    if given["yes"] and not given["fix"]:
        raise UserError("`--yes` answers the questions of `--fix`; add `--fix`, or leave it out.")
    if given["write_baseline"] and (given["fix"] or given["diff"]):
        raise UserError("`--write-baseline` accepts what `--fix` and `--diff` would mend; mend first, then write it.")
    from_input = rendered or bool(given["stdin_filename"])
    if given["fix"] and from_input:
        raise UserError("`--fix` writes files, and this one's text comes from standard input; use `--diff`.")
    stdin = sys.stdin.buffer.read() if from_input else None
    interactive = given["fix"] and not given["yes"] and stdin is None and sys.stdin.isatty() and sys.stdout.isatty()
    if rendered or (not paths and from_input):
        paths = () if rendered else (Path(given["stdin_filename"]),)
    return CheckRequest(paths=paths or (Path(),), interactive=interactive, stdin=stdin, rendered=rendered, **given)


def _no_such_path(path: Path) -> str:
    from difflib import get_close_matches

    message = f"There is no file or folder `{path}`."
    if str(path) in command_names():
        return f"{message} A command comes first: `immichlint {path} ...`."
    near = get_close_matches(str(path), command_names(), 1)
    return f"{message} Did you mean the command `{near[0]}`?" if near else message


def _category(paths: tuple[Path, ...]) -> str:
    """What tells this analysis from others of the same repository: its only path, if it is one below here."""
    only = paths[0] if len(paths) == 1 else Path()
    return "" if only.is_absolute() or ".." in only.parts or not only.parts else only.as_posix()


def _print(
    outcome: Outcome, targets: tuple[Target, ...], settings: RenderSettings, answers: Answers | None, *, diff: bool
) -> None:
    """Standard output has the diff or the report, standard error what was done."""
    if diff:
        from immichlint.report.visible import visible_diff

        write_stream(sys.stdout, visible_diff(outcome.diff) if sys.stdout.isatty() else outcome.diff)
        targets = tuple(target for target in targets if target.file is not None)
    texts = rendered(outcome.report, targets, settings)
    deliver(texts, targets)
    for sentence in outcome.fixed:
        _say(sentence)
    if answers is not None:
        answers.keep(texts, outcome.exit_code)


def _print_end(outcome: Outcome, settings: RenderSettings) -> None:
    """What a person who was asked about each fix has not seen yet: what is left, and how much."""
    from immichlint.report.segments import painted
    from immichlint.report.summary import summary_lines

    for sentence in outcome.fixed:
        _say(sentence)
    lines = summary_lines(outcome.report, settings.width)
    write_stream(sys.stdout, painted(lines, settings.width, color=settings.color))


def _say(sentence: str) -> None:
    from immichlint.report.visible import no_command, visible

    write_stream(sys.stderr, f"{no_command(visible(sentence))}\n")


def _asker(quiet: Callable[[], None], width: int, *, color: bool) -> Ask:
    from immichlint.cli.ask import Asker

    return Asker(sys.stdin, sys.stdout, width, quiet, color=color)
