"""Asking about a fix on a terminal: the question is shown, a key answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

from immichlint.cli.keys import END, key, line, single_keys
from immichlint.report.question import Answer, Key, Question, question_lines
from immichlint.report.segments import DIM, STRONG, WARNING, Line, Segment, painted, prose, wrap
from immichlint.report.sink import write_stream

_MEANINGS: Final = {
    Key.YES: "make this change now",
    Key.NO: "leave it",
    Key.ALL: "make this change, and all safe ones of this rule",
    Key.IGNORE: "write a comment that ignores the finding, with a reason",
    Key.CONTEXT: "show more lines around the change",
    Key.QUIT: "end here; what was accepted stays",
}
_HELP: Final = "?"


class Asker:
    """Asks a person at a terminal. `width`: its columns. `quiet`: takes away what else is shown there."""

    def __init__(self, source: TextIO, target: TextIO, width: int, quiet: Callable[[], None], *, color: bool) -> None:
        self._source = source
        self._target = target
        self._width = width
        self._quiet = quiet
        self._color = color

    def __call__(self, question: Question) -> Answer:
        """Show a question, and get the answer to it."""
        self._quiet()
        if question.remark:
            self._print(self._wrapped(question.remark, WARNING))
        else:
            self._print([(), *question_lines(question, self._width), ()])
        while True:
            pressed = self._key(question)
            if pressed != Key.IGNORE:
                return Answer(pressed)
            reason = self._reason()
            if reason:
                return Answer(Key.IGNORE, reason)
            self._print(self._wrapped("An ignore needs a reason; nothing was written.", WARNING))

    def _key(self, question: Question) -> Key:
        """A key that answers."""
        default = Key.YES if question.safe else Key.NO
        keys = [item for item in Key if item is not Key.ALL or question.safe]
        shown = ",".join([*(item.upper() if item is default else item for item in keys), _HELP])
        more = f" ({question.more} more)" if question.more else ""
        safety = "safe" if question.safe else "unsafe"
        words: Line = (Segment(f"Make this {safety} change{more}? ", STRONG), Segment(f"[{shown}] ", DIM))
        while True:
            with single_keys(self._source):
                write_stream(self._target, painted([words], self._width, color=self._color).rstrip("\n") + " ")
                pressed = key(self._source)
            answer = {"\n": default.value, END: Key.QUIT.value}.get(pressed, pressed)
            write_stream(self._target, f"{answer if answer in list(Key) else ''}\n")
            if answer in list(Key):
                return Key(answer)
            self._print(self._help(keys, default))

    def _reason(self) -> str:
        write_stream(self._target, "Reason: ")
        reason = line(self._source)
        if reason is None:
            write_stream(self._target, "\n")
        return (reason or "").strip()

    def _help(self, keys: list[Key], default: Key) -> list[Line]:
        usual = {default: " (also Return)"}
        return [(Segment(f"  {item}  ", STRONG), Segment(_MEANINGS[item] + usual.get(item, ""))) for item in keys]

    def _wrapped(self, text: str, style: str) -> list[Line]:
        return [part for paragraph in prose(text, style) for part in wrap(paragraph, self._width)]

    def _print(self, lines: list[Line]) -> None:
        write_stream(self._target, painted(lines, self._width, color=self._color))
