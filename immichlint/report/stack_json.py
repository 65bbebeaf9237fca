"""The stacks for other programs, version 1; `report/schema/stack.schema.json` is the schema."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from immichlint import __version__
from immichlint.schedules.preview import rfc3339

if TYPE_CHECKING:
    from immichlint.findings.overview.model import Overview

VERSION: Final = 1


def render_stack_json(overview: Overview) -> str:
    """The overview as one JSON object, all of it ASCII."""
    data = {"version": VERSION, "tool": {"name": "immichlint", "version": __version__}, **_data(overview)}
    return json.dumps(data, indent=2) + "\n"


def _data(value: Any) -> Any:
    """JSON's data for a part of the overview: an object for a named tuple, RFC 3339 for a moment."""
    if hasattr(value, "_asdict"):
        return {key: _data(item) for key, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_data(item) for item in value]
    return rfc3339(value) if isinstance(value, datetime) else value
