"""A question to a person about a fix, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from immichlint.findings.report import Located
from immichlint.findings.undecided import Prompt
from immichlint.named_tuple import NamedTuple


class Key(StrEnum):
    """What a person can say to a question."""

    YES = "y"
    NO = "n"
    ALL = "a"
    IGNORE = "i"
    CONTEXT = "d"
    QUIT = "q"
    DECIDE = "decide"
    """Not a key of its own: an answer to a prompt."""


class Answer(NamedTuple):
    """What a person says to a question. `text`: why a finding is to be ignored, or what is decided."""

    key: Key
    text: str = ""


class Question(NamedTuple):
    """Whether to make a fix that holds, or, with a `prompt`, what has to be decided before there is one.

    `diff`: what it changes, secrets left out. `notes`: what to know before saying yes. `safe`: whether it is a safe
    one; the others are not made by default, and not with all of their rule. `more`: how many findings with a fix come
    after it. `remark`: why the last answer to it could not be followed. `further`: whether it is about the finding that
    was shown last.
    """

    located: Located
    diff: str
    notes: tuple[str, ...]
    safe: bool
    more: int
    remark: str = ""
    prompt: Prompt | None = None
    further: bool = False


Ask: TypeAlias = Callable[[Question], Answer]
