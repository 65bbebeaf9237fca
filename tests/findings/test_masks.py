"""No secret is shown: not in Secrets, not in variables, and not in files that lie in a text."""

from __future__ import annotations

import pytest
from in_memory import repository_of

from immichlint.findings.masks import masked, secret_spans, unsaid

CONFIG = """\
kind: ConfigMap
metadata: {name: immich}
data:
  immich.yaml: |
    oauth:
      clientSecret: correct-horse
    notifications: {smtp: {transport: {password: "correct-horse"}}}
"""
JSON = """\
kind: ConfigMap
data: {immich.json: '{"oauth": {"clientSecret": "correct-horse"}}'}
"""
ARGO = """\
spec:
  source:
    helm:
      values: |
        env:
          DB_PASSWORD: correct-horse
        files:
          immich.yaml: |
            oauth: {clientSecret: correct-horse}
"""


@pytest.mark.parametrize("text", [CONFIG, JSON, ARGO])
def test_a_secret_within_a_text_is_masked(text: str) -> None:
    repository = repository_of({"a.yaml": text})
    shown = masked(text, 0, secret_spans(repository.read("a.yaml")))
    assert "correct-horse" not in shown
    assert len(shown) == len(text)
    assert ("clientSecret" in shown or "DB_PASSWORD" in shown) and "immich" in shown


def test_a_text_that_is_no_document_is_left_alone() -> None:
    text = "data: {note: 'the PASSWORD: [is', list: \"a: \\n - PASSWORD\"}\n"
    repository = repository_of({"a.yaml": text})
    assert masked(text, 0, secret_spans(repository.read("a.yaml"))) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("disablePassword: true\npassword: trueish\n", "disablePassword: true\npassword: *******\n"),
        ("pgpass: db:5432:immich:me:hunter2\n", "pgpass: db:5432:immich:me:*******\n"),
        ("a: ${SECRET_HOST:=hunter2}\nb: ${HOST:=x}\n", "a: ${SECRET_HOST:=*******}\nb: ${HOST:=x}\n"),
        ("- name: DB_PASSWORD # hunter2\n  value: x\n", "- name: DB_PASSWORD *********\n  value: *\n"),
        ("- redis-cli\n- -a\n- hunter2\n", "- redis-cli\n- -a\n- *******\n"),
    ],
)
def test_what_is_masked_is_the_secret_alone(text: str, shown: str) -> None:
    repository = repository_of({"a.yaml": text})
    assert masked(text, 0, secret_spans(repository.read("a.yaml"))) == shown


def test_a_secret_that_begins_with_another_one_is_masked_whole() -> None:
    text = "kind: Secret\nstringData: {a: hunter2hunter2, b: hunter2hunter2-and-more, c: hunter2hunter2-and}\n"
    reading = repository_of({"a.yaml": text}).read("a.yaml")
    assert unsaid("it says hunter2hunter2-and-more here", reading) == f"it says {'*' * 23} here"
