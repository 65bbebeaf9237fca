"""What Immich's versions do, read from the tables in `facts`: ports, paths, variables (I§1 to I§3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.stack.image import Version
from immichlint.text.whole import whole

SINCE: Final = "since"
UNTIL: Final = "until"


class VariableFact(NamedTuple):
    """A variable that Immich reads or once read. `components`: who reads it. `since`: the first version that reads
    it, where that is known; `until`: the first that no longer does. `successor`: the variable in its place, empty
    where there is none, and then `advice` may say more. `renamed`: what a value is called in the successor, or now.
    `harmless`: values that change nothing where the variable is not read. `exact`: whether `until` is the first
    version without it, and not only a later one."""

    name: str
    components: tuple[str, ...]
    since: Version | None
    until: Version | None
    successor: str
    advice: str
    type: str
    values: tuple[Mapping[str, str], ...]
    renamed: Mapping[str, str]
    harmless: tuple[str, ...]
    exact: bool

    def is_gone(self, version: Version) -> bool:
        """Whether a version no longer reads it."""
        return self.until is not None and version >= self.until

    def allowed(self, version: Version | None) -> tuple[str, ...]:
        """The values that a version allows; those of all versions where it is None, none where any will do."""
        return tuple(row["value"] for row in self.values if version is None or holds(row, version))

    def accepts(self, value: str, version: Version | None) -> bool:
        """Whether a value is one that a version allows (one of all versions, where it is None)."""
        allowed = self.allowed(version)
        if self.type == "boolean":
            return value.lower() in ("true", "false", "1", "0", "yes", "no", "on", "off")
        if self.type == "integer":
            return whole(value) is not None
        if not allowed:
            return True
        words = [word.strip() for word in value.split(",")] if self.type == "list" else [value]
        if self.type == "list" and "all" in words and words != ["all"]:
            return False
        return all(word in allowed for word in words if word)


class Unread(NamedTuple):
    """A name that no version of Immich reads, and that is taken for one of its variables. `successor`: the variable
    that is meant, empty where none is; `why`: what it is instead."""

    name: str
    successor: str
    why: str


def version(text: str) -> Version:
    """A version of a table, `1.118.0`. Raises ValueError for any other text."""
    major, minor, patch = map(int, text.split("."))
    return Version(major, minor, patch)


def holds(row: Mapping[str, Any], at: Version) -> bool:
    """Whether a row of a table holds for a version: from `since` to below `until`."""
    since, until = row.get(SINCE), row.get(UNTIL)
    return (since is None or version(since) <= at) and (until is None or at < version(until))


@cache
def variable_facts() -> Mapping[str, VariableFact]:
    """The variables that Immich reads or once read, by name."""
    return {row["name"]: _fact(row) for row in load("immich_variables")["variables"]}


def _fact(row: Mapping[str, Any]) -> VariableFact:
    return VariableFact(
        row["name"],
        tuple(row["components"]),
        version(row[SINCE]) if SINCE in row else None,
        version(row[UNTIL]) if UNTIL in row else None,
        row.get("successor", ""),
        row.get("advice", ""),
        row["type"],
        tuple(item if isinstance(item, dict) else {"value": item} for item in row.get("values", ())),
        row.get("renamed_values", {}),
        tuple(row.get("harmless", ())),
        row.get("exact", True),
    )


@cache
def unread() -> Mapping[str, Unread]:
    """The names that no version reads and that are taken for Immich's, by name."""
    rows = load("immich_variables")["never"]
    return {row["name"]: Unread(row["name"], row.get("successor", ""), row.get("why", "")) for row in rows}


def has_own_prefix(name: str) -> bool:
    """Whether a name begins as only Immich's own variables do."""
    return name.startswith(tuple(load("immich_variables")["prefixes"]))


def validates(at: Version) -> bool:
    """Whether a server of this version ends its start at a variable with a value that it does not know."""
    return at >= version(load("immich_variables")["validated_since"])


def server_port(at: Version) -> int:
    """The port that the server of a version listens on, unless IMMICH_PORT says otherwise."""
    return int(next(row["port"] for row in load("immich_server")["ports"] if holds(row, at)))


def other_ports(at: Version | None) -> tuple[int, ...]:
    """The ports that servers of other versions listen on; those of former ones, where the version is not known."""
    rows = load("immich_server")["ports"]
    return tuple(row["port"] for row in rows if (row["until"] is not None if at is None else not holds(row, at)))


def port_since(at: Version) -> tuple[int, Version]:
    """The port of a version with the first version that has it; of the first port, the next one with its first."""
    rows = [(int(row["port"]), version(row[SINCE])) for row in load("immich_server")["ports"]]
    begun = [row for row in rows if row[1] <= at]
    return begun[-1] if len(begun) > 1 else rows[1]


def telemetry_ports() -> tuple[int, ...]:
    """The ports of the metrics, unless variables say otherwise."""
    return tuple(load("immich_server")["telemetry_ports"])


def ping_path(at: Version) -> str:
    """The path that tells whether the server of a version answers."""
    return str(next(row["path"] for row in load("immich_server")["ping"] if holds(row, at)))


class DeadPath(NamedTuple):
    """A path that a version does not serve. `web`: whether the web page answers there, with 200."""

    gone: Version
    web: bool


def dead_path(path: str, at: Version) -> DeadPath | None:
    """What is known of a probe's path that a version does not serve; None where it may serve it."""
    for row in load("immich_server")["probe_paths"]:
        gone = version(row["gone"])
        if at >= gone and f"{path}/".startswith(f"{row['path'].rstrip('/')}/"):
            return DeadPath(gone, row["answer"] == "web")
    return None


def media_locations(at: Version | None) -> tuple[str, ...]:
    """The media locations of a version without IMMICH_MEDIA_LOCATION, the old one first; of all versions, where it
    is None. Of several it takes the one that is there, and the old one where all or none are (I§2.2)."""
    return tuple(row["path"] for row in load("immich_server")["media_locations"] if at is None or holds(row, at))


def worker_names() -> tuple[str, ...]:
    """The workers of a server that can be chosen."""
    return tuple(load("immich_server")["workers"])


class DeadCommand(NamedTuple):
    """A word of a command that a version no longer knows. `component`: the container that it once made, empty where
    the server needs no word in its place."""

    word: str
    gone: Version
    component: str


def dead_command(words: Iterator[str] | tuple[str, ...], at: Version) -> DeadCommand | None:
    """The first word of a command that a version no longer knows."""
    rows = {row["word"]: DeadCommand(row["word"], version(row["gone"]), row["component"]) for row in _commands()}
    found = (rows.get(word.rpartition("/")[2]) for word in words)
    return next((item for item in found if item is not None and at >= item.gone), None)


def _commands() -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = load("immich_server")["commands"]
    return rows


def relative_media_refused(at: Version) -> bool:
    """Whether a version refuses an IMMICH_MEDIA_LOCATION that is no absolute path."""
    return at >= version(load("immich_server")["relative_media_refused"]["since"])


def component_gone_at(image: str) -> Version | None:
    """The version that has no use for an image any more, by the last part of its name; None for any other image."""
    rows = load("immich_server")["removed_components"]
    return next((version(row["gone"]) for row in rows if row["image"] == image), None)
