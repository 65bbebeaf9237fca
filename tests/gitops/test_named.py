"""Objects are found by their kind, their name and their API group, however a file writes them."""

from __future__ import annotations

import pytest
from in_memory import repository_of

from immichlint.gitops.named import objects_named

FILES = {
    "flux.yaml": "apiVersion: source.toolkit.fluxcd.io/v1\nkind: Bucket\nmetadata: {name: photos}\n",
    "other.yaml": "apiVersion: example.org/v1\nkind: Bucket\nmetadata:\n  name: photos\n",
    "core.json": '{"apiVersion": "v1", "kind": "Bucket", "metadata": {"name": "photos"}}\n',
    "names.yaml": "# source.toolkit.fluxcd.io/v1\nspec:\n  sourceRef:\n    kind: Bucket\n    name: photos\n",
}


@pytest.mark.parametrize(
    ("group", "paths"),
    [
        (None, ["core.json", "flux.yaml", "other.yaml"]),
        ("source.toolkit.fluxcd.io", ["flux.yaml"]),
        ("example.org", ["other.yaml"]),
        ("", ["core.json"]),
        ("toolkit.fluxcd.io", []),
    ],
)
def test_objects_of_a_group(group: str | None, paths: list[str]) -> None:
    found = objects_named(repository_of(FILES), "Bucket", "photos", group)
    assert [manifest.home.document.path for manifest in found] == paths
