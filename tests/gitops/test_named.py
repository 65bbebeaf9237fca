"""Objects found by their kind in a whole repository."""

from __future__ import annotations

import pytest
from in_memory import repository_of

from immichlint.gitops.named import has_kind, objects_of

GROUP = "volsync.backube"
DEFINITION = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: sources.volsync.backube}\n"
    "spec: {group: volsync.backube, names: {kind: ReplicationSource}}\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: volsync.backube/v1alpha1\nkind: ReplicationSource # of the photos\nmetadata: {name: a}\n",
        '{"apiVersion":"volsync.backube/v1alpha1","kind":"ReplicationSource","metadata":{"name":"a"}}\n',
        "{apiVersion: volsync.backube/v1alpha1, kind: 'ReplicationSource', metadata: {name: a}}\n",
        "apiVersion: v1\nkind: List\nitems:\n    - apiVersion: volsync.backube/v1alpha1\n"
        "      kind: ReplicationSource\n      metadata: {name: a}\n",
    ],
)
def test_in_each_style(text: str) -> None:
    files = {"a.yaml": text, "crd.yaml": DEFINITION, "note.yaml": f"text: a ReplicationSource of {GROUP}/v1\n"}
    assert [item.name for item in objects_of(repository_of(files), "ReplicationSource", GROUP)] == ["a"]


@pytest.mark.parametrize("text", ["kinds: Source\n", "kind: Sources\n", "targetKind: Source\n", "kind:\n  Source: 1\n"])
def test_other_words_are_no_kind(text: str) -> None:
    assert not has_kind(text.encode(), "Source")
