"""The check of schedules that are not CNPG's: five fields, without a second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from immichlint.checks.schedules import used_at
from immichlint.facts import load
from immichlint.findings.change import Change, Effect, Safety
from immichlint.rules.model import Claim, Context
from immichlint.schedules.golib import fields
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import Field

_ZONES: Final = ("TZ=", "CRON_TZ=")
_SIX: Final = 6


def six_fields(view: View, context: Context) -> Iterator[Claim]:
    """IML128: six fields where five belong, or a time zone in a CronJob's schedule (C§10)."""
    manifest = view.object.manifest
    for row in load("cron_fields")["kinds"]:
        if (row["kind"], row["group"]) != (manifest.kind, manifest.group) or not _is_ours(view, context.stack):
            continue
        for route in row["routes"]:
            field = view.field(*route.split("/"))
            if field.text is None or field.place is None:
                continue
            if field.text.startswith(_ZONES):
                if "zones" in row:
                    yield _zoned(view, field, row)
            elif len(fields(field.text)) == _SIX:
                yield _six(view, field, row)


def _is_ours(view: View, stack: Stack) -> bool:
    """Whether an object has to do with Immich: its name says so, or it is in a namespace of Immich's."""
    if "immich" in view.name:
        return True
    namespaces = {item.namespace for item in stack.containers if item.component in ("server", "machine-learning")}
    return view.namespace in namespaces and view.namespace != ""


def _six(view: View, field: Field, row: dict[str, Any]) -> Claim:
    assert field.text is not None
    assert field.place is not None
    from immichlint.schedules.repair import without_second

    five = without_second(field.text)
    advice = f"Write `{five}`." if five else "Leave the field for the second out."
    return Claim(
        f"`{field.text}` has six fields, but a {row['kind']} takes five, minutes first (six are CNPG's): "
        f"{row['does']}. {advice}",
        field.place,
        related=used_at(field),
        change=Change(f"write `{five}`", Safety.SAFE, (_effect(view, field, five),)) if five else None,
        no_fix="" if five else "which of the six fields was meant for the minute is not certain",
    )


def _zoned(view: View, field: Field, row: dict[str, Any]) -> Claim:
    assert field.text is not None
    assert field.place is not None
    head, _, rest = field.text.partition(" ")
    zone, expression = head.partition("=")[2], rest.strip()
    own = view.field(*row["zones"].split("/"))
    plain = bool(zone) and len(fields(expression)) == _SIX - 1 and (own.absent or own.text == zone)
    effects = (_effect(view, field, expression), view.effect(*row["zones"].split("/"), value=zone))
    return Claim(
        f"`{head}` in the schedule of a {row['kind']} is refused since Kubernetes 1.29: write `timeZone: {zone}` "
        f"beside the schedule `{expression}`.",
        field.place,
        change=Change(f"write `timeZone: {zone}`", Safety.SAFE, effects) if plain else None,
        no_fix="" if plain else "the schedule behind the time zone is not one of five fields, or another zone is set",
    )


def _effect(view: View, field: Field, value: str) -> Effect:
    return view.effect(*field.route[len(view.route) :], value=value)
