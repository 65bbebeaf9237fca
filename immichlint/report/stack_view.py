"""What `immichlint stack` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from immichlint.report.segments import DIM, EMPTY, STRONG, Line, Segment, painted, prose, wrap
from immichlint.report.visible import cells, visible

if TYPE_CHECKING:
    from immichlint.findings.overview import Section

_WIDEST_NAME: Final = 28


def render_stack(sections: Sequence[Section], width: int, *, color: bool) -> str:
    """Each section with its rows: name, value, and where it is written."""
    if not sections:
        return "No Immich was found here.\n"
    lines: list[Line] = []
    for section in sections:
        lines += [*([EMPTY] if lines else []), (Segment(visible(section.title), STRONG),)]
        column = min(max((cells(visible(row.name)) for row in section.rows), default=0), _WIDEST_NAME)
        for row in section.rows:
            name = visible(row.name)
            head = (Segment(f"  {name}{' ' * max(column - cells(name), 0)}  "),)
            where: Line = (Segment(f" {visible(row.where)}", DIM),) if row.where else ()
            lines += wrap((*prose(row.value)[0], *where), width, head, (Segment(" " * (column + 4)),))
    return painted(lines, width, color=color)
