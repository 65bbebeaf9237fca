"""The stacks as text, compared with what was read and found good, and as JSON, held against the published schema.

After a change that is meant, write the snapshots again with `UPDATE_SNAPSHOTS=1 pytest tests/report` and read their
diff.
"""

from __future__ import annotations

import json
import os
import re
import typing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import immichlint.report
from immichlint.findings.overview import model as m
from immichlint.report.stack_json import render_stack_json
from immichlint.report.stack_view import render_stack
from immichlint.report.visible import cells
from immichlint.session import StackRequest, stack

SNAPSHOTS = Path(__file__).parent / "snapshots"
SCHEMA = Path(immichlint.report.__file__).parent / "schema" / "stack.schema.json"
CORPUS = Path(__file__).parents[3] / "shared/corpus"
DOCS = Path(__file__).parents[2] / "docs" / "stack.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
AT = datetime(2027, 1, 31, 12, tzinfo=UTC)
SERVER = m.Component(
    *("server", "ghcr.io/immich-app/immich-server", "v2.3.1", "v2.3.1", "Deployment", "photos", "immich-server"),
    *("main", "app-template 4.6.2", (), "", m.Where("apps/immich/release.yaml", 12)),
)
LEARNING = SERVER._replace(
    component="machine-learning",
    image="ghcr.io/immich-app/immich-machine-learning",
    tag="",
    unknown=("its tag: `${TAG}` is defined nowhere in the repository",),
    where=None,
)
CACHE = SERVER._replace(component="cache", image="valkey/valkey", tag="8", perhaps="nothing says so", chart="")
DATABASE = m.Database(
    *("databases", "immich-db", "high", "DB_HOSTNAME is immich-db-rw", "3", "ghcr.io/x/vectorchord:16.9-0.4.3", "16"),
    *("0.4.3", "20Gi", "local-path"),
    (
        m.Archive("plugin", "s3://backups", "30d", "", m.Where("db/store.yaml", 9)),
        m.Archive("volumeSnapshot", "", "", "its path: a Secret", None),
    ),
    (
        m.Schedule("nightly", "0 0 3 * * *", "daily at 03:00", AT, "plugin", "active", "", m.Where("db/b.yaml", 7)),
        m.Schedule("old", "@weekly", "at 00:00 on Sundays", None, "plugin", "suspended", "", None),
        m.Schedule("bad", "daily", "", None, "", "rejected", "it has 1 field", None),
        m.Schedule("open", "", "", None, "", "unknown", "a Secret", None),
    ),
    m.Window("continuous", AT, "any moment from 2027-01-01 12:00 UTC (30d ago) until the last WAL"),
    *("backed up by Velero (the Schedule all)", "Flux deletes it when it vanishes from Git", m.Where("db/c.yaml", 4)),
)
STACK = m.StackView(
    *("immich", "flux", "clusters/main", ("photos", "databases")),
    (
        m.Applied("immich", "flux", "Kustomization flux-system/immich", ("apps/immich",), True, m.Where("ks.yaml", 4)),
        m.Applied("db", "kustomize", "", ("db",), None, None),
    ),
    (SERVER, LEARNING, CACHE),
    (DATABASE,),
    (m.Connection("cache", "redis.cache.svc", "nothing makes this Service", m.Where("apps/immich/release.yaml", 20)),),
    (
        m.Volume("claim", "library", ("server",), True, "nfs", "1Ti", ("ReadWriteMany",), "", "", m.Where("c.yaml", 4)),
        m.Volume("nfs", "nas:/p", ("server", "cache"), False, "", "", (), "", "", None),
    ),
    (m.Way("HTTPRoute", "immich", ("p.example.org",), "immich", "http", ("server",), m.Where("r.yaml", 4)),),
    m.References(
        7,
        (
            m.Reference("missing", "Secret", "immich", "Deployment immich-server", "nothing makes it", None),
            m.Reference("unknown", "ConfigMap", "x", "Deployment immich-server", "a chart may", m.Where("a.yaml", 1)),
        ),
    ),
    (m.Open("HelmRelease redis", "its chart is not computed", m.Where("redis.yaml", 3)),),
)
DRAFT = m.Idle("commented out", "apps/kustomization.yaml", ("apps/old/a.yaml",), (SERVER,), ("Namespace old",))
WHOLE = m.Overview(
    AT, (STACK,), (DRAFT,), (m.Open("Service immich", "", None),), (m.Open("charts/x.yaml", "it is a template"),)
)
NOTHING = m.Overview(AT, (), (), (), ())
EVIL = "a\x1b[31m\x07\u202eb\nc"
HOSTILE = WHOLE._replace(
    stacks=(
        STACK._replace(
            name=EVIL,
            namespaces=(EVIL,),
            components=(SERVER._replace(image=EVIL, tag=EVIL, name=EVIL, chart=EVIL, where=m.Where(EVIL, 1)),),
            databases=(DATABASE._replace(name=EVIL, why=EVIL, image=EVIL, copies=EVIL),),
            unknown=(m.Open(EVIL, EVIL, m.Where(EVIL, 1)),),
        ),
    ),
    drafts=(DRAFT._replace(files=(EVIL,), objects=(EVIL,)),),
)
CASES = {
    "stack-80": (WHOLE, 80, False),
    "stack-120": (WHOLE, 120, False),
    "stack-40": (WHOLE, 40, False),
    "stack-80-color": (WHOLE, 80, True),
    "stack-nothing": (NOTHING, 80, False),
    "stack-drafts": (NOTHING._replace(drafts=(DRAFT,)), 80, False),
    "stack-hostile": (HOSTILE, 80, False),
}


