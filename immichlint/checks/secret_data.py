"""Checks of secrets that anybody who reads the repository reads too: in Secrets, and in Immich's configuration."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from immichlint.facts import load
from immichlint.findings.finding import Related, Severity
from immichlint.gitops.drafts import is_pattern
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.config_file import configurations
from immichlint.stack.stack import Stack
from immichlint.stack.url import parse_url
from immichlint.stack.view import View
from immichlint.trees.field import look
from immichlint.trees.tree import Hole, Leaf, Map, Tree, decided_at, leaves
from immichlint.yamltree.lookup import Route
from immichlint.yamltree.place import Place

_SEPARATORS: Final = re.compile(r"[-.\s]+")
_FILLED_IN: Final = r"(__|@@|@)[A-Z][A-Z0-9_]*?\1"
"""What a script replaces before it is read: `__SMTP_PASSWORD__`, `@TOKEN@`."""
_CONFIG_SECRETS: Final[tuple[Route, ...]] = (
    ("oauth", "clientSecret"),
    ("notifications", "smtp", "transport", "password"),
)


class _Entry(NamedTuple):
    """A secret that is written: its key, and whether its value is a placeholder."""

    key: str
    place: Place
    placeholder: bool


def in_git(secret: View, context: Context) -> Iterator[Claim]:
    """IML703: a Secret whose values stand in the repository, with no tool that encrypts them."""
    if not _is_immichs(secret, context.stack) or _is_filled_in(secret) or _is_example(secret, context.stack):
        return
    entries = [entry for field in ("data", "stringData") for entry in _entries(secret, field)]
    real = [entry for entry in entries if not entry.placeholder]
    shown = real or entries
    if not shown:
        return
    keys = ", ".join(f"`{entry.key}`" for entry in shown)
    if real:
        message = (
            f"The Secret {secret.name} holds {keys} as it is: base64 is no encryption, and whoever reads the "
            "repository, its clones or its history has it. Change it where it is used, and keep the new one encrypted "
            "(SOPS, SealedSecret) or outside of the repository (ExternalSecret)."
        )
    else:
        message = (
            f"The Secret {secret.name} has a placeholder for {keys}. Applied as it is, that is the value; and the true "
            "one, written in its place, would stand in the repository for all to read."
        )
    yield Claim(
        message,
        shown[0].place,
        severity=Severity.ERROR if real else Severity.WARNING,
        related=tuple(Related(entry.place, "this too") for entry in shown[1:]),
        no_fix="the value has to be changed where it is used, and a tool has to be chosen",
    )


def _entries(secret: View, field: str) -> Iterator[_Entry]:
    tree = secret.field(field).tree
    for key, leaf in tree.items.items() if isinstance(tree, Map) else ():
        text = _text(leaf, encoded=field == "data")
        place = decided_at(leaf)
        if place is None or text is None or not (_is_secret(key) or _has_password(text)):
            continue
        place = place if place.part is not None else place.key_of()
        kind = _judged(text)
        if kind is not None:
            yield _Entry(key, place, kind)


def _text(leaf: Tree, *, encoded: bool) -> str | None:
    """The text of an entry; None where it is not known, or no base64 where it has to be."""
    if not isinstance(leaf, Leaf) or isinstance(leaf.value, Hole) or leaf.value is None:
        return None
    text = str(leaf.value)
    if not encoded:
        return text
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def _is_secret(key: str) -> bool:
    facts = load("secret_values")
    name = _SEPARATORS.sub("_", key).upper()
    return name.endswith(tuple(facts["keys"])) and not name.endswith(tuple(facts["open_keys"]))


def _has_password(text: str) -> bool:
    url = parse_url(text.strip()) if "://" in text and "\n" not in text.strip() else None
    return url is not None and bool(url.password)


def _judged(text: str) -> bool | None:
    """Whether a value is a placeholder; None where it is empty or a tool puts the value in later."""
    facts, value = load("secret_values"), text.strip()
    inner = value.lower().strip("<>")
    if not value or value.startswith(tuple(facts["prefixes"])) or any(mark in value for mark in facts["marks"]):
        return None
    if re.fullmatch(_FILLED_IN, value):
        return None
    if value.startswith("<") and value.endswith(">"):
        return True
    return inner.startswith(tuple(facts["placeholders"])) or not set(inner) - set("x*.-_")


def _is_example(secret: View, stack: Stack) -> bool:
    """Whether it stands in a file that is called an example, and that nothing applies."""
    return stack.environment.engine == "none" and is_pattern(secret.object.source.home.document.path)


def _is_filled_in(secret: View) -> bool:
    """Whether a tool changes the values before they are applied, or has encrypted them."""
    annotations = secret.field("metadata", "annotations").tree
    names = annotations.items if isinstance(annotations, Map) else ()
    marks: list[str] = load("secret_values")["annotations"]
    return not secret.field("sops").absent or any(name.startswith(tuple(marks)) for name in names)


def _is_immichs(secret: View, stack: Stack) -> bool:
    """Whether Immich, its cache or its database uses a Secret, or it is named after Immich."""
    if "immich" in secret.name or "immich" in secret.namespace:
        return True
    pods = {container.object.key: container for container in stack.parts}
    users: list[View] = [View(container.object) for container in pods.values()]
    users += [cluster for cluster in stack.clusters if cluster.use]
    users += [store for store in stack.object_stores if any(cluster.use for cluster in store.clusters)]
    return any(user.namespace == secret.namespace and _names(user, secret) for user in users)


def _names(user: View, secret: View) -> bool:
    return any(leaf.value == secret.name for leaf in leaves(user.tree))


def in_configuration(item: View, context: Context) -> Iterator[Claim]:
    """IML708: Immich's configuration in a ConfigMap, with a secret in it (I§3.4)."""
    for tree, where in configurations(item, context.stack):
        found: list[tuple[str, Place]] = []
        later: list[tuple[str, Place]] = []
        for route in _CONFIG_SECRETS:
            field = look(tree, route)
            named = (".".join(map(str, route)), field.place or where)
            if field.text is not None and _judged(field.text) is False:
                found.append(named)
            elif isinstance(field.tree, Leaf) and isinstance(field.tree.value, Hole) and "${" in field.tree.value.text:
                later.append(named)
        if found or later:
            names = " and ".join(f"`{name}`" for name, _ in found or later)
            who = "whoever reads the repository, or may read ConfigMaps in the cluster, has it"
            if not found:
                who = "the value is put in before it is applied, and whoever may read ConfigMaps in the cluster has it"
            yield Claim(
                f"Immich's configuration in the ConfigMap {item.name} holds {names}: {who}. Keep the whole file in a "
                "Secret, encrypted or made by an ExternalSecret, and change what stood here.",
                (found or later)[0][1],
                severity=None if found else Severity.WARNING,
                related=tuple(Related(place, f"`{name}`") for name, place in (found or later)[1:]),
                no_fix="the secret has to be changed where it was issued, and a tool has to be chosen",
            )
