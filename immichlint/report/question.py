"""A question about a fix, as lines: the finding, and what would change."""

from __future__ import annotations

from typing import Final

from immichlint.findings.asking import Answer, Ask, Key, Question
from immichlint.findings.undecided import Prompt
from immichlint.report.finding_block import block_lines
from immichlint.report.grouping import Block
from immichlint.report.segments import (
    ADDED,
    CODE,
    DIM,
    EMPTY,
    PLAIN,
    REMOVED,
    STRONG,
    WARNING,
    Line,
    Segment,
    prose,
    wrap,
)
from immichlint.report.visible import DrawnLine, visible

__all__ = ["Answer", "Ask", "Key", "Prompt", "Question", "prompt_lines", "question_lines"]

_STYLES: Final = {"+": ADDED, "-": REMOVED, "@": CODE, "\\": DIM}
_HEADERS: Final = ("diff --git ", "--- ", "+++ ", "new file mode ")


def question_lines(question: Question, width: int) -> list[Line]:
    """The finding with its reason and the fix's safety, the diff, and what to know before saying yes."""
    lines = [*block_lines(Block((question.located,), alike=False), width), EMPTY, *_diff(question.diff)]
    if question.prompt is not None:
        lines += prompt_lines(question.prompt, width)
    for note in question.notes:
        lines += wrap((Segment(visible(note), WARNING),), width)
    return lines


def prompt_lines(prompt: Prompt, width: int) -> list[Line]:
    """What has to be decided, with the choices there are, by number."""
    lines = [part for paragraph in prose(prompt.words, STRONG) for part in wrap(paragraph, width)]
    for number, choice in enumerate(prompt.choices, 1):
        for paragraph in prose(choice.words, PLAIN):
            lines += wrap(paragraph, width, (Segment(f"  {number}  ", STRONG),), (Segment("     "),))
    return lines


def _diff(text: str) -> list[Line]:
    lines: list[Line] = []
    header = True
    for line in text.split("\n")[:-1]:
        header = line.startswith("diff --git ") or (header and line.startswith(_HEADERS))
        style = STRONG if header else _STYLES.get(line[:1], PLAIN)
        lines.append((Segment("".join(DrawnLine(line.removesuffix("\r")).chars), style),))
    return lines
