"""What is secret in any text by what stands before it: in comments, embedded texts and command lines too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from immichlint.facts import load
from immichlint.text import Span

# What follows an opening is taken as a whole and once, whether it turns out to be a secret or not (then no group has
# matched): else a text of nothing but openings takes quadratic time.
_IN_URL: Final = re.compile(r"://[^/\s:@'\"]*+:(?:([^@\s'\"]++(?:@[^@\s'\"/?#,]++(?=@))*)@|[^@\s'\"]++)")
"""A password may have an `@` itself. No group is repeated possessively, here or elsewhere: Python before 3.11.5 finds
nothing then (python/cpython#106052)."""
_IN_HOST: Final = re.compile(r"(?<![\w./:-])[\w.-]++:([^@\s'\"/:{}]++)@(?!sha\d)(?=\w)")
"""As in a URL, without its scheme; a tag before a digest is none."""
_IN_HEADER: Final = re.compile(r"\b(?:Bearer|Basic)[ \t]+([\w.~+/=-]{8,})")
_IN_IOREDIS: Final = re.compile(r"ioredis://([\w+/=-]+)")
"""A whole configuration in base64."""
_IN_SQL: Final = re.compile(
    r"\bpassword[ \t]+(?:'{1,2}([^'\n]+)'|\$\$([^$\n]+)\$\$|\\?\"([^\"\\\n]+)\\?\")", re.IGNORECASE
)
_IN_LINE: Final = re.compile(r"^[ \t-]*+([\w.-]++):[ \t]+([^\n]+)$", re.MULTILINE)
_NO_KEY: Final = re.compile(r"^(?!---)[ \t]*+([^:\n]++)$", re.MULTILINE)
_IN_PGPASS: Final = re.compile(r":\d{4,5}:[^:\s\"']+:[^:\s\"']+:([^:\s\"']+)")
_DEFAULT: Final = re.compile(r"\$\{SECRET_\w*+:[-=](?:([^}\s]++)\}|[^}\s]++)")
"""What a variable is where nothing sets it; those that hold secrets are called so where Flux substitutes."""
_SECRET: Final = re.compile(r"\bkind:[ \t]*[\"']?Secret\b")
SWITCHES: Final = ("true", "false")
_LONGEST_POINTER: Final = 300
"""No pointer to a key of a Secret is longer: its name has 253 characters at the most."""


def secrets_in(text: str) -> Iterator[Span]:
    """The spans of secrets in a text."""
    for pattern in _patterns():
        yield from matches(pattern, text)


def secrets_in_broken(text: str) -> Iterator[Span]:
    """The spans of what may be secret in a file that is no YAML: it may be a Secret all the same."""
    if not _SECRET.search(text):
        return
    unsaid = load("secret_names")["unsaid"]
    yield from (Span(*match.span(2)) for match in _IN_LINE.finditer(text) if match[1] not in unsaid)
    yield from matches(_NO_KEY, text)


def in_messages() -> tuple[re.Pattern[str], ...]:
    """What is secret also in a sentence, where no file says what is."""
    return _IN_URL, _IN_HOST, _IN_IOREDIS, _IN_SQL, _in_hook()


def matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """The spans of what an expression finds secret: its group that matched."""
    for match in pattern.finditer(text):
        if match.lastindex is not None:
            yield Span(*match.span(match.lastindex))


@cache
def _in_hook() -> re.Pattern[str]:
    """The rest of a URL that lets whoever knows it write to a channel."""
    hooks = "|".join(map(re.escape, load("secret_names")["hooks"]))
    return re.compile(rf"(?:{hooks})([^\s\"'$<>{{}},]+)")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    facts = load("secret_names")
    names = "|".join(map(re.escape, facts["suffixes"]))
    options = "|".join(map(re.escape, facts["options"]))
    ends = "".join(f"(?<!{re.escape(name)})" for name in facts["exceptions"])
    value = rf"(?!(?:{'|'.join(SWITCHES)})(?!\S))[\"']?"
    head = rf"(?:{names}){ends}[\"']?[ \t]*[:=][ \t]*"
    quoted = rf"{head}(?:\"([^\"\n]*[ \t][^\"\n]*)\"|'([^'\n]*[ \t][^'\n]*)')"
    assigned = rf"{head}{value}([^\s\"'{{}}\[\],$|>&*!#][^\s\"'{{}}\[\],]*)"
    asked = rf"(?:{options}|redis-cli(?:[\"', ]|\n[ \t]*-[ \t])+-a)"
    # An item that is a mapping is no option's value, whatever the text before it ends with.
    key = r"(?!(?<=-[ \t])[\w-]++:\s)"
    option = rf"{asked}[\"']?(?:[ =,\"']|\n[ \t]*-[ \t])+{key}([^\s\"',\]:=#|>{{$][^\s\"',\]]*)"
    user = r"(?<![\w-])(?:-u|--user)(?:[ =,\"']|\n[ \t]*-[ \t])+[^\s:\"',]++:([^\s\"',]++)"
    pointer = rf"/(?:stringData|data)/[^\s,]{{1,{_LONGEST_POINTER}}}+"
    said = rf"(?:\bname[\"']?:[ \t]*[\"']?[\w.-]*(?:{names}){ends}|\bpath[\"']?:[ \t]*[\"']?{pointer})"
    remark = r"[\"']?[ \t]+(#[^\r\n]*)"
    value_beside = r"[\"']?,?[ \t]*(?:\n[ \t]*)?[\"']?value[\"']?:[ \t]*[\"']?([^\s\"'{}]+)"
    beside = rf"{said}(?:{remark}|{value_beside})"
    known = (_IN_URL, _IN_HOST, _IN_IOREDIS, _IN_HEADER, _IN_SQL, _IN_PGPASS, _DEFAULT, _in_hook())
    return *known, *map(re.compile, (quoted, assigned, option, user, beside))