@pytest.mark.parametrize("name", CASES)
def test_text_is_what_was_found_good(name: str) -> None:
    overview, width, color = CASES[name]
    text = render_stack(overview, width, color=color).replace("\x1b", "\\e")
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("color", [False, True])
def test_nothing_harmful_reaches_the_terminal(color: bool) -> None:
    text = re.sub(r"\x1b\[[\d;]*m", "", render_stack(HOSTILE, 80, color=color))
    assert set(EVIL) & set("\x1b\x07\u202e") & set(text) == set()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_keep_to_the_width(width: int) -> None:
    lines = render_stack(WHOLE, width, color=False).splitlines()
    assert max(map(cells, lines)) <= width
    assert any(cells(line) > width - 15 for line in lines)


def document(overview: m.Overview) -> Any:
    text = render_stack_json(overview)
    assert text.isascii()
    return json.loads(text)


def test_the_schema_is_a_schema_and_published_in_the_docs() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)
    assert DOCS.read_bytes() == SCHEMA.read_bytes()


@pytest.mark.parametrize("overview", [WHOLE, NOTHING, HOSTILE], ids=["whole", "nothing", "hostile"])
def test_json_is_valid(overview: m.Overview) -> None:
    found = document(overview)
    VALIDATOR.validate(found)
    assert found["version"] == 1
    assert found["at"] == "2027-01-31T12:00:00Z"


def test_the_schema_has_every_part_of_the_model() -> None:
    parts = {cls.__name__.lower(): cls for cls in vars(m).values() if isinstance(cls, type) and hasattr(cls, "_fields")}
    whole: Any = parts.pop("overview")
    definitions = VALIDATOR.schema["$defs"]
    assert set(definitions) == set(parts)
    for name, cls in parts.items():
        assert list(definitions[name]["properties"]) == list(typing.get_type_hints(cls))
    assert list(VALIDATOR.schema["properties"]) == ["version", "tool", *whole._fields]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda doc: doc.update(version=2),
        lambda doc: doc.pop("at"),
        lambda doc: doc["stacks"][0].update(engine="magic"),
        lambda doc: doc["stacks"][0]["components"][0].pop("tag"),
        lambda doc: doc["stacks"][0]["components"][0]["where"].update(line=0),
        lambda doc: doc["stacks"][0]["components"][0]["where"].update(file="/absolute"),
        lambda doc: doc["stacks"][0]["databases"][0]["window"].update(state="maybe"),
        lambda doc: doc["drafts"][0].update(why="forgotten"),
        lambda doc: doc.update(more=1),
    ],
)
def test_the_schema_refuses_what_is_broken(break_it: Any) -> None:
    broken = document(WHOLE)
    break_it(broken)
    assert not VALIDATOR.is_valid(broken)


@pytest.mark.parametrize("folder", sorted(CORPUS.glob("*/")), ids=lambda path: path.name)
def test_no_real_repository_is_silent(folder: Path) -> None:
    found = stack(StackRequest(AT, folder, folder))
    VALIDATOR.validate(document(found))
    assert found.stacks or found.drafts or found.named or found.unread
    assert render_stack(found, 80, color=False).count("\n") > 2
