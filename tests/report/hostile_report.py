"""A report whose every text is made to break a format out of its frame."""

from __future__ import annotations

from typing import Final

import hand_made as made

from immichlint.findings.finding import ObjectRef, Severity
from immichlint.findings.report import FileEdit, FixPreview, Located, Note, Region, Report, Unread
from immichlint.text import SourceText, Span

HOSTILE: Final = (
    "100%\r\n::error file=x::pwned\n##[add-mask]x ]]></failure><!-- <img src=x onerror=a()> & \x00\x1b[31m\u202e"
    " | a | b [x](javascript:y) @someone #1 https://evil.example $x$ ~~no~~ **bold** `code|<b>` %0A::stop, a:b\ufffe"
)
FILE: Final = 'apps/ü: 100%,"<&>|`$(x)`.yaml'
TEXT: Final = "ü👍: &a value\nsecret: hunter2\nlast: 1\n"


def source(file: str) -> str | None:
    return TEXT if file == FILE else None


def secrets(file: str) -> tuple[Span, ...]:
    at = TEXT.index("hunter2")
    return (Span(at, at + 7),)


def at(wanted: str) -> Region:
    content = SourceText(TEXT)
    start = TEXT.index(wanted)
    end = start + len(wanted)
    return Region(FILE, Span(start, end), content.position(start), content.position(end))


def hostile(severity: Severity = Severity.ERROR, *edits: FileEdit) -> Located:
    """A finding; its fix makes these edits, by default one."""
    return made.located(
        at("value"),
        "IML101",
        "name",
        HOSTILE,
        severity=severity,
        ref=ObjectRef("v1", HOSTILE, HOSTILE, HOSTILE),
        notes=(Note(at("last"), HOSTILE),),
        fix=FixPreview("safe", HOSTILE, HOSTILE, edits or (FileEdit(at("value"), HOSTILE),)),
        lines=(),
    )


def report() -> Report:
    findings = tuple(hostile(severity) for severity in Severity)
    return made.report(*findings)._replace(
        not_analysed=(Unread(FILE, HOSTILE),),
        notes=(HOSTILE,),
        rules=lambda: (made.rule(), made.rule()._replace(id="IML102", name="other-rule")),
    )
