"""What a format may know besides the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from immichlint.named_tuple import NamedTuple

if TYPE_CHECKING:
    from immichlint.text import Span

DEFAULT_WIDTH: Final = 80
"""Columns, where the output is no terminal."""


def no_source(file: str) -> str | None:
    """A source of files that has none."""
    return None


def no_secrets(file: str) -> tuple[Span, ...]:
    """The secrets of files that have none."""
    return ()


class RenderSettings(NamedTuple):
    """How a report is shown.

    `width`: columns of the terminal. `color`: whether ANSI colours may be written. `statistics`: counts per
    rule in place of the findings. `category`: names this analysis among several of one repository (SARIF's
    automation id), empty for the whole root. `suppressed`: whether a format that can tell accepted findings
    from others shows them too. `source`: the text of an analysed file by its path relative to
    the root, as it was judged and with its byte order mark; None where it cannot be told. `secrets`: the spans of
    such a text, counted without the mark, that no output may show.
    """

    width: int = DEFAULT_WIDTH
    color: bool = False
    statistics: bool = False
    category: str = ""
    suppressed: bool = False
    source: Callable[[str], str | None] = no_source
    secrets: Callable[[str], tuple[Span, ...]] = no_secrets
