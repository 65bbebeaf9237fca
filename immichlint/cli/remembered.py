"""Which requests have an answer that may be told again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from immichlint.session import home_of

if TYPE_CHECKING:
    from immichlint.cache.answers import Answers
    from immichlint.report.settings import RenderSettings
    from immichlint.report.sink import Target
    from immichlint.session import CheckRequest

_PATHS: Final = ("paths", "root", "config", "baseline")


def answers_to(request: CheckRequest, targets: tuple[Target, ...], settings: RenderSettings) -> Answers | None:
    """Where the answer to a request is kept; None for one that changes something, or asks about more than the files
    as they are."""
    changes = request.fix or request.diff or request.write_baseline
    asks_more = request.stdin is not None or request.changed_since is not None
    from_pipe = any(path is not None and not path.is_file() for path in (request.config, request.baseline))
    if request.no_cache or changes or asks_more or from_pipe:
        return None
    from immichlint.cache.answers import Answers

    question = {name: value for name, value in request._asdict().items() if name not in _PATHS}
    question["paths"] = [str(path.resolve()) for path in request.paths]
    question["files"] = [str(path and path.absolute()) for path in (request.config, request.baseline)]
    question["named"] = [str(path) for path in (request.config, request.baseline)]
    question["formats"] = [(target.format, target.file is None) for target in targets]
    question["shown"] = {name: value for name, value in settings._asdict().items() if not callable(value)}
    return Answers(home_of(request.root, request.paths[0]), question)
