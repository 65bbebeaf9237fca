"""Which files that name Immich may hold what is applied, and which are data of other tools."""

from __future__ import annotations

import pytest
from in_memory import repository_of

from immichlint.repo.haystack import Haystack
from immichlint.repo.reading import Trouble
from immichlint.text import SourceText

MANIFEST = "apiVersion: v1\nkind: Service\nmetadata: {name: immich}\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yaml", MANIFEST),
        ("a.yml", "{'kind': Service, metadata: {name: immich}}\n"),
        ("a.json", '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "immich"}}'),
        ("immich/kustomization.yaml", "resources: [immich.yaml]\n"),
        ("values.yaml", "image: {repository: ghcr.io/immich-app/immich-server}\n"),
        ("my-values.json", '{"image": "ghcr.io/immich-app/immich-server"}'),
        ("helmfile.yaml", "releases: [{name: immich}]\n"),
        ("Chart.yaml", "name: immich\n"),
        ("templates/all.yaml", '{{ include "immich.all" . }}\n'),
    ],
)
def test_what_may_be_applied_is_judged(path: str, text: str) -> None:
    assert repository_of({path: text}).judged() == (path,)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yml", "services: {immich: {image: ghcr.io/immich-app/immich-server}}\n"),
        ("settings.json", '{"words": ["immich", "kind"]}'),
        ("catalog.json", '{"immich": {"kind": "app", "text": "{{ name }}"}}'),
        ("dashboard.json", '{"title": "Immich"}'),
        ("questions.yaml", "title: Immich\nquestions: [[a, b]]\n"),
    ],
)
def test_data_of_other_tools_is_found_but_not_judged(path: str, text: str) -> None:
    repository = repository_of({path: text})
    assert repository.judged() == ()
    assert repository.containing(b"mmich") == (path,)


def test_a_file_in_which_only_a_variable_names_immich_is_another_applications() -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: homepage}\nstringData: {IMMICH_KEY: x}\n"
    assert repository_of({"a.yaml": text}).judged() == ()


def test_a_file_in_utf_16_is_judged_because_that_is_to_be_said() -> None:
    repository = repository_of({"a.yaml": MANIFEST.encode("utf-16")})
    assert repository.judged() == ("a.yaml",)


def test_json_that_only_yaml_refuses_is_not_called_wrong() -> None:
    text = '{"apiVersion": "v1", "kind": "ConfigMap", "data": {"immich": "\\ud83d\\ude00"}}'
    reading = repository_of({"a.json": text}).read("a.json")
    assert reading.trouble is Trouble.UNSUPPORTED
    assert reading.why.startswith("it is JSON that YAML parsers refuse: ")
    broken = repository_of({"a.json": text[:-1]}).read("a.json")
    assert broken.trouble is Trouble.INVALID


def haystack_of(files: dict[str, bytes]) -> Haystack:
    haystack = Haystack()
    for path, raw in files.items():
        haystack.put(path, raw)
    return haystack


@pytest.mark.parametrize("size", [10, 4095, 4096, 9000])
def test_files_are_found_whatever_their_size_and_in_order(size: int) -> None:
    files = {
        "a": b"x" * size + b"immich",
        "b": b"immich",
        "c": b"immic",
        "d": b"h" + b"x" * size,
        "e": b"\xff\xfe" + b"x" * size,
    }
    haystack = haystack_of(files)
    assert haystack.containing(b"immich") == ("a", "b")
    assert haystack.perhaps_ours() == ("a", "b", "e")
    changed = haystack.with_texts({"a": b"", "d": b"x" * size + b"immich"})
    assert changed.containing(b"immich") == ("b", "d")


def test_json_that_no_cluster_takes_is_found_where_anything_is_and_not_where_manifests_are() -> None:
    texts = {"a.yaml": MANIFEST, "b.json": '{"name": "immich"}', "c.json": '{"apiVersion": "v1", "name": "immich"}'}
    first = repository_of(texts)
    for repository in (first, first.with_texts({"a.yaml": SourceText(MANIFEST + "# more\n")})):
        assert repository.containing(b"immich") == ("a.yaml", "b.json", "c.json")
        assert repository.containing(b"immich", b"name") == repository.containing(b"name", b"immich")
        assert repository.manifests_containing(b"immich", b"name") == ("a.yaml", "c.json")
    other = first.with_texts({"b.json": SourceText('{"name": "photos"}')})
    assert other.containing(b"immich") == ("a.yaml", "c.json")


def test_a_text_is_found_where_a_part_of_it_was() -> None:
    haystack = haystack_of({"a": b"immich-server", "b": b"immich", "c": b"server"})
    assert haystack.containing(b"mmich") == ("a", "b")
    assert haystack.containing(b"immich-server") == ("a",)
    changed = haystack.with_texts({"b": b"immich-server: 2", "d": b"immich-server"})
    assert changed.containing(b"immich-server") == ("a", "b", "d")
    assert changed.containing(b"immich-server:") == ("b",)
