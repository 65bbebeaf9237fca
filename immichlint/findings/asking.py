"""A question to a person about a fix, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from immichlint.findings.report import Located
from immichlint.named_tuple import NamedTuple


class Key(StrEnum):
    """What a person can say to a question."""

    YES = "y"
    NO = "n"
    ALL = "a"
    IGNORE = "i"
    CONTEXT = "d"
    QUIT = "q"


class Answer(NamedTuple):
    """What a person says to a question. `reason`: why a finding is to be ignored."""

    key: Key
    reason: str = ""


class Question(NamedTuple):
    """Whether to make a fix that holds.

    `diff`: what it changes, secrets left out. `notes`: what to know before saying yes. `safe`: whether it is a safe
    one; the others are not made by default, and not with all of their rule. `more`: how many findings with a fix come
    after it. `remark`: why the last answer to it could not be followed.
    """

    located: Located
    diff: str
    notes: tuple[str, ...]
    safe: bool
    more: int
    remark: str = ""


Ask: TypeAlias = Callable[[Question], Answer]
