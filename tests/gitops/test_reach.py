"""Who lists a folder is found by the path to it, before a kustomization is parsed."""

from __future__ import annotations

import pytest
from in_memory import repository_of

from immichlint.gitops.reach import Reach, files_from

TARGET = "apps/immich/app"


@pytest.mark.parametrize(
    ("folder", "entry", "lists"),
    [
        ("", "apps/immich/app", True),
        ("apps", "immich/app", True),
        ("apps", "./immich/app/", True),
        ("apps/immich/extra", "../app", True),
        ("apps/immich/extra/more", "../../app", True),
        ("apps/photos/app", "../../immich/app", True),
        ("site", "../apps/immich/app", True),
        ("site/home", "../../apps/immich/app/", True),
        ("apps/photos/extra", "../app", False),
        ("site", "../apps/photos/app", False),
        ("apps", "photos/app", False),
        ("apps/immich/app", ".", False),
    ],
)
def test_who_lists_a_folder(folder: str, entry: str, lists: bool) -> None:
    path = f"{folder}/kustomization.yaml" if folder else "kustomization.yaml"
    repository = repository_of({path: f"resources:\n  - '{entry}'\n", f"{TARGET}/immich.yaml": "kind: ConfigMap\n"})
    assert Reach(repository).listing(TARGET) == ((folder,) if lists else ())


def test_through_a_folder_of_the_root() -> None:
    files = {"site/kustomization.yaml": "components: [../immich]\n", "immich/kustomization.yaml": "kind: Component\n"}
    assert Reach(repository_of(files)).listing("immich") == ("site",)


@pytest.mark.parametrize("name", ["photos", "my photos", "büro", "a+b", "+", ".hidden", "photos.old"])
def test_names_of_folders(name: str) -> None:
    files = {
        "site/kustomization.yaml": f"components: ['../{name}', ../photos-2]\n",
        f"{name}/kustomization.yaml": "kind: Component\n",
    }
    assert Reach(repository_of(files)).listing(name) == ("site",)


def test_files_of_a_folder() -> None:
    files = {
        "site/kustomization.yaml": "resources: [a.yaml, ../app, ../other, https://example.com/x.yaml, absent.yaml]\n",
        "site/a.yaml": "kind: ConfigMap\n",
        "site/unlisted.yaml": "kind: ConfigMap\n",
        "app/kustomization.yaml": "resources: [b.yaml, ../site]\npatches: [{path: p.yaml}]\n",
        "app/b.yaml": "kind: ConfigMap\n",
        "app/p.yaml": "kind: ConfigMap\n",
        "other/kustomization.yaml": "resources: [c.yaml]\n",
        "other/c.yaml": "kind: ConfigMap\n",
    }
    repository = repository_of(files)
    near = {"site/kustomization.yaml", "site/a.yaml", "app/kustomization.yaml", "app/b.yaml", "app/p.yaml"}
    assert files_from(repository, "site", lambda entry: entry != "other") == near
    assert files_from(repository, "site", lambda entry: True) == files.keys() - {"site/unlisted.yaml"}
    assert files_from(repository, "nowhere", lambda entry: True) == set()
