"""Ingress controllers: which one serves a route, and the settings of its annotations that matter to uploads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.drafts import is_put_away
from immichlint.gitops.named import objects_named
from immichlint.named_tuple import NamedTuple
from immichlint.stack.routes import Route
from immichlint.stack.stack import Stack
from immichlint.text.whole import whole
from immichlint.trees.field import Field, look
from immichlint.trees.tree import Layer, Map

_NETWORKING: Final = "networking.k8s.io"
_OLD_CLASS: Final = "kubernetes.io/ingress.class"
_SIZE: Final = r"(?i)([0-9]+)([kmg]?)b?"
_UNITS: Final = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_SPAN: Final = r"([0-9]+)(ms|s|m|h|)"
_SECONDS: Final = {"ms": 0.001, "": 1, "s": 1, "m": 60, "h": 3600}


class Setting(NamedTuple):
    """A setting of an Ingress by annotation. `key`: the annotation. `row`: what is known of it (`setting`, `default`,
    `source`, and `unlimited` or `long`). `called`: its controller, for people."""

    key: str
    field: Field
    row: dict[str, Any]
    called: str


def controller_of(route: Route, stack: Stack) -> str | None:
    """The controller that serves an Ingress, as `facts/proxies.json` calls it; None where that is not known."""
    if route.kind != "Ingress":
        return None
    facts: dict[str, dict[str, Any]] = load("proxies")["controllers"]
    found = route.field("spec", "ingressClassName")
    name = route.field("metadata", "annotations", _OLD_CLASS) if found.absent else found
    if name.unknown:
        return None
    marked = [key for key, row in facts.items() if row["prefix"] and _is_set(route, row["prefix"])]
    named = _of_class(name.text, stack, facts) if name.text else []
    if len(named) > 1:
        # Two charts call their class `nginx`: the annotations tell them apart.
        named = [key for key in named if key in marked] or named[:1]
        return named[0] if len(named) == 1 else None
    return next(iter((*named, *marked)), None)


def _of_class(name: str, stack: Stack, facts: dict[str, dict[str, Any]]) -> list[str]:
    """The controller of an IngressClass; those that call theirs like that, where no file defines it."""
    repository = stack.repository
    for manifest in objects_named(repository, "IngressClass", name, _NETWORKING) if repository is not None else ():
        controller = look(manifest.tree, ("spec", "controller")).text
        if controller:
            return [next((key for key, row in facts.items() if row["controller"] == controller), "other")]
    return [key for key, row in facts.items() if any(fnmatchcase(name, item) for item in row["classes"])]


def _is_set(route: Route, prefix: str) -> bool:
    """Whether somebody, and not a chart's default, has set an annotation of a controller."""
    annotations = route.field("metadata", "annotations").tree
    for key, item in annotations.items.items() if isinstance(annotations, Map) else ():
        if key.startswith(prefix) and item.writes and item.writes[-1].layer is not Layer.CHART_DEFAULT:
            return True
    return False


def settings(route: Route, controller: str | None, table: str) -> Iterator[Setting]:
    """The settings of a table (`limits`, `timeouts`) that a controller reads from an Ingress, written or not."""
    facts = load("proxies")
    for row in facts[table]:
        if row["controller"] == controller:
            known = facts["controllers"][controller]
            key = f"{known['prefix']}{row['setting']}"
            yield Setting(key, route.field("metadata", "annotations", key), row, known["called"])


def may_be_set_for_all(setting: Setting, stack: Stack) -> bool:
    """Whether a file of the repository has the setting without the annotation's prefix, as the configuration of the
    controller itself does."""
    repository = stack.repository
    if repository is None:
        return True
    name = re.escape(setting.row["setting"].encode())
    bare = re.compile(rb"(?<![\w./-])" + name + rb"[\"']?\s*:")
    found = repository.containing(setting.row["setting"].encode())
    return any(bare.search(repository.raw(path)) and not is_put_away(path.rpartition("/")[0]) for path in found)


def size(text: str) -> int | None:
    """How many bytes a size of nginx or HAProxy is (`50m`, `10g`); None where that is not understood."""
    match = re.fullmatch(_SIZE, text.strip())
    number = whole(match[1]) if match is not None else None
    return number * _UNITS[match[2].lower()] if match is not None and number is not None else None


def seconds(text: str) -> float | None:
    """How long a timeout is (`60`, `60s`, `1m30s`), in seconds; None where that is not understood."""
    parts = re.findall(_SPAN, text.strip())
    if not parts or "".join(map("".join, parts)) != text.strip():
        return None
    total = 0.0
    for digits, unit in parts:
        number = whole(digits)
        if number is None:
            return None
        total += number * _SECONDS[unit]
    return total
