"""What a person has to decide before a fix can be written, and the fix that follows from the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import TypeAlias

from immichlint.findings.change import Change
from immichlint.named_tuple import NamedTuple

Answers: TypeAlias = Mapping[str, str]
"""What was decided, by the names of the prompts. What was left open is not in it."""


class Choice(NamedTuple):
    """One of the answers to a prompt. `words`: what it leads to, in the imperative."""

    value: str
    words: str


class Prompt(NamedTuple):
    """One thing to decide. `name`: the key under `decisions` in the configuration that answers it too, where there is
    one. `words`: the question. `choices`: the answers there are; none where a text answers it, of which there is an
    `example`. `otherwise`: what leaving it open means; empty where nothing can be mended then."""

    name: str
    words: str
    choices: tuple[Choice, ...] = ()
    example: str = ""
    otherwise: str = ""


class Undecided(NamedTuple):
    """A fix that waits for answers. `prompts`: what has to be decided, in order. `change`: the fix by the answers."""

    prompts: tuple[Prompt, ...]
    change: Callable[[Answers], Change]

    def possible(self) -> Iterator[Change]:
        """The fix for each choice there is, with the examples as texts."""
        answers = ([choice.value for choice in item.choices] or [item.example] for item in self.prompts)
        for values in product(*answers):
            yield self.change({prompt.name: value for prompt, value in zip(self.prompts, values, strict=True)})

    def then(self, made: Callable[[Change], Change]) -> Undecided:
        """The same fix, each time made into another one."""
        return self._replace(change=lambda answers: made(self.change(answers)))

    def joined(self, other: Undecided) -> Undecided:
        """The same fix of a base as two environments see it."""
        return self._replace(change=lambda answers: self.change(answers).joined(other.change(answers)))
