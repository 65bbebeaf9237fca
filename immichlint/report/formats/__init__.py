"""The formats: each module here is one, its name is the format's, and `render` is its work.

Adding a format is adding a module. It has `render(report: Report, settings: RenderSettings) -> str`,
whose result ends in a line feed, or is empty where there is nothing to say.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from immichlint.errors import UserError

if TYPE_CHECKING:
    from immichlint.findings.report import Report
    from immichlint.report.settings import RenderSettings


class Render(Protocol):
    """What a format does."""

    def __call__(self, report: Report, settings: RenderSettings) -> str: ...


def names() -> tuple[str, ...]:
    """The names of all formats, in order of the alphabet."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__"))


def known(name: str) -> bool:
    """Whether a format has this name."""
    return name.isidentifier() and name != "__init__" and Path(__file__).with_name(f"{name}.py").is_file()


def load(name: str) -> Render:
    """The format of a name. Raises UserError where there is none."""
    if not known(name):
        raise UserError(f"There is no format `{name}`; the formats are {', '.join(names())}.")
    return cast("Render", import_module(f"{__name__}.{name}").render)
