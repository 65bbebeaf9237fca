"""Every format over real reports: the demo, an example of each rule, the corpus where it is beside this checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from test_ci_formats import GITLAB
from test_rdjson import RDJSON
from test_sarif import LOG

from immichlint.report import formats
from immichlint.report.settings import RenderSettings
from immichlint.rules.catalogue import all_texts
from immichlint.session import CheckRequest, check

HOME = Path(__file__).parents[2]
SCHEMAS = {
    "json": jsonschema.Draft202012Validator(json.loads((HOME / "docs/report.schema.json").read_text("utf-8"))),
    "sarif": LOG,
    "gitlab": jsonschema.Draft202012Validator(GITLAB),
    "rdjson": jsonschema.Draft202012Validator(RDJSON),
}
CORPUS = HOME.parent / "shared/corpus"
CORPORA = sorted(CORPUS.glob("*/"))
PARTS = 30
"""Of the examples: a fix is verified against all of its repository."""
REPOSITORIES = ["demo", *(f"examples {part}" for part in range(PARTS)), *(path.name for path in CORPORA)]


def examples(part: int, root: Path) -> Path:
    """A repository that has the first bad example of every thirtieth rule, each in a folder of its own."""
    (root / ".git").mkdir()
    for rule, text in list(all_texts().items())[part::PARTS]:
        for path, content in text.bad[0].files.items():
            file = root / rule / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
    return root


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_every_format_keeps_its_contract(repository: str, tmp_path: Path) -> None:
    own, _, part = repository.partition(" ")
    root = HOME / "examples/demo" if own == "demo" else examples(int(part), tmp_path) if part else CORPUS / repository
    outcome = check(CheckRequest((root,), root, profile="strict"))
    settings = RenderSettings(source=outcome.source, secrets=outcome.secrets)
    texts = {name: formats.load(name)(outcome.report, settings) for name in formats.names()}
    for name, schema in SCHEMAS.items():
        schema.validate(json.loads(texts[name]))
    ElementTree.fromstring(texts["junit"])
    if part or own == "demo":
        assert len(outcome.report.findings) > 3
        content: Any = json.loads(texts["json"])
        prints = [finding["fingerprint"] for finding in content["findings"]]
        assert len(set(prints)) == len(prints)
