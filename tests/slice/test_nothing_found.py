"""What a run says where there is little to judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from immichlint.session import CheckRequest, check

PROXY = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: immich}\nspec: {ports: [{port: 2283}]}\n---\n"
    "apiVersion: v1\nkind: Endpoints\nmetadata: {name: immich}\nsubsets: [{addresses: [{ip: 10.0.0.2}]}]\n"
)
SERVER = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: server}\n"
    "spec: {template: {spec: {containers: [{name: a, image: 'ghcr.io/immich-app/immich-server:v2.7.5'}]}}}\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: Service\n", "there was nothing to judge"),
        (PROXY, "`immichlint stack` shows what names it"),
        (SERVER, ""),
    ],
)
def test_what_was_not_found_is_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    notes = check(CheckRequest(paths=(tmp_path,), root=tmp_path, no_cache=True)).report.notes
    assert len(notes) == bool(said)
    assert all(said in note for note in notes)
