"""The tables of Immich's versions agree with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pytest

from immichlint.facts import load
from immichlint.facts.crd import KINDS
from immichlint.rules.catalogue import all_texts
from immichlint.rules.facts_table import facts_table
from immichlint.stack.image import Version
from immichlint.stack.release import has
from immichlint.stack.version_facts import (
    dead_command,
    dead_path,
    holds,
    media_locations,
    server_port,
    unread,
    variable_facts,
    version,
)

TABLES = ("immich_releases", "immich_server", "immich_variables", "vector_extensions")
RELEASES = {version(row["version"]) for row in load("immich_releases")["releases"]}
BORDERS = ("since", "until", "gone", "through")


def rows(content: Any) -> Iterator[dict[str, Any]]:
    """All mappings that are items of lists, in all depths."""
    if isinstance(content, dict):
        for item in content.values():
            yield from rows(item)
    elif isinstance(content, list):
        for item in content:
            if isinstance(item, dict):
                yield item
                yield from rows(item)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_its_source(name: str) -> None:
    content = load(name)
    assert content["source"]
    assert all(row.get("source") for row in rows(content) if "value" not in row)


@pytest.mark.parametrize("name", TABLES)
def test_every_border_is_a_release_and_rows_end_after_they_begin(name: str) -> None:
    known = {*RELEASES, Version(0, 0, 0)}
    for row in rows(load(name)):
        borders = {key: version(row[key]) for key in BORDERS if row.get(key) is not None}
        assert set(borders.values()) <= known, row
        if {"since", "until"} <= set(borders) and "through" not in borders:
            assert borders["since"] < borders["until"], row


def test_releases_are_in_order() -> None:
    found = [version(row["version"]) for row in load("immich_releases")["releases"]]
    assert found == sorted(set(found))
    assert version(load("immich_releases")["newest_read"]) == found[-1]


def test_a_successor_is_read_by_the_same_component_when_its_predecessor_goes() -> None:
    for fact in variable_facts().values():
        if fact.successor:
            meant = variable_facts()[fact.successor]
            assert meant.until is None and fact.until is not None
            assert meant.since is None or meant.since <= fact.until
            assert set(fact.components) <= set(meant.components)
            assert all(meant.accepts(value, fact.until) for value in fact.renamed.values())


def test_no_name_is_read_and_never_read_and_none_stands_twice() -> None:
    content = load("immich_variables")
    names = [row["name"] for key in ("variables", "never") for row in content[key]]
    assert len(names) == len(set(names))
    for item in unread().values():
        assert bool(item.successor) is not bool(item.why)
        assert not item.successor or variable_facts()[item.successor].until is None


def test_values_that_have_another_name_now_are_not_allowed() -> None:
    for fact in variable_facts().values():
        if fact.until is None:
            assert not set(fact.renamed) & set(fact.allowed(None))
            assert all(fact.accepts(value, None) for value in fact.renamed.values())


def test_one_port_one_path_and_one_range_of_an_extension_holds_for_a_version() -> None:
    for at in RELEASES:
        assert all(sum(holds(row, at) for row in load("immich_server")[key]) == 1 for key in ("ports", "ping"))
        extensions = [row["name"] for row in load("vector_extensions")["extensions"] if holds(row, at)]
        assert len(extensions) == len(set(extensions))
        assert extensions or at < version("1.91.0")


def test_gates_lead_upwards() -> None:
    for gate in load("immich_releases")["gates"]:
        assert version(gate["through"]) < version(gate["since"])
        assert gate["until"] is None or version(gate["through"]) < version(gate["until"]) <= version(gate["since"])


def test_what_a_version_does() -> None:
    before, after = version("1.117.0"), version("1.118.0")
    assert (server_port(before), server_port(after)) == (3001, 2283)
    assert dead_path("/api/server-info/ping", before) is None
    gone = dead_path("/api/server-info/ping", after)
    assert gone is not None and not gone.web
    web = dead_path("/server-info/ping", after)
    assert web is not None and web.web
    assert dead_path("/api/server/ping", after) is None
    assert media_locations(version("1.136.0")) == ("/usr/src/app/upload",)
    assert media_locations(version("1.137.0")) == ("/usr/src/app/upload", "/data")
    assert set(media_locations(None)) >= {"/usr/src/app/upload", "/data"}
    assert dead_command(("/bin/sh", "./start-microservices.sh"), version("1.106.1")) is not None
    assert dead_command(("start.sh", "immich"), version("1.107.2")) is None
    assert dead_command(("start.sh", "immich"), after) is not None


@pytest.mark.parametrize(
    ("name", "value", "at", "accepted"),
    [
        ("DB_VECTOR_EXTENSION", "pgvecto.rs", "2.7.5", True),
        ("DB_VECTOR_EXTENSION", "pgvecto.rs", "3.0.0", False),
        ("DB_VECTOR_EXTENSION", "vectorchord", "1.132.0", False),
        ("IMMICH_TELEMETRY_INCLUDE", "api, job", "2.0.0", True),
        ("IMMICH_TELEMETRY_INCLUDE", "all,job", "2.0.0", False),
        ("IMMICH_TELEMETRY_INCLUDE", "true", "2.0.0", False),
        ("IMMICH_LOG_LEVEL", "info", "2.0.0", False),
        ("IMMICH_PORT", "tcp://10.0.0.1:80", "2.0.0", False),
        ("REDIS_HOSTNAME", "anything", "2.0.0", True),
    ],
)
def test_values(name: str, value: str, at: str, accepted: bool) -> None:
    assert variable_facts()[name].accepts(value, version(at)) is accepted


def test_pages_show_their_tables() -> None:
    tables = [table for text in all_texts().values() for table in text.tables]
    assert {table.facts for table in tables} >= {"immich_variables"}
    for table in tables:
        made = facts_table(table)
        assert made.count("\n") >= 2, table
        assert all(line.count(" | ") >= len(table.columns) - 1 for line in made.split("\n"))


def test_cnpgs_releases_agree_with_themselves_and_the_crds() -> None:
    facts = load("cnpg_releases")
    newest = tuple(map(int, facts["newest_read"].split(".")))
    for row in (*facts["deprecations"].values(), *facts["features"].values()):
        first = [tuple(map(int, item.split("."))) for item in row["since"]]
        assert first == sorted(first) and max(first) <= newest
        assert row["source"]
        gone = [tuple(map(int, item.split("."))) for item in row.get("removed", [])]
        assert all(item > max(first) for item in gone)
    releases = {load(f"crds/{kind}")["project"]: load(f"crds/{kind}")["release"] for kind in ("Cluster", "ObjectStore")}
    assert releases == {"cnpg": facts["newest_read"], "plugin-barman-cloud": facts["newest_plugin_read"]}


HISTORY: Final = load("field_releases")
SHOWN: Final = ("fields", "values", "pods", "gone")


def as_steps(route: str) -> str:
    """A route of the table as the names of a schema's fields are told here."""
    return route.replace("[]", ".*")


