"""Findings with their places made concrete."""

from __future__ import annotations

from in_memory import repository_of

from immichlint.findings.finding import Confidence, Finding, Related, Severity
from immichlint.findings.located import Locator
from immichlint.yamltree.place import DocumentId, Place

FILE = DocumentId("a.yaml", 0)


def test_a_place_that_an_alias_leads_to_is_told_once() -> None:
    repository = repository_of({"a.yaml": "liveness: &probe {path: /ping}\nreadiness: *probe\nother: /ping\n"})
    related = tuple(
        Related(Place(FILE, route), note) for route, note in ((("readiness", "path"), "one"), (("other",), "two"))
    )
    finding = Finding(
        "IML302", "x", Severity.WARNING, Confidence.HIGH, "m", Place(FILE, ("liveness", "path")), related=related
    )
    (located,) = Locator(repository).located([(finding, None)])
    assert [(note.note, note.region.start.line) for note in located.notes] == [("two", 3)]
