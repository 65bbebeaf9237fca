"""Asking about a fix on a terminal: the question is shown, a key answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

from immichlint.cli.keys import END, key, line, single_keys
from immichlint.report.question import Answer, Key, Prompt, Question, prompt_lines, question_lines
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
        prompt = question.prompt
        if question.remark:
            self._print(self._wrapped(question.remark, WARNING))
        elif question.further and prompt is not None:
            self._print(prompt_lines(prompt, self._width))
        else:
            self._print([(), *question_lines(question, self._width), ()])
        while True:
            answer = self._text(prompt) if prompt is not None and not prompt.choices else self._key(question)
            if answer.key is not Key.IGNORE:
                return answer
            reason = self._line("Reason: ")
            if reason:
                return Answer(Key.IGNORE, reason)
            self._print(self._wrapped("An ignore needs a reason; nothing was written.", WARNING))

    def _key(self, question: Question) -> Answer:
        """A key that answers: one of these, or the number of a choice."""
        choices = question.prompt.choices if question.prompt is not None else ()
        default = Key.YES if question.safe and not choices else Key.NO
        left_out = {
            Key.DECIDE,
            *((Key.YES, Key.ALL, Key.CONTEXT) if choices else ()),
            *(() if question.safe else [Key.ALL]),
        }
        keys = [key for key in Key if key not in left_out]
        numbers = {str(number): choice for number, choice in enumerate(choices, 1)}
        shown = ",".join([*numbers, *(key.upper() if key is default else key for key in keys), _HELP])
        more = f" ({question.more} more)" if question.more else ""
        wanted = f"Make this {'safe' if question.safe else 'unsafe'} change" if not choices else "Which one"
        words: Line = (Segment(f"{wanted}{more}? ", STRONG), Segment(f"[{shown}] ", DIM))
        while True:
            with single_keys(self._source):
                write_stream(self._target, painted([words], self._width, color=self._color).rstrip("\n") + " ")
                pressed = key(self._source)
            answer = {"\n": default.value, END: Key.QUIT.value}.get(pressed, pressed)
            known = answer in numbers or answer in keys or (answer == Key.ALL and not choices)
            write_stream(self._target, f"{answer if known else ''}\n")
            if known:
                return Answer(Key.DECIDE, numbers[answer].value) if answer in numbers else Answer(Key(answer))
            self._print(self._help(keys, default, len(numbers)))

    def _text(self, prompt: Prompt) -> Answer:
        """A line that answers; what stands for a key elsewhere does so here, alone on it."""
        keys = (Key.IGNORE, Key.QUIT)
        while True:
            shown = f"`{prompt.name}` (Return: {prompt.otherwise or _MEANINGS[Key.NO]}) [{','.join(keys)},{_HELP}]: "
            typed = self._line(shown)
            if typed is None:
                return Answer(Key.QUIT)
            if typed in keys:
                return Answer(Key(typed))
            if typed != _HELP:
                return Answer(Key.DECIDE if typed or prompt.otherwise else Key.NO, typed)
            self._print(self._help(list(keys), None, 0))

    def _line(self, prompt: str) -> str | None:
        """What is typed on a line; None where nothing can come any more."""
        write_stream(self._target, prompt)
        typed = line(self._source)
        if typed is None:
            write_stream(self._target, "\n")
        return typed.strip() if typed is not None else None

    def _help(self, keys: list[Key], default: Key | None, choices: int) -> list[Line]:
        meanings = {f"1 to {choices}": "take this one, and see what it changes"} if choices else {}
        meanings |= {key: _MEANINGS[key] + (" (also Return)" if key is default else "") for key in keys}
        return [(Segment(f"  {key}  ", STRONG), Segment(meaning)) for key, meaning in meanings.items()]

    def _wrapped(self, text: str, style: str) -> list[Line]:
        return [part for paragraph in prose(text, style) for part in wrap(paragraph, self._width)]

    def _print(self, lines: list[Line]) -> None:
        write_stream(self._target, painted(lines, self._width, color=self._color))
