"""The page on the configuration: its examples load, and every key is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from immichlint.config.parsing import SCHEMA, parse
from immichlint.text import SourceText

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "configuration.md").read_text("utf-8")
EXAMPLES = [block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S) if "version: 1" in block]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_a_sound_configuration(example: str) -> None:
    assert parse(SourceText(example), "example").origin.document is not None


def test_every_key_has_its_line_and_its_example() -> None:
    properties = json.loads(SCHEMA.read_text("utf-8"))["properties"]
    keys = {*properties, *properties["decisions"]["properties"], *properties["versions"]["properties"]}
    shown = {key for example in EXAMPLES for key in re.findall(r"^ *([\w-]+):", example, re.M)}
    assert keys - shown == set()
    assert {key for key in keys if f"`{key}`" not in PAGE} <= {"ignores", "decisions"}


def test_the_published_schema_is_the_one_that_judges() -> None:
    assert (DOCS / "config.schema.json").read_bytes() == SCHEMA.read_bytes()
