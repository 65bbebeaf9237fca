"""What people write beside a value: the comment on its line, or alone on the line above."""

from __future__ import annotations

from immichlint.findings.locate import locate
from immichlint.repo.repository import Repository
from immichlint.yamltree.comments import comments
from immichlint.yamltree.place import Place


def remark_at(place: Place, repository: Repository) -> str:
    """The comment that belongs to the value at a place, without its `#`; empty where there is none."""
    reading = repository.read(place.document.path)
    region = locate(repository, place)
    if region is None or reading.source is None:
        return ""
    found = {comment.line: comment for comment in comments(reading.source, reading.documents)}
    beside, above = found.get(region.start.line), found.get(region.start.line - 1)
    if beside is not None:
        return beside.text
    return above.text if above is not None and above.alone else ""
