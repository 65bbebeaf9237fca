"""Colour, by rich, which is imported here only; `segments.painted` comes here for colours only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Final, TypeAlias

from immichlint.report import segments as s
from immichlint.report.segments import Line, trimmed

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

STYLES: Final[Mapping[str, str]] = {
    s.PLAIN: "",
    s.ERROR: "bold red",
    s.WARNING: "bold yellow",
    s.INFO: "bold cyan",
    s.RULE: "bold",
    s.NAME: "bold",
    s.PATH: "",
    s.GUTTER: "blue",
    s.CODE: "cyan",
    s.FIX: "green",
    s.DIM: "bright_black",
    s.STRONG: "bold",
    s.ADDED: "green",
    s.REMOVED: "red",
}
"""rich's name for each style; the sixteen colours that every terminal has, as its user chose them."""

_Color: TypeAlias = tuple[int, int, int]
_PAPER: Final[_Color] = (250, 250, 252)
_INK: Final[_Color] = (36, 41, 47)
_NORMAL: Final[list[_Color]] = [
    (36, 41, 47),
    (196, 43, 52),
    (26, 127, 55),
    (154, 103, 0),
    (9, 105, 218),
    (130, 80, 223),
    (27, 124, 131),
    (87, 96, 106),
]
_BRIGHT: Final[list[_Color]] = [
    (110, 119, 129),
    (207, 34, 46),
    (45, 164, 78),
    (191, 135, 0),
    (33, 139, 255),
    (163, 113, 247),
    (49, 146, 170),
    (36, 41, 47),
]


def ansi(lines: Iterable[Line], width: int) -> str:
    """The lines with ANSI colours, each with its line end."""
    console = _console(width, record=False)
    with console.capture() as captured:
        console.print(_text(lines), soft_wrap=True, highlight=False, end="")
    return captured.get()


def markdown(page: str, width: int) -> str:
    """Markdown set in type, with ANSI colours."""
    from rich.markdown import Markdown

    console = _console(width, record=False)
    with console.capture() as captured:
        console.print(Markdown(page, code_theme="ansi_dark", hyperlinks=False))
    return captured.get()


def picture(painted_text: str, width: int, title: str) -> str:
    """Text with ANSI colours as an SVG picture of a terminal window with a light background."""
    from rich.terminal_theme import TerminalTheme
    from rich.text import Text

    console = _console(width, record=True)
    console.print(Text.from_ansi(painted_text.rstrip("\n")), soft_wrap=True, highlight=False)
    theme = TerminalTheme(_PAPER, _INK, _NORMAL, _BRIGHT)
    return console.export_svg(title=title, theme=theme, unique_id="immichlint")


def _console(width: int, *, record: bool) -> Console:
    from rich.console import Console

    return Console(
        file=StringIO(),
        record=record,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        width=width,
        legacy_windows=False,
    )


def _text(lines: Iterable[Line]) -> Text:
    from rich.text import Text

    text = Text(end="")
    for line in lines:
        for segment in trimmed(line):
            text.append(segment.text, STYLES[segment.style])
        text.append("\n")
    return text
