"""Links inside the root lead to what they name, and other files are read when they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from immichlint.gitops.kustomize.build import build
from immichlint.gitops.picture import picture
from immichlint.repo.repository import Repository
from immichlint.repo.walk import reader, walk

IMMICH = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: immich}\n"
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose overlay lists a link to a file and one to a folder, and generates from another file."""
    whole = tmp_path / "repository"
    for folder in ("shared/base", "site"):
        (whole / folder).mkdir(parents=True)
    (whole / "shared" / "immich.yaml").write_text(IMMICH)
    (whole / "shared" / "base" / "other.yaml").write_text(OTHER)
    (whole / "shared" / "base" / "kustomization.yaml").write_text("resources: [other.yaml, ../more.yaml]\n")
    (whole / "shared" / "more.yaml").write_text(OTHER.replace("other", "more"))
    (whole / "site" / "kustomization.yaml").write_text(
        "resources: [linked.yaml, base]\n"
        "configMapGenerator: [{name: made, envs: [a.env, out.env, gone.env, dir.env], files: [bin.dat]}]\n"
    )
    (whole / "site" / "linked.yaml").symlink_to("../shared/immich.yaml")
    (whole / "site" / "base").symlink_to("../shared/base")
    (whole / "site" / "a.env").write_text("A=b\n")
    (whole / "site" / "bin.dat").write_bytes(b"\xff\x00")
    (whole / "site" / "dir.env").mkdir()
    (tmp_path / "outside.env").write_text("X=y\n")
    (whole / "site" / "out.env").symlink_to("../../outside.env")
    return whole


def repository_at(root: Path) -> Repository:
    return Repository(walk(root), others=reader(root))


def test_a_linked_resource_is_not_missing(root: Path) -> None:
    built = build(repository_at(root), "site")
    assert [item.name for item in built.manifests if item.name != "made"] == ["immich", "other", "more"]
    assert [item.home.document.path for item in built.manifests][:2] == ["shared/immich.yaml", "shared/base/other.yaml"]


def test_files_out_of_the_root_are_not_read(root: Path) -> None:
    built = build(repository_at(root), "site")
    assert [item.path for item in built.missing] == ["site/out.env", "site/gone.env", "site/dir.env"]
    (made,) = (item for item in built.manifests if item.name == "made")
    data = made.tree.items["data"]
    assert list(data.items) == ["A"]  # type: ignore[union-attr]
    assert list(made.tree.items["binaryData"].items) == ["bin.dat"]  # type: ignore[union-attr]


def test_what_a_link_leads_to_is_applied(root: Path) -> None:
    found = picture(repository_at(root), {})
    assert [item.name for item in found.environments] == ["site"]
    assert found.drafts == ()


def test_links_are_followed_in_a_changed_repository(root: Path) -> None:
    repository = repository_at(root)
    source = repository.read("shared/immich.yaml").source
    assert source is not None
    changed = repository.with_texts({"shared/immich.yaml": source.with_text(IMMICH.replace("immich", "renamed"))})
    assert build(changed, "site").manifests[0].name == "renamed"
    assert [*changed.links_to("shared/immich.yaml")] == ["site/linked.yaml"]