def names_of(schema: Any, shared: list[Any], route: str = "") -> Iterator[str]:
    """All fields of a compact schema, and the values of its enumerations."""
    if isinstance(schema, int):
        yield from names_of(shared[schema], shared, route)
    elif isinstance(schema, dict):
        yield from (f"{route}={value}" for value in schema.get("enum", ()))
        for name, item in schema.get("fields", {}).items():
            below = f"{route}.{name}".removeprefix(".")
            yield below
            yield from names_of(item, shared, below)
        for key in ("items", "values"):
            if key in schema:
                yield from names_of(schema[key], shared, f"{route}.*")


@pytest.mark.parametrize("kind", KINDS)
def test_the_history_of_fields_agrees_with_the_fields(kind: str) -> None:
    row = load(f"crds/{kind}")
    known = set(names_of(row["root"], row["shared"]))
    for name in SHOWN:
        for item in HISTORY[name]:
            if item["kind"] == kind:
                routes = set(map(as_steps, item["fields"]))
                assert routes.isdisjoint(known) if name == "gone" else routes <= known, item


def test_the_history_of_fields_is_read_as_far_as_the_fields() -> None:
    for project, read in HISTORY["read"].items():
        kinds = [load(f"crds/{kind}") for kind in KINDS]
        assert {row["release"] for row in kinds if row["project"] == project} == {read["newest"]}
    assert {item["kind"] for name in ("kinds", *SHOWN) for item in HISTORY[name]} <= set(KINDS)


def test_the_history_of_fields_stands_once_and_in_order() -> None:
    for name in SHOWN:
        routes = [(item["kind"], field) for item in HISTORY[name] for field in item["fields"]]
        assert len(routes) == len(set(routes))
        for item in HISTORY[name]:
            for key in ("since", "until"):
                first = [tuple(map(int, text.split("."))) for text in item.get(key, [])]
                assert first == sorted(first) and len({text[:2] for text in first}) == len(first)


def test_other_tables_say_the_same_of_fields() -> None:
    def since(name: str, kind: str, field: str) -> tuple[str, ...]:
        (row,) = (row for row in HISTORY[name] if row["kind"] == kind and field in row["fields"])
        return tuple(row["since"])

    releases = [(1, minor, patch) for minor in range(20, 31) for patch in range(5)]

    def agree(one: Sequence[str], other: Sequence[str]) -> bool:
        return [has(at, one) for at in releases] == [has(at, other) for at in releases]

    archiver = load("cnpg_releases")["features"]["wal-archiver-plugin"]["since"]
    assert agree(archiver, since("fields", "Cluster", "spec.plugins[].isWALArchiver"))
    for part, values in {key: load("compression")[key] for key in ("wal", "data")}.items():
        for value, first in values.items():
            if first:
                field = f"spec.backup.barmanObjectStore.{part}.compression={value}"
                assert agree(first, since("values", "Cluster", field)), field
