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


@pytest.mark.parametrize(
    "text",
    [
        "url: postgres://immich:hunter2@3!x@db/immich\n",
        "url: postgres://immich:hunter2@hunter2@db/immich?to=me@example.org\n",
        "host: default:hunter2@redis\n",
        "args: [-u, 'admin:hunter2', '-H', 'Authorization: Bearer hunter2hunter2']\n",
        "command: [sh, -c, \"export DB_PASSWORD='two words hunter2'\"]\n",
        'run: |\n  DB_PASSWORD="two words hunter2"\n',
        "sql: 'create user x password ''hunter2'''\n",
        "sql: [create user x password $$hunter2$$]\n",
        'sql: "alter role x password \\"hunter2\\""\n',
        "smtp: {transport: {user: me, pass: hunter2}}\n",
        "- {name: DB_PWD, value: hunter2}\n- {name: TOKEN, value: hunter2}\n- {name: SMTP_PASS, value: hunter2}\n",
        "env: {TOKEN: {value: hunter2}}\n",
        "substitute: {SECRET_HOST: hunter2}\n",
        "- {op: add, path: /metadata/annotations/token, value: hunter2}\n",
        "- {op: replace, path: /spec/template/spec/containers/0/env/2/value, value: hunter2}\n",
        "patch: |\n  - op: replace\n    path: /spec/template/spec/containers/0/env/2/value\n    value: hunter2\n",
        "patch: |\n  kind: Secret\n  stringData: {p: hunter2}\n",
        "secret: {data: {any: hunter2}}\nsecrets: {env: {data: {any: hunter2}}}\n",
        "kind: Secret\nstringData:\n  a: |\n    hunter2\n  b: [\n",
        "spec: {address: https://discord.com/api/webhooks/123/hunter2}\n",
        "run: curl -fsS https://hc-ping.com/hunter2/start && backup\n",
        "args: ['--notify=discord://hunter2@123', https://hooks.slack.com/services/T0/B0/hunter2]\n",
        "url: https://api.telegram.org/bothunter2/sendMessage\n",
    ],
)
def test_secrets_in_odd_places_are_masked(text: str) -> None:
    repository = repository_of({"a.yaml": text})
    assert "hunter2" not in masked(text, 0, secret_spans(repository.read("a.yaml")))


@pytest.mark.parametrize(
    "text",
    [
        "image: ghcr.io/immich-app/immich-server:v2.3.1@sha256:0123456789abcdef\n",
        "url: http://immich-ml:3003,http://other:3003\nmail: me@example.org\nremote: git@example.org:me/home\n",
        "secret: immich-db\nsecrets: [immich-db]\ntokens: 3\nbypass: true\nsecretName: immich\n",
        "url: https://discord.com/invite/immich\nhook: https://hc-ping.com/${PING}\n",
        "- key: immich-redis-password\n- secretKey: PORT\n",
        "patches: [{op: add, path: /spec/compass, value: 5}, {op: add, path: /spec/0/value, value: 5}]\n",
    ],
)
def test_what_only_looks_like_a_secret_is_shown(text: str) -> None:
    repository = repository_of({"a.yaml": text})
    assert masked(text, 0, secret_spans(repository.read("a.yaml"))) == text
